import type { Disposable } from './disposableStore.js';

/** Who wants to hear of one kind of change. */
export class Listeners<T> {
	readonly #listeners = new Set<(value: T) => void>();

	add(listener: (value: T) => void): Disposable {
		// A fresh function each time, so that adding the same listener twice needs disposing twice.
		const own = (value: T): void => {
			listener(value);
		};
		this.#listeners.add(own);
		return {
			dispose: () => {
				this.#listeners.delete(own);
			},
		};
	}

	notify(value: T): void {
		for (const listener of [...this.#listeners]) listener(value);
	}
}
