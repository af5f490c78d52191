import type { UsageWindow } from '../../shared/accountApi.js';
import { generalLimit } from '../../shared/generalLimit.js';
import { BurnMeter, type WindowSample } from './burnMeter.js';
import type { BurnOutlook } from './burnOutlook.js';
import { BurnRecord } from './burnRecord.js';
import type { HistorySample, Store } from '../storePort.js';

interface Watched {
	readonly accountId: string;
	readonly limit: string;
	readonly durationMinutes: number;
	readonly meter: BurnMeter;
	readonly record: BurnRecord;
	/** Whether the account could serve at the newest look. */
	couldServe: boolean;
	stored: WindowSample | undefined;
}

const minuteMs = 60_000;
/** A figure that stays is worth another look after this long, and one that moves is kept no oftener than that. */
const sameFigureMs = minuteMs;
const storedEveryMs = 10 * minuteMs;
const storedAtLeastEveryMs = 60 * minuteMs;
/** Habits are read out of this much of the past. */
const replayedMs = 14 * 24 * 60 * minuteMs;
const weightsLastMs = minuteMs;
/** Guesses about a window are judged after a part of its length, but after an hour at least. */
const guessesInWindow = 64;
const leastGuessMs = 60 * minuteMs;

/** Follows every usage window of every account through its resets, and the load of the pool as a whole. */
export class WindowHistory {
	readonly #watched = new Map<string, Watched>();
	/** What all accounts together burn, by the length of the window. */
	readonly #pool = new Map<number, BurnRecord>();
	#weights = new Map<string, number>();
	#weighedAt = -Infinity;

	/** `weigh` tells what a per cent of each account's windows counts for in the pool's load. */
	constructor(
		private readonly store: Pick<Store, 'appendWindowSample' | 'loadWindowSamples'>,
		now: number,
		private readonly weigh: () => ReadonlyMap<string, number>,
	) {
		for (const sample of store.loadWindowSamples(now - replayedMs)) {
			this.#see(this.#watch(sample.accountId, sample), sample, now).stored = sample;
		}
	}

	observe(accountId: string, windows: readonly UsageWindow[]): void {
		for (const window of windows) {
			const { observedAt: at, usedPercent, resetsAt } = window;
			const watched = this.#watch(accountId, window);
			const { last } = watched.meter;
			if (last && (at <= last.at || (usedPercent === last.usedPercent && at - last.at < sameFigureMs))) continue;
			const sample = { at, usedPercent, resetsAt };
			this.#see(watched, sample, at);
			if (isWorthStoring(watched.stored, sample)) {
				watched.stored = sample;
				const { limit, durationMinutes } = window;
				this.store.appendWindowSample({ accountId, limit, durationMinutes, ...sample });
			}
		}
	}

	forget(accountId: string): void {
		for (const [key, watched] of this.#watched) if (watched.accountId === accountId) this.#watched.delete(key);
	}

	outlook(
		accountId: string,
		window: Pick<UsageWindow, 'limit' | 'durationMinutes'>,
		now: number,
	): BurnOutlook | undefined {
		return this.#watched.get(keyOf(accountId, window))?.record.outlook(now);
	}

	/** In per cent of a Plus account's window of this length. */
	poolOutlook(durationMinutes: number, now: number): BurnOutlook | undefined {
		return this.#pool.get(durationMinutes)?.outlook(now);
	}

	/** When the running period of a window ends, by a figure that stays the same through it. */
	endsAt(accountId: string, window: Pick<UsageWindow, 'limit' | 'durationMinutes'>): number | null {
		return this.#watched.get(keyOf(accountId, window))?.meter.endsAt ?? null;
	}

	#watch(accountId: string, { limit, durationMinutes }: Pick<HistorySample, 'limit' | 'durationMinutes'>): Watched {
		const key = keyOf(accountId, { limit, durationMinutes });
		const known = this.#watched.get(key);
		if (known) return known;
		const record = new BurnRecord(guessMs(durationMinutes));
		const meter = new BurnMeter();
		const fresh = { accountId, limit, durationMinutes, meter, record, couldServe: true, stored: undefined };
		this.#watched.set(key, fresh);
		return fresh;
	}

	#see(watched: Watched, sample: WindowSample, now: number): Watched {
		const { accountId, limit, durationMinutes, meter, record } = watched;
		const isFull = sample.usedPercent >= 100;
		const isGeneral = limit === generalLimit;
		const fullOthers = isGeneral ? this.#fullWindows(watched, sample.at) : [];
		// A shorter window that is full comes and goes; it belongs to how a longer one burns.
		const isOpen = !isFull && !fullOthers.some(other => other.durationMinutes > durationMinutes);
		const burnt = meter.observe(sample, isOpen);
		if (burnt) record.add(burnt.from, burnt.to, burnt.percent);
		if (!isOpen) record.interrupt();
		const weight = this.#weightOf(accountId, now);
		if (burnt && isGeneral && weight > 0 && watched.couldServe) {
			this.#poolRecord(durationMinutes).add(burnt.from, burnt.to, burnt.percent * weight);
		}
		watched.couldServe = isOpen && fullOthers.length === 0;
		return watched;
	}

	#fullWindows(watched: Watched, at: number): Watched[] {
		const full: Watched[] = [];
		for (const other of this.#watched.values()) {
			if (other === watched || other.accountId !== watched.accountId || other.limit !== generalLimit) continue;
			const { last } = other.meter;
			if (last && last.usedPercent >= 100 && (last.resetsAt === null || last.resetsAt > at)) full.push(other);
		}
		return full;
	}

	#poolRecord(durationMinutes: number): BurnRecord {
		const known = this.#pool.get(durationMinutes);
		if (known) return known;
		const record = new BurnRecord(guessMs(durationMinutes));
		this.#pool.set(durationMinutes, record);
		return record;
	}

	#weightOf(accountId: string, now: number): number {
		if (now - this.#weighedAt >= weightsLastMs || !this.#weights.has(accountId)) {
			this.#weights = new Map(this.weigh());
			this.#weighedAt = now;
		}
		return this.#weights.get(accountId) ?? 0;
	}
}

function keyOf(accountId: string, { limit, durationMinutes }: Pick<UsageWindow, 'limit' | 'durationMinutes'>): string {
	return `${accountId} ${durationMinutes} ${limit}`;
}

function guessMs(durationMinutes: number): number {
	return Math.max(leastGuessMs, (durationMinutes * minuteMs) / guessesInWindow);
}

function isWorthStoring(stored: WindowSample | undefined, { at, usedPercent }: WindowSample): boolean {
	if (!stored) return true;
	const hasMoved = Math.floor(usedPercent) !== Math.floor(stored.usedPercent);
	return at - stored.at >= (hasMoved ? storedEveryMs : storedAtLeastEveryMs);
}
