import type { UsageWindow } from '../../src/shared/accountApi.js';
import { randomFrom } from './randomFrom.js';
import { demandOf, families, type Family } from './usageDemand.js';

export const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
export const historyMinutes = 15 * 24 * 60;
/** A Monday, at local midnight. */
const startsAt = new Date(2026, 8, 7).getTime();

/** One window as it really was, minute by minute. */
export interface TrueWindow {
	readonly accountId: string;
	readonly durationMinutes: number;
	/** Unrounded per cent. */
	readonly used: Float64Array;
	readonly resetsAt: Float64Array;
	/** Counted on through resets. */
	readonly burnt: Float64Array;
}

/** Simulated weeks of a pool: what was, and what the pool could see of it. */
export interface UsageHistory {
	readonly startsAt: number;
	readonly accountIds: readonly string[];
	readonly windows: readonly TrueWindow[];
	/** Per minute, whether any account could serve. */
	readonly canServe: Uint8Array;
	/** Minutes in which any window was reset before its time. */
	readonly earlyResets: readonly number[];
	/** In the order in which they were seen. */
	readonly sightings: readonly Sighting[];
}

export interface Sighting {
	readonly accountId: string;
	readonly at: number;
	readonly windows: readonly UsageWindow[];
}

/** A five-hour window and a weekly one. */
interface Account {
	readonly id: string;
	readonly windows: readonly [Window, Window];
	seenAt: number;
}

interface Window {
	readonly truth: TrueWindow;
	used: number;
	burnt: number;
	resetsAt: number;
}

export function simulateUsage(family: Family, seed: number): UsageHistory {
	const random = randomFrom(seed * 7919 + families.indexOf(family) * 104_729);
	const demand = demandOf(family, random);
	// How much of the week's window a five-hour window is, which plans differ in.
	const weekShare = 0.04 + random() * 0.08;
	const switches = family === 'switching' || family === 'mixed';
	const resetsEarly = family === 'early resets' || family === 'mixed';
	const accounts = Array.from({ length: switches ? 3 : 1 }, (_, index) => newAccount(`account-${index}`, random));
	const canServe = new Uint8Array(historyMinutes);
	const earlyResets: number[] = [];
	const sightings: Sighting[] = [];
	let preferred = 0;
	let switchesAt = 0;
	for (let minute = 0; minute < historyMinutes; minute++) {
		const now = startsAt + minute * minuteMs;
		for (const account of accounts) {
			for (const window of account.windows) if (now >= window.resetsAt) window.used = 0;
			if (!resetsEarly || random() >= 1 / (30 * 60)) continue;
			resetEarly(account, now);
			earlyResets.push(minute);
		}
		if (switches && minute >= switchesAt) {
			preferred = Math.floor(random() * accounts.length);
			switchesAt = minute + 40 + random() * 300;
		}
		const percent = demand(now);
		const order = accounts.map((_, index) => accounts[(preferred + index) % accounts.length]!);
		const serving = order.find(({ windows }) => windows.every(({ used }) => used < 100));
		canServe[minute] = serving ? 1 : 0;
		if (serving && percent > 0) {
			burn(serving.windows[0], percent, now);
			burn(serving.windows[1], percent * weekShare, now);
		}
		for (const account of accounts) {
			write(account, minute, now);
			const isBusy = account === serving && percent > 0;
			// A busy account is seen with its replies, an idle one now and then.
			const isSeen = isBusy ? random() < 0.5 : now - account.seenAt >= 5 * minuteMs && random() < 0.3;
			if (isSeen) sightings.push(look(account, now));
		}
	}
	const windows = accounts.flatMap(account => account.windows.map(({ truth }) => truth));
	return { startsAt, accountIds: accounts.map(({ id }) => id), windows, canServe, earlyResets, sightings };
}

function newAccount(id: string, random: () => number): Account {
	const window = (durationMinutes: number, used: number, resetsAt: number): Window => ({
		truth: {
			accountId: id,
			durationMinutes,
			used: new Float64Array(historyMinutes),
			resetsAt: new Float64Array(historyMinutes),
			burnt: new Float64Array(historyMinutes),
		},
		used,
		burnt: 0,
		resetsAt,
	});
	const week = window(10_080, random() * 60, startsAt + random() * 7 * 24 * hourMs);
	return { id, windows: [window(300, 0, 0), week], seenAt: -Infinity };
}

function resetEarly({ windows: [fiveHours, week] }: Account, now: number): void {
	for (const window of week.used < 60 ? [fiveHours] : [fiveHours, week]) {
		window.used = 0;
		window.resetsAt = now;
	}
}

/** A window begins with the first use after its reset. */
function burn(window: Window, percent: number, now: number): void {
	if (now >= window.resetsAt) window.resetsAt = now + window.truth.durationMinutes * minuteMs;
	const burnt = Math.min(100 - window.used, percent);
	window.used += burnt;
	window.burnt += burnt;
}

function write({ windows }: Account, minute: number, now: number): void {
	for (const { truth, used, burnt, resetsAt } of windows) {
		truth.used[minute] = used;
		truth.burnt[minute] = burnt;
		// A window that has not begun is told as ending one length from now.
		truth.resetsAt[minute] = resetsAt > now ? resetsAt : now + truth.durationMinutes * minuteMs;
	}
}

/** Whole per cents, as the provider tells them. */
function look(account: Account, now: number): Sighting {
	account.seenAt = now;
	const windows = account.windows.map(({ truth, used, resetsAt }) => ({
		limit: 'codex',
		durationMinutes: truth.durationMinutes,
		usedPercent: Math.floor(used),
		resetsAt: resetsAt > now ? resetsAt : now + truth.durationMinutes * minuteMs,
		source: 'header' as const,
		observedAt: now,
	}));
	return { accountId: account.id, at: now, windows };
}
