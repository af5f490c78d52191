import type { Loaded } from './loaded.js';
import { sentenceOf } from './sentence.js';

/** What was read of the one thing that is open. */
export interface Opened<T> {
	readonly id: string;
	readonly answer: Loaded<T>;
}

/** Reads what belongs to the one thing that is open, once. */
export class OpenedReader<T> {
	readonly #read: (id: string) => Promise<T>;
	readonly #show: (opened: Opened<T> | null) => void;
	#id: string | null = null;

	constructor(read: (id: string) => Promise<T>, show: (opened: Opened<T> | null) => void) {
		this.#read = read;
		this.#show = show;
	}

	/** Null while none is open. */
	follow(id: string | null): void {
		if (id === this.#id) return;
		this.#id = id;
		if (id === null) this.#show(null);
		else void this.#load(id);
	}

	again(): void {
		if (this.#id !== null) void this.#load(this.#id);
	}

	async #load(id: string): Promise<void> {
		this.#put(id, { kind: 'loading' });
		try {
			this.#put(id, { kind: 'ready', value: await this.#read(id) });
		} catch (error) {
			this.#put(id, { kind: 'failed', problem: sentenceOf(error) });
		}
	}

	#put(id: string, answer: Loaded<T>): void {
		// Another may have been opened meanwhile.
		if (id === this.#id) this.#show({ id, answer });
	}
}
