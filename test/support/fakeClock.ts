import type { Clock } from '../../src/core/ports.js';
import { sleepOn } from './sleepOn.js';

interface Alarm {
	readonly at: number;
	readonly ring: () => void;
}

/** Time that moves only when a test moves it. */
export class FakeClock implements Clock {
	readonly #alarms = new Set<Alarm>();
	#now: number;

	constructor(now = Date.UTC(2026, 10, 20, 12)) {
		this.#now = now;
	}

	/** How many sleeps and timers wait. */
	get waiting(): number {
		return this.#alarms.size;
	}

	now(): number {
		return this.#now;
	}

	sleep(ms: number, signal: AbortSignal): Promise<void> {
		return sleepOn((after, task) => this.after(after, task), ms, signal);
	}

	after(ms: number, task: () => void): () => void {
		const alarm = {
			at: this.#now + ms,
			ring: () => {
				this.#alarms.delete(alarm);
				task();
			},
		};
		this.#alarms.add(alarm);
		return () => this.#alarms.delete(alarm);
	}

	/** The user, or the network, sets the clock: nothing rings for it. */
	set(now: number): void {
		this.#now = now;
	}

	/** Resolves when this many sleeps and timers wait. */
	async untilWaiting(count: number): Promise<void> {
		while (this.waiting < count) await settle();
	}

	/** Rings everything that falls due, in its order and at its time, then lets promises settle. */
	async advance(ms: number): Promise<void> {
		const until = this.#now + ms;
		for (;;) {
			const next = [...this.#alarms].filter(alarm => alarm.at <= until).sort((a, b) => a.at - b.at)[0];
			if (!next) break;
			this.#now = Math.max(this.#now, next.at);
			next.ring();
			await settle();
		}
		this.#now = until;
		await settle();
	}
}

/** Lets everything that is already due run: promises and what they start. */
export function settle(): Promise<void> {
	return new Promise(resolve => setImmediate(resolve));
}
