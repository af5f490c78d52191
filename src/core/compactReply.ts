import { PoolError } from '../shared/poolError.js';
import { errorAnswer, jsonAnswer, sendAnswer, type Answer } from './answers.js';
import type { ClientReply, HeaderMap } from './ports.js';
import { fieldOf, parseJson } from './untrusted.js';

/** Stands before a client that asked for a compaction: a response object comes in, the compacted history goes out. */
export class CompactReply implements ClientReply {
	#headers: HeaderMap | undefined;
	readonly #body: Buffer[] = [];

	constructor(
		private readonly client: ClientReply,
		/** What stays of the history as it was: JSON texts. */
		private readonly kept: readonly Buffer[],
	) {}

	get hasLeft(): boolean {
		return this.client.hasLeft;
	}

	onLeave(listener: () => void): void {
		this.client.onLeave(listener);
	}

	onDrain(listener: () => void): void {
		this.client.onDrain(listener);
	}

	start(status: number, headers: HeaderMap): void {
		if (status === 200) this.#headers = headers;
		else this.client.start(status, headers);
	}

	write(chunk: Buffer): boolean {
		if (!this.#headers) return this.client.write(chunk);
		this.#body.push(Buffer.from(chunk));
		return true;
	}

	end(): void {
		if (!this.#headers) {
			this.client.end();
			return;
		}
		const answer = this.#answer(parseJson(Buffer.concat(this.#body)));
		sendAnswer(this.client, answer, { ...this.#headers, ...answer.headers });
	}

	cut(): void {
		this.client.cut();
	}

	/** A client would lose its history to an answer without the compaction in it. */
	#answer(response: unknown): Answer {
		const output = fieldOf(response, 'output');
		const items: readonly unknown[] = Array.isArray(output) ? output : [];
		const compactions = items.filter(item => fieldOf(item, 'type') === 'compaction');
		if (compactions.length !== 1) {
			return errorAnswer(new PoolError('upstream_failed', 'The backend did not compact the history. Try again.'));
		}
		return jsonAnswer(200, {
			id: fieldOf(response, 'id') ?? null,
			object: 'response.compaction',
			created_at: fieldOf(response, 'created_at') ?? null,
			output: [...this.kept.map(parseJson), ...compactions],
			usage: fieldOf(response, 'usage') ?? null,
		});
	}
}
