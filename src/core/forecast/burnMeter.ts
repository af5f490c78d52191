/** What one look at a usage window has shown. */
export interface WindowSample {
	/** Epoch ms. */
	readonly at: number;
	readonly usedPercent: number;
	readonly resetsAt: number | null;
}

export interface BurntStretch {
	readonly from: number;
	readonly to: number;
	readonly percent: number;
}

/** The provider rounds, and its replies travel. */
const sameResetMs = 2 * 60_000;
/** Figures from replies under way differ by less. */
const clearFallPercent = 5;
/** A figure that comes and goes within this reach was wrong. */
const spikeReachPercent = 3;

/**
 * Turns what is seen of one window into what it has burnt. A reset, due or early, starts a new episode; a figure that
 * falls a little is a correction. Time in which the window could not be used says nothing about its pace.
 */
export class BurnMeter {
	#last: WindowSample | undefined;
	#beforeLast: WindowSample | undefined;
	#wasOpen = true;
	#endsAt: number | null = null;

	/** The newest look. */
	get last(): WindowSample | undefined {
		return this.#last;
	}

	/** When the running period resets: what was first told of it, for as long as later figures mean the same. */
	get endsAt(): number | null {
		return this.#endsAt;
	}

	/** What was burnt since the look before; undefined when that cannot be said. */
	observe(sample: WindowSample, isOpen: boolean): BurntStretch | undefined {
		const last = this.#last;
		if (last && sample.at <= last.at) return undefined;
		const burnt = last && this.#since(last, sample);
		this.#beforeLast = last;
		this.#last = sample;
		this.#wasOpen = isOpen;
		if (!isSameReset(this.#endsAt, sample.resetsAt)) this.#endsAt = sample.resetsAt;
		return burnt;
	}

	#since(last: WindowSample, sample: WindowSample): BurntStretch | undefined {
		const wasReset = this.#wasReset(last, sample);
		const percent = wasReset ? sample.usedPercent : sample.usedPercent - last.usedPercent;
		if (this.#wasOpen) return { from: last.at, to: sample.at, percent };
		// It was open again from its reset on; when that was early, nobody knows since when.
		if (!wasReset || last.resetsAt === null || last.resetsAt >= sample.at) return undefined;
		return { from: Math.max(last.at, last.resetsAt), to: sample.at, percent };
	}

	#wasReset(last: WindowSample, sample: WindowSample): boolean {
		const { resetsAt, usedPercent } = last;
		if (resetsAt !== null && sample.at >= resetsAt) {
			return !isSameReset(resetsAt, sample.resetsAt);
		}
		if (usedPercent - sample.usedPercent < clearFallPercent) return false;
		const before = this.#beforeLast?.usedPercent ?? 0;
		const wasSpike =
			usedPercent - before >= clearFallPercent && Math.abs(sample.usedPercent - before) <= spikeReachPercent;
		return !wasSpike;
	}
}

function isSameReset(a: number | null, b: number | null): boolean {
	return a === null || b === null ? a === b : Math.abs(a - b) <= sameResetMs;
}
