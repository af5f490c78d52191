import type { Loaded } from './loaded.js';
import { sentenceOf } from './sentence.js';

/** Reads something while somebody looks at it, and again when what it depends on has changed. */
export class MarkedReader<T> {
	readonly #read: () => Promise<T>;
	readonly #show: (loaded: Loaded<T>) => void;
	#mark: string | null = null;
	#isRead = false;
	/** Tells the newest reading from those it has overtaken. */
	#round = 0;

	constructor(read: () => Promise<T>, show: (loaded: Loaded<T>) => void) {
		this.#read = read;
		this.#show = show;
	}

	/** `mark` names what it depends on; null while nobody looks. */
	follow(mark: string | null): void {
		if (mark === this.#mark) return;
		this.#mark = mark;
		// Whoever comes back sees what was read last until the newest has come.
		if (mark !== null) void this.#load();
	}

	/** What was read is old. */
	async again(): Promise<void> {
		if (!this.#isRead) this.#show({ kind: 'loading' });
		await this.#load();
	}

	async #load(): Promise<void> {
		const round = ++this.#round;
		try {
			const value = await this.#read();
			if (round !== this.#round) return;
			this.#isRead = true;
			this.#show({ kind: 'ready', value });
		} catch (error) {
			if (round !== this.#round) return;
			this.#isRead = false;
			this.#show({ kind: 'failed', problem: sentenceOf(error) });
		}
	}
}
