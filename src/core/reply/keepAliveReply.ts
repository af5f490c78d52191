import type { ClientReply, Clock, HeaderMap } from '../ports.js';
import { ReplyStage } from './replyStage.js';
import { parseJson } from '../untrusted.js';
import { errorOf } from '../attempt/providerError.js';

/** Codex gives up after 300 s without an event, others after as long without a byte (protocol §5). */
const everyMs = 30_000;
/** Comments do not reset Codex's idle timer; an event that it does not know does. */
const codexBeat = Buffer.from('data: {"type":"keepalive"}\n\n');
const commentBeat = Buffer.from(': keep-alive\n\n');

/**
 * Keeps the caller of a stream alive while nothing comes: a request may wait for a place, a reset, or an upstream that
 * thinks for minutes. Once it has started a stream for that, a refusal can only be told inside it.
 */
export class KeepAliveReply extends ReplyStage {
	#state: 'silent' | 'kept' | 'passing' | 'refusing' = 'silent';
	#refusal: Buffer[] = [];
	#cancel: () => void;

	constructor(
		client: ClientReply,
		private readonly clock: Clock,
		private readonly requestId: string,
		isCodex: boolean,
	) {
		super(client);
		const beat = isCodex ? codexBeat : commentBeat;
		this.#cancel = clock.after(everyMs, () => this.#beat(beat));
	}

	override start(status: number, headers: HeaderMap): void {
		this.#cancel();
		if (this.#state === 'silent') {
			this.#state = 'passing';
			this.client.start(status, headers);
		} else {
			this.#state = status === 200 ? 'passing' : 'refusing';
		}
	}

	override write(chunk: Buffer): boolean {
		if (this.#state !== 'refusing') return this.client.write(chunk);
		this.#refusal.push(Buffer.from(chunk));
		return true;
	}

	override end(): void {
		if (this.#state === 'refusing') this.client.write(failedEvent(Buffer.concat(this.#refusal)));
		this.client.end();
	}

	override cut(): void {
		this.#cancel();
		this.client.cut();
	}

	/** Nothing will be answered any more: the client has left. */
	dispose(): void {
		this.#cancel();
	}

	#beat(beat: Buffer): void {
		if (this.#state === 'silent') {
			this.#state = 'kept';
			this.client.start(200, {
				'content-type': 'text/event-stream',
				'cache-control': 'no-cache',
				'x-codex-pool-request': this.requestId,
			});
		}
		this.client.write(beat);
		this.#cancel = this.clock.after(everyMs, () => this.#beat(beat));
	}
}

/** Clients that may try again do so at this event, and are then refused in plain HTTP. */
function failedEvent(refusal: Buffer): Buffer {
	const { code, type, message } = errorOf(parseJson(refusal));
	const response = {
		object: 'response',
		status: 'failed',
		output: [],
		error: { code: code ?? type ?? 'server_error', message: message || 'The request failed.' },
	};
	const event = { type: 'response.failed', sequence_number: 0, response };
	return Buffer.from(`event: response.failed\ndata: ${JSON.stringify(event)}\n\n`);
}
