import type { SessionView } from '../src/shared/sessionApi.js';
import { secondMs } from './durations.js';
import type { Loaded } from './loaded.js';
import { sentenceOf } from './sentence.js';

export type Sessions = Loaded<readonly SessionView[]>;

/** A busy pool changes many times a second; nobody reads a list that fast. */
const restMs = 2 * secondMs;

/** Reads the sessions while somebody looks at them, and again after the pool has changed. */
export class SessionReader {
	readonly #read: () => Promise<readonly SessionView[]>;
	readonly #show: (sessions: Sessions) => void;
	/** The state of the pool that is to be shown; null while nobody looks. */
	#wanted: string | null = null;
	#shown: string | null = null;
	#rests = false;
	/** Tells the newest reading from those it has overtaken. */
	#round = 0;

	constructor(read: () => Promise<readonly SessionView[]>, show: (sessions: Sessions) => void) {
		this.#read = read;
		this.#show = show;
	}

	/** `mark` names a state of the pool: two that differ may have different sessions. */
	follow(mark: string | null): void {
		this.#wanted = mark;
		if (!this.#rests) void this.#catchUp();
	}

	/** Whatever was read is old. */
	again(): void {
		this.#shown = null;
		this.#rests = false;
		void this.#catchUp();
	}

	async #catchUp(): Promise<void> {
		const mark = this.#wanted;
		if (mark === null || mark === this.#shown) return;
		this.#shown = mark;
		this.#rests = true;
		const round = ++this.#round;
		const sessions = await this.#load();
		if (round !== this.#round) return;
		this.#show(sessions);
		window.setTimeout(() => {
			if (round !== this.#round) return;
			this.#rests = false;
			void this.#catchUp();
		}, restMs);
	}

	async #load(): Promise<Sessions> {
		try {
			return { kind: 'ready', value: await this.#read() };
		} catch (error) {
			return { kind: 'failed', problem: sentenceOf(error) };
		}
	}
}
