import { sendAnswer, type Answer } from './answers.js';
import type { HeaderMap } from '../ports.js';
import { ReplyStage } from './replyStage.js';

/** Keeps an answer back until it is whole, and then sends what is made of it. Refusals pass as they come. */
export abstract class WholeAnswerStage extends ReplyStage {
	#headers: HeaderMap | undefined;
	readonly #body: Buffer[] = [];

	protected get isKept(): boolean {
		return this.#headers !== undefined;
	}

	override start(status: number, headers: HeaderMap): void {
		if (status === 200) this.#headers = headers;
		else this.client.start(status, headers);
	}

	override write(chunk: Buffer): boolean {
		if (!this.#headers) return this.client.write(chunk);
		// A copy: the bytes are only lent.
		this.#body.push(Buffer.from(chunk));
		return true;
	}

	override end(): void {
		if (!this.#headers) {
			this.client.end();
			return;
		}
		const answer = this.answer(Buffer.concat(this.#body));
		sendAnswer(this.client, answer, { ...this.#headers, ...answer.headers });
	}

	/** What the client gets for the whole body. */
	protected abstract answer(body: Buffer): Answer;
}
