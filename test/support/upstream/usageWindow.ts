import { toSeconds, type UpstreamClock } from './clock.js';

export interface WindowOptions {
	readonly minutes: number;
	readonly usedPercent?: number;
	/** How many tokens fill the window. */
	readonly capacityTokens?: number;
	readonly resetsInMs?: number;
}

/** A usage window of any length. When its time is over it is empty and the next one has begun. */
export class SimulatedWindow {
	readonly minutes: number;
	readonly #clock: UpstreamClock;
	readonly #capacityTokens: number;
	#usedPercent: number;
	#resetAt: number;

	constructor(clock: UpstreamClock, options: WindowOptions) {
		this.#clock = clock;
		this.minutes = options.minutes;
		this.#capacityTokens = options.capacityTokens ?? options.minutes * 10_000;
		this.#usedPercent = options.usedPercent ?? 0;
		this.#resetAt = clock.now() + (options.resetsInMs ?? options.minutes * 60_000);
	}

	/** Whole percent, as the provider tells it; 100 only when nothing is left. */
	get usedPercent(): number {
		this.#rollOver();
		return Math.min(100, Math.floor(this.#usedPercent));
	}

	/** Epoch milliseconds. */
	get resetAt(): number {
		this.#rollOver();
		return this.#resetAt;
	}

	/** Unix seconds. */
	get resetAtSeconds(): number {
		return toSeconds(this.resetAt);
	}

	get resetAfterSeconds(): number {
		return Math.max(0, this.resetAtSeconds - toSeconds(this.#clock.now()));
	}

	get isSpent(): boolean {
		return this.usedPercent >= 100;
	}

	spend(percent: number): void {
		this.#rollOver();
		this.#usedPercent = Math.max(0, Math.min(100, this.#usedPercent + percent));
	}

	charge(tokens: number): void {
		this.spend((tokens / this.#capacityTokens) * 100);
	}

	/** A new window begins before the old one is over. */
	begin(): void {
		this.#usedPercent = 0;
		this.resetIn(this.minutes * 60_000);
	}

	/** Moves the end of the window. */
	resetIn(ms: number): void {
		this.#resetAt = this.#clock.now() + ms;
	}

	#rollOver(): void {
		const now = this.#clock.now();
		if (now < this.#resetAt) return;
		const lengthMs = this.minutes * 60_000;
		this.#resetAt += Math.ceil((now - this.#resetAt + 1) / lengthMs) * lengthMs;
		this.#usedPercent = 0;
	}
}
