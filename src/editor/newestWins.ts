import type { Disposable } from './disposableStore.js';

/** Passes values on at most once per `everyMs`: the first at once, and at the end of each pause the newest. */
export class NewestWins<T> implements Disposable {
	readonly #pass: (value: T) => void;
	readonly #everyMs: number;
	#pause: NodeJS.Timeout | undefined;
	#waiting: { value: T } | undefined;

	constructor(everyMs: number, pass: (value: T) => void) {
		this.#everyMs = everyMs;
		this.#pass = pass;
	}

	push(value: T): void {
		if (this.#pause === undefined) {
			this.#passOn(value);
		} else {
			this.#waiting = { value };
		}
	}

	dispose(): void {
		clearTimeout(this.#pause);
		this.#waiting = undefined;
	}

	#passOn(value: T): void {
		this.#pause = setTimeout(() => {
			this.#pause = undefined;
			const waiting = this.#waiting;
			this.#waiting = undefined;
			if (waiting !== undefined) this.#passOn(waiting.value);
		}, this.#everyMs);
		this.#pass(value);
	}
}
