import { generalLimit } from '../../shared/generalLimit.js';
import { parseDuration, retryHint } from '../duration.js';
import type { HeaderMap } from '../ports.js';
import type { ProviderError } from './providerError.js';
import { windowsFromHeaders } from '../quota/usageWindows.js';

/** When to come back, from all that the provider says about it. What cannot be true counts as not said. */

/** No usage window is longer: a reset beyond it is a broken figure, and would pin the account for ever. */
const longestResetMs = 366 * 24 * 3_600_000;
/** A rate limit is short by nature; whoever is told to stay away for days may ask again after one. */
const longestWaitMs = 24 * 3_600_000;
const defaultWaitMs = 1_000;
/** Other texts must not reach `Date.parse`, which makes a date out of `soon 5`. */
const httpDate = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*\d\d:\d\d:\d\d/i;

/** `Retry-After` in seconds, as an HTTP date or as a duration, and the SDKs' `retry-after-ms`. */
export function retryAfterMs(headers: HeaderMap, now: number): number | undefined {
	const given = headers['retry-after'] ?? '';
	const seconds = numeral(given);
	const waitMs =
		numeral(headers['retry-after-ms']) ??
		(seconds === undefined ? undefined : seconds * 1000) ??
		(httpDate.test(given) ? Date.parse(given) - now : parseDuration(given));
	return waitMs !== undefined && Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}

/** How long a short rate limit lasts, ms. */
export function rateWaitMs(headers: HeaderMap, error: ProviderError, now: number): number {
	const told = toldReset(error, now);
	const waitMs = retryAfterMs(headers, now) ?? (told === undefined ? retryHint(error.message) : told - now);
	return Math.min(waitMs ?? defaultWaitMs, longestWaitMs);
}

/** When a spent limit frees itself, epoch ms; null when nothing plausible was said. */
export function quotaReset(headers: HeaderMap, error: ProviderError, limit: string | null, now: number): number | null {
	return (
		toldReset(error, now) ??
		windowReset(headers, error, limit ?? generalLimit, now) ??
		plausible(now + (retryAfterMs(headers, now) ?? retryHint(error.message) ?? 0), now) ??
		null
	);
}

/**
 * The model family whose own limit is spent; null for the whole account. Live replies call the general limit by other
 * names too (`premium`), so only a family that the reply itself carries counts, and only while the general limit is
 * not the one that is full.
 */
export function spentLimit(headers: HeaderMap, now: number): string | null {
	const active = (headers['x-codex-active-limit'] ?? '').trim().toLowerCase().replaceAll('-', '_');
	if (active === '' || active === generalLimit) return null;
	const windows = windowsFromHeaders(headers, now);
	const own = windows.filter(window => window.limit === active);
	const full = windows.filter(window => window.usedPercent >= 100).map(window => window.limit);
	const isGeneral = own.length === 0 || (full.includes(generalLimit) && !full.includes(active));
	return isGeneral ? null : active;
}

function toldReset(error: ProviderError, now: number): number | undefined {
	return (
		plausible((error.resetsAtSeconds ?? 0) * 1000, now) ?? plausible(now + (error.resetsInSeconds ?? 0) * 1000, now)
	);
}

/** When none of the limit's full windows is full any more. */
function windowReset(headers: HeaderMap, error: ProviderError, limit: string, now: number): number | undefined {
	const resets = windowsFromHeaders(headers, now)
		.filter(window => window.limit === limit)
		.filter(window => window.usedPercent >= 100 || window.durationMinutes === error.windowMinutes)
		.map(window => window.resetsAt ?? 0);
	return plausible(Math.max(0, ...resets), now);
}

function plausible(resetsAt: number, now: number): number | undefined {
	return resetsAt > now && resetsAt - now <= longestResetMs ? resetsAt : undefined;
}

function numeral(value: string | undefined): number | undefined {
	const number = value === undefined || value.trim() === '' ? NaN : Number(value);
	return Number.isFinite(number) ? number : undefined;
}
