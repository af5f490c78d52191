import { PassThrough, Writable } from 'node:stream';

/** As much of a terminal as a spinner and a question use. */
export class Terminal extends Writable {
	readonly isTTY = true;
	written = '';
	#heard = 0;
	#wake: () => void = () => undefined;

	constructor(readonly columns = 80) {
		super();
	}

	/** Resolves once `text` has been written after what was last waited for. */
	async asks(text: string): Promise<void> {
		while (!this.written.includes(text, this.#heard)) {
			await new Promise<void>(resolve => {
				this.#wake = resolve;
			});
		}
		this.#heard = this.written.indexOf(text, this.#heard) + text.length;
	}

	cursorTo(): boolean {
		return true;
	}

	moveCursor(): boolean {
		return true;
	}

	clearLine(): boolean {
		return true;
	}

	override _write(chunk: Buffer, _encoding: string, done: () => void): void {
		this.written += chunk.toString('utf8');
		this.#wake();
		done();
	}
}

/** Standard input with a person at it: what is written to it is typed. */
export class Keyboard extends PassThrough {
	readonly isTTY = true;
}
