import type { Clock } from '../ports.js';

const everyMs = 30_000;
/** Pings in a row that a peer may leave unanswered. */
const missesLimit = 2;

/** Finds connections that are only half there: a peer that is alive answers a ping, however long it thinks. */
export class SocketPulse {
	#misses = 0;
	#cancel: () => void;

	constructor(
		private readonly clock: Clock,
		private readonly ping: () => void,
		private readonly lost: () => void,
	) {
		this.#cancel = clock.after(everyMs, () => this.#beat());
	}

	/** Anything at all has been heard. */
	heard(): void {
		this.#misses = 0;
	}

	stop(): void {
		this.#cancel();
	}

	#beat(): void {
		if (this.#misses >= missesLimit) {
			this.lost();
			return;
		}
		this.#misses++;
		this.#cancel = this.clock.after(everyMs, () => this.#beat());
		this.ping();
	}
}
