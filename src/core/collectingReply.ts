import { PoolError } from '../shared/poolError.js';
import { errorAnswer, jsonAnswer, sendAnswer, type Answer } from './answers.js';
import type { ClientReply, HeaderMap } from './ports.js';
import { errorOf } from './providerError.js';
import { parseJson } from './untrusted.js';

/**
 * Stands between a stream and a caller that asked for `stream: false`: collects the events and answers with the
 * finished response object. The backend itself only streams.
 */
export class CollectingReply implements ClientReply {
	#headers: HeaderMap = {};
	#isStream = false;
	readonly #chunks: Buffer[] = [];

	constructor(private readonly client: ClientReply) {}

	get hasLeft(): boolean {
		return this.client.hasLeft;
	}

	onLeave(listener: () => void): void {
		this.client.onLeave(listener);
	}

	start(status: number, headers: HeaderMap): void {
		this.#headers = headers;
		this.#isStream = status === 200;
		if (!this.#isStream) this.client.start(status, headers);
	}

	write(chunk: Buffer): boolean {
		if (!this.#isStream) return this.client.write(chunk);
		// A copy: the bytes are only lent.
		this.#chunks.push(Buffer.from(chunk));
		return true;
	}

	onDrain(listener: () => void): void {
		this.client.onDrain(listener);
	}

	end(): void {
		if (!this.#isStream) {
			this.client.end();
			return;
		}
		const answer = collectResponse(Buffer.concat(this.#chunks).toString('utf8'));
		sendAnswer(this.client, answer, { ...this.#headers, ...answer.headers });
	}

	cut(): void {
		if (!this.#isStream) {
			this.client.cut();
			return;
		}
		sendAnswer(
			this.client,
			errorAnswer(new PoolError('upstream_failed', 'The answer broke off before it was complete. Try again.')),
		);
	}
}

/** Builds the JSON reply out of the whole event stream. */
export function collectResponse(stream: string): Answer {
	const items: unknown[] = [];
	for (const frame of stream.split(/\r?\n\r?\n/)) {
		const data = frame
			.split(/\r?\n/)
			.filter(line => line.startsWith('data:'))
			.map(line => line.slice(5).trimStart())
			.join('\n');
		if (data === '' || data === '[DONE]') continue;
		const event = parseJson(data);
		if (typeof event !== 'object' || event === null || !('type' in event)) continue;
		switch (event.type) {
			case 'response.output_item.done':
				if ('item' in event) items.push(event.item);
				break;
			case 'response.completed':
			case 'response.incomplete':
				return jsonAnswer(200, withOutput('response' in event ? event.response : {}, items));
			case 'response.failed':
			case 'error':
				return failureAnswer(event);
		}
	}
	return errorAnswer(new PoolError('upstream_failed', 'The answer ended before it was complete. Try again.'));
}

/** Some replies leave `output` empty in the terminal event and send the items only one by one. */
function withOutput(response: unknown, items: readonly unknown[]): unknown {
	if (typeof response !== 'object' || response === null) return { output: items };
	const output: unknown = Reflect.get(response, 'output');
	return Array.isArray(output) && output.length > 0 ? response : { ...response, output: items };
}

function failureAnswer(event: unknown): Answer {
	const { message, code, type } = errorOf(event);
	const status = code === 'rate_limit_exceeded' ? 429 : 502;
	return jsonAnswer(status, {
		error: { message: message || 'The response failed.', type: type ?? 'server_error', code: code ?? null },
	});
}
