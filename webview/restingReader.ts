import { secondMs } from './durations.js';
import type { Loaded } from './loaded.js';
import { sentenceOf } from './sentence.js';

/** A busy pool changes many times a second; nobody reads a list that fast. */
const restMs = 2 * secondMs;

/** Reads something while somebody looks at it, and again after the pool has changed, with a rest in between. */
export class RestingReader<T> {
	readonly #read: () => Promise<T>;
	readonly #show: (loaded: Loaded<T>) => void;
	/** The state of the pool that is to be shown; null while nobody looks. */
	#wanted: string | null = null;
	#shown: string | null = null;
	#rests = false;
	/** Tells the newest reading from those it has overtaken. */
	#round = 0;

	constructor(read: () => Promise<T>, show: (loaded: Loaded<T>) => void) {
		this.#read = read;
		this.#show = show;
	}

	/** `mark` names a state of the pool: two that differ may have different answers. */
	follow(mark: string | null): void {
		this.#wanted = mark;
		if (!this.#rests) void this.#catchUp();
	}

	/** Whatever was read is old. */
	async again(): Promise<void> {
		this.#shown = null;
		this.#rests = false;
		await this.#catchUp();
	}

	async #catchUp(): Promise<void> {
		const mark = this.#wanted;
		if (mark === null || mark === this.#shown) return;
		this.#shown = mark;
		this.#rests = true;
		const round = ++this.#round;
		const loaded = await this.#load();
		if (round !== this.#round) return;
		this.#show(loaded);
		window.setTimeout(() => {
			if (round !== this.#round) return;
			this.#rests = false;
			void this.#catchUp();
		}, restMs);
	}

	async #load(): Promise<Loaded<T>> {
		try {
			return { kind: 'ready', value: await this.#read() };
		} catch (error) {
			return { kind: 'failed', problem: sentenceOf(error) };
		}
	}
}
