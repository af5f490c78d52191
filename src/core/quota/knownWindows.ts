import type { UsageWindow } from '../../shared/accountApi.js';
import { generalLimit } from '../../shared/generalLimit.js';
import { isOver } from '../../shared/windowEnds.js';

/** What the windows that are known of an account mean, and how new figures take the place of old ones. */

/**
 * Newer figures replace those of the same limit and duration; the others stay. What was seen before comes too late,
 * unless the clock was set back since: then nobody knows how old the known figure is.
 */
export function mergeWindows(known: readonly UsageWindow[], fresh: readonly UsageWindow[], now: number): UsageWindow[] {
	const byWindow = new Map(known.map(window => [keyOf(window), window]));
	for (const window of oneOfEach(fresh)) {
		const before = byWindow.get(keyOf(window));
		if (before && isNewer(before, window, now)) continue;
		// Only some sources tell what a limit is called.
		const name = window.name ?? before?.name;
		byWindow.set(keyOf(window), name === window.name || name === undefined ? window : { ...window, name });
	}
	return [...byWindow.values()].sort((a, b) => a.limit.localeCompare(b.limit) || a.durationMinutes - b.durationMinutes);
}

/** Whether what is known is the newer of two figures. */
export function isNewer(
	known: { readonly observedAt: number },
	fresh: { readonly observedAt: number },
	now: number,
): boolean {
	return known.observedAt > fresh.observedAt && known.observedAt <= now;
}

/** Two slots of one reply may tell the same window: of a real one and an empty stand-in, the real one is meant. */
function oneOfEach(windows: readonly UsageWindow[]): Iterable<UsageWindow> {
	const byWindow = new Map<string, UsageWindow>();
	for (const window of windows) {
		const twin = byWindow.get(keyOf(window));
		if (!twin || saysMore(window, twin)) byWindow.set(keyOf(window), window);
	}
	return byWindow.values();
}

function saysMore(window: UsageWindow, twin: UsageWindow): boolean {
	if ((window.resetsAt === null) !== (twin.resetsAt === null)) return window.resetsAt !== null;
	return window.usedPercent > twin.usedPercent;
}

function keyOf({ limit, durationMinutes }: UsageWindow): string {
	return `${limit} ${durationMinutes}`;
}

/** What is used of the tightest general window whose reset still lies ahead; null when nothing is known. */
export function tightestPercent(windows: readonly UsageWindow[], now: number): number | null {
	let tightest: number | null = null;
	for (const window of windows) {
		if (window.limit !== generalLimit) continue;
		const used = isOver(window, now) ? 0 : window.usedPercent;
		if (tightest === null || used > tightest) tightest = used;
	}
	return tightest;
}

/** Replies that are under way still bring figures from before a limit; only a clear fall is a new window. */
const recoveredPercent = 5;
const laterResetMs = 60_000;

/**
 * Whether a limit is over before its time, because a window was reset early or a reset was redeemed: what was tight has
 * fallen, and the figures are known to be newer than the limit or speak of a later reset.
 */
export function hasRecovered(
	before: readonly UsageWindow[],
	after: readonly UsageWindow[],
	isAfterLimit: boolean,
	now: number,
): boolean {
	const [was, is] = [tightestPercent(before, now), tightestPercent(after, now)];
	if (was === null || is === null || was - is < recoveredPercent) return false;
	return isAfterLimit || resetOf(after, was, before) > resetOf(before, was, before) + laterResetMs;
}

/** The reset, in `windows`, of the general window that had used the most in `tight`. */
function resetOf(windows: readonly UsageWindow[], percent: number, tight: readonly UsageWindow[]): number {
	const { durationMinutes } = tight.find(each => each.limit === generalLimit && each.usedPercent === percent) ?? {};
	const found = windows.find(each => each.limit === generalLimit && each.durationMinutes === durationMinutes);
	return found?.resetsAt ?? 0;
}

/** When the longest general window resets; null when nothing is known, or its reset lies behind. */
export function longestReset(windows: readonly UsageWindow[], now: number): number | null {
	let longest: UsageWindow | undefined;
	for (const window of windows) {
		if (window.limit === generalLimit && window.durationMinutes > (longest?.durationMinutes ?? 0)) longest = window;
	}
	return longest?.resetsAt != null && longest.resetsAt > now ? longest.resetsAt : null;
}

/** When none of the full general windows is full any more; null when none is full, or nothing is known of its reset. */
export function fullUntil(windows: readonly UsageWindow[], now: number): number | null {
	const resets = windows
		.filter(window => window.limit === generalLimit && window.usedPercent >= 100)
		.map(window => window.resetsAt ?? 0)
		.filter(resetsAt => resetsAt > now);
	return resets.length > 0 ? Math.max(...resets) : null;
}

const repeatedWithinMs = 1_000;

/** Every reply of a busy second brings the same figures; their age is not worth a write. */
export function isRepeated(known: UsageWindow, fresh: UsageWindow): boolean {
	const laterMs = fresh.observedAt - known.observedAt;
	return (
		known.limit === fresh.limit &&
		known.durationMinutes === fresh.durationMinutes &&
		known.usedPercent === fresh.usedPercent &&
		known.resetsAt === fresh.resetsAt &&
		known.source === fresh.source &&
		laterMs >= 0 &&
		laterMs < repeatedWithinMs
	);
}
