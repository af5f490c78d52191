import type { HeaderMap } from '../ports.js';
import { ReplyStage } from './replyStage.js';

const newline = 0x0a;

/** Stands before a client's reply and changes its event stream line by line. What is no stream passes as it is. */
export abstract class LineStage extends ReplyStage {
	#isStream = false;
	/** The line under way that has no newline yet. */
	#begun: Buffer[] = [];

	/** `line` ends with its newline and is only lent; what it leads to goes behind `passed`. */
	protected abstract takeLine(line: Buffer, passed: Buffer[]): void;

	protected get unfinishedLine(): Buffer {
		return Buffer.concat(this.#begun);
	}

	override start(status: number, headers: HeaderMap): void {
		this.#isStream = status === 200;
		this.client.start(status, headers);
	}

	override write(chunk: Buffer): boolean {
		if (!this.#isStream) return this.client.write(chunk);
		const passed: Buffer[] = [];
		let at = 0;
		for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, at)) {
			const piece = chunk.subarray(at, end + 1);
			const line = this.#begun.length === 0 ? piece : Buffer.concat([...this.#begun, piece]);
			this.#begun = [];
			this.takeLine(line, passed);
			at = end + 1;
		}
		// A copy: the chunk is ours only until this call returns.
		if (at < chunk.length) this.#begun.push(Buffer.from(chunk.subarray(at)));
		return passed.length === 0 || this.client.write(Buffer.concat(passed));
	}
}
