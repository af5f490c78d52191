import type { Clock, Log } from '../core/ports.js';
import { sqliteCode } from './sqliteCode.js';

/** So long without a write is a quiet moment. */
const quietAfterMs = 5000;
/** Between two steps: events that came meanwhile are served, and their writes put the next step off. */
const betweenStepsMs = 20;
/** What is due although nothing is written, for example requests that grow too old. */
const anywayAfterMs = 6 * 3_600_000;
/** A pool that is never quiet for so long is tidied between its writes. */
const patienceMs = 10 * 60_000;
const busyStepMs = 1000;

export interface HousekeepingOptions {
	/** One short piece of work; false when nothing is left to do. */
	readonly step: () => boolean;
	/** After the last step. */
	readonly finish: () => void;
	readonly clock: Pick<Clock, 'now'>;
	readonly log: Log;
}

/** Does work that can wait in quiet moments, in steps. */
export class Housekeeping {
	readonly #options: HousekeepingOptions;
	#finishedAt: number;
	#timer: NodeJS.Timeout | undefined;

	constructor(options: HousekeepingOptions) {
		this.#options = options;
		this.#finishedAt = options.clock.now();
	}

	/** Does the first step at once. */
	start(): void {
		this.#run();
	}

	/** Something was written, so this moment is not quiet. */
	putOff(): void {
		const isOverdue = this.#options.clock.now() - this.#finishedAt >= patienceMs;
		if (!isOverdue) this.#runIn(quietAfterMs);
		else if (!this.#timer) this.#runIn(busyStepMs);
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}

	#runIn(ms: number): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#run(), ms).unref();
	}

	#run(): void {
		this.stop();
		const { step, finish, clock, log } = this.#options;
		try {
			if (step()) {
				this.#runIn(betweenStepsMs);
				return;
			}
			finish();
		} catch (thrown) {
			log.warn('database not tidied', { code: sqliteCode(thrown) });
		}
		this.#finishedAt = clock.now();
		this.#runIn(anywayAfterMs);
	}
}
