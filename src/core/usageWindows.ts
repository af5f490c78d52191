import type { UsageWindow } from '../shared/accountApi.js';
import type { HeaderMap } from './ports.js';
import { fieldOf, isObject, textOf } from './untrusted.js';

/**
 * Reads usage windows out of what the provider sends (protocol §10): header families, `codex.rate_limits` events and
 * the `wham/usage` reply. A window is known by its duration, never by its slot; what is absent is not 0 %.
 */

const secondsPerMinute = 60;
/** No window is longer, and none resets later: anything beyond is a broken figure, not a promise. */
const longestMinutes = 366 * 24 * 60;
const usedPercent = '-used-percent';

export function windowsFromHeaders(headers: HeaderMap, now: number): UsageWindow[] {
	const windows: UsageWindow[] = [];
	const isCopied = repeatsOneModel(headers);
	for (const name in headers) {
		if (!name.endsWith(usedPercent)) continue;
		const slot = generalSlots.get(name) ?? headerSlot(name);
		if (!slot || (isCopied && generalSlots.has(name))) continue;
		const window = makeWindow({
			limit: slot.limit,
			usedPercent: numberFrom(headers[name]),
			durationMinutes: numberFrom(headers[slot.windowMinutes]),
			resetAtSeconds: numberFrom(headers[slot.resetAt]),
			resetAfterSeconds: numberFrom(headers[slot.resetAfterSeconds]),
			source: 'header',
			now,
		});
		if (window) windows.push(window);
	}
	return windows;
}

/** The limit that a header family speaks of, and the names of its other headers. */
interface HeaderSlot {
	readonly limit: string;
	readonly windowMinutes: string;
	readonly resetAt: string;
	readonly resetAfterSeconds: string;
}

function headerSlot(usedPercentName: string): HeaderSlot | undefined {
	const family = usedPercentName.slice(0, -usedPercent.length);
	const limit = /^x-(.*)-(?:primary|secondary)$/.exec(family)?.[1];
	if (limit === undefined) return undefined;
	return {
		limit: limit.replaceAll('-', '_'),
		windowMinutes: `${family}-window-minutes`,
		resetAt: `${family}-reset-at`,
		resetAfterSeconds: `${family}-reset-after-seconds`,
	};
}

/** These come with every reply; to put their names together anew would cost twice what reading them costs. */
const generalSlots: ReadonlyMap<string, HeaderSlot | undefined> = new Map(
	['x-codex-primary-used-percent', 'x-codex-secondary-used-percent'].map(name => [name, headerSlot(name)]),
);

/** Some replies that count against the limit of one model repeat its figures under the general names (3P live captures). */
function repeatsOneModel(headers: HeaderMap): boolean {
	const active = headers['x-codex-active-limit'];
	if (active === undefined || active === 'codex') return false;
	const family = `x-${active.replaceAll('_', '-')}-primary`;
	return (
		`${family}${usedPercent}` in headers &&
		[usedPercent, '-window-minutes', '-reset-at'].every(
			field => headers[`${family}${field}`] === headers[`x-codex-primary${field}`],
		)
	);
}

/** `event` is the parsed data of a `codex.rate_limits` event. */
export function windowsFromEvent(event: unknown, now: number): UsageWindow[] {
	const limit = nameIn(event, 'metered_limit_name') ?? nameIn(event, 'limit_name') ?? 'codex';
	const additional = fieldOf(event, 'additional_rate_limits');
	return [
		...slotsOf(fieldOf(event, 'rate_limits'), limit, 'event', now),
		...(isObject(additional)
			? Object.entries(additional).flatMap(([name, slots]) => slotsOf(slots, name, 'event', now))
			: []),
	];
}

/** `reply` is the parsed body of `GET /wham/usage`. */
export function windowsFromUsage(reply: unknown, now: number): UsageWindow[] {
	const additional = fieldOf(reply, 'additional_rate_limits');
	return [
		...slotsOf(fieldOf(reply, 'rate_limit'), 'codex', 'poll', now),
		...(Array.isArray(additional) ? additional : []).flatMap((entry: unknown) => {
			const name = nameIn(entry, 'metered_feature') ?? nameIn(entry, 'limit_name');
			return name === undefined ? [] : slotsOf(fieldOf(entry, 'rate_limit'), name, 'poll', now);
		}),
	];
}

/** Newer figures replace those of the same limit and duration; the others stay. */
export function mergeWindows(known: readonly UsageWindow[], fresh: readonly UsageWindow[]): UsageWindow[] {
	const byWindow = new Map([...known, ...fresh].map(window => [`${window.limit} ${window.durationMinutes}`, window]));
	return [...byWindow.values()].sort((a, b) => a.limit.localeCompare(b.limit) || a.durationMinutes - b.durationMinutes);
}

/** What is used of the tightest general window whose reset still lies ahead; null when nothing is known. */
export function tightestPercent(windows: readonly UsageWindow[], now: number): number | null {
	let tightest: number | null = null;
	for (const window of windows) {
		if (window.limit !== 'codex') continue;
		const used = window.resetsAt !== null && window.resetsAt <= now ? 0 : window.usedPercent;
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
	isNewer: boolean,
	now: number,
): boolean {
	const [was, is] = [tightestPercent(before, now), tightestPercent(after, now)];
	if (was === null || is === null || was - is < recoveredPercent) return false;
	return isNewer || resetOf(after, was, before) > resetOf(before, was, before) + laterResetMs;
}

/** The reset, in `windows`, of the general window that had used the most in `tight`. */
function resetOf(windows: readonly UsageWindow[], percent: number, tight: readonly UsageWindow[]): number {
	const { durationMinutes } = tight.find(each => each.limit === 'codex' && each.usedPercent === percent) ?? {};
	const found = windows.find(each => each.limit === 'codex' && each.durationMinutes === durationMinutes);
	return found?.resetsAt ?? 0;
}

/** When the longest general window resets; null when nothing is known, or its reset lies behind. */
export function longestReset(windows: readonly UsageWindow[], now: number): number | null {
	let longest: UsageWindow | undefined;
	for (const window of windows) {
		if (window.limit === 'codex' && window.durationMinutes > (longest?.durationMinutes ?? 0)) longest = window;
	}
	return longest?.resetsAt != null && longest.resetsAt > now ? longest.resetsAt : null;
}

/** A window without a reset is looked at again after this long. */
const unknownResetMs = 5 * 60_000;

/** Until when a general window has no more than the last `reservePercent` left; 0 when all have more. */
export function reservedUntil(windows: readonly UsageWindow[], reservePercent: number, now: number): number {
	let until = 0;
	for (const { limit, usedPercent, resetsAt } of windows) {
		if (limit !== 'codex' || usedPercent < 100 - reservePercent || (resetsAt !== null && resetsAt <= now)) continue;
		until = Math.max(until, resetsAt ?? now + unknownResetMs);
	}
	return until;
}

/** Model-specific limits are named by the provider with or without the `codex_` family; ours keeps its name. */
function slotsOf(slots: unknown, limit: string, source: UsageWindow['source'], now: number): UsageWindow[] {
	return ['primary', 'secondary', 'primary_window', 'secondary_window'].flatMap(name => {
		const slot = fieldOf(slots, name);
		const seconds = numberFrom(fieldOf(slot, 'limit_window_seconds'));
		const window = makeWindow({
			limit,
			usedPercent: numberFrom(fieldOf(slot, 'used_percent')),
			durationMinutes:
				seconds === undefined ? numberFrom(fieldOf(slot, 'window_minutes')) : Math.ceil(seconds / secondsPerMinute),
			resetAtSeconds: numberFrom(fieldOf(slot, 'reset_at')) ?? numberFrom(fieldOf(slot, 'resets_at')),
			resetAfterSeconds: numberFrom(fieldOf(slot, 'reset_after_seconds')),
			source,
			now,
		});
		return window ? [window] : [];
	});
}

function makeWindow(raw: {
	limit: string;
	usedPercent: number | undefined;
	durationMinutes: number | undefined;
	resetAtSeconds: number | undefined;
	resetAfterSeconds: number | undefined;
	source: UsageWindow['source'];
	now: number;
}): UsageWindow | undefined {
	// A slot without a duration is a placeholder of plans that do not have it.
	const durationMinutes = Math.round(raw.durationMinutes ?? 0);
	if (raw.usedPercent === undefined || durationMinutes < 1 || durationMinutes > longestMinutes) return undefined;
	return {
		limit: raw.limit,
		durationMinutes,
		usedPercent: Math.min(100, Math.max(0, raw.usedPercent)),
		resetsAt:
			resetWithin(raw.now, (raw.resetAtSeconds ?? 0) * 1000) ??
			resetWithin(raw.now, raw.now + (raw.resetAfterSeconds ?? 0) * 1000),
		source: raw.source,
		observedAt: raw.now,
	};
}

/** A reset that is over when it is told would make a full window look empty. */
function resetWithin(now: number, resetsAt: number): number | null {
	const inMs = resetsAt - now;
	return inMs > 0 && inMs <= longestMinutes * secondsPerMinute * 1000 ? Math.round(resetsAt) : null;
}

/** Live replies hold numbers, numbers as text, and empty text for "none". */
function numberFrom(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function nameIn(value: unknown, field: string): string | undefined {
	return textOf(fieldOf(value, field)) || undefined;
}
