import { textOf } from '../untrusted.js';

/** Figures out of the provider's replies. What cannot be true counts as not told: absent is not 0, and not `false`. */

/** No window is longer, and nothing resets later: beyond it lies a broken figure, not a promise. */
export const longestMs = 366 * 24 * 60 * 60_000;

/** Live replies hold numbers, numbers as text, and empty text for "none". */
export function numberFrom(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Windows are overdrawn by requests that run at the same time; far beyond that, and below 0, nothing can be meant. */
const mostOverdrawnPercent = 1_000;

export function percentFrom(value: unknown): number | undefined {
	const percent = numberFrom(value);
	if (percent === undefined || percent < 0 || percent > mostOverdrawnPercent) return undefined;
	return Math.min(100, percent);
}

/** No account's credits come near it. */
const largestAmount = 1e12;

export function amountFrom(value: unknown): number | null {
	const amount = numberFrom(value);
	return amount === undefined || Math.abs(amount) > largestAmount ? null : amount;
}

/** How many of something that is counted by hand. */
export function countFrom(value: unknown): number | null {
	const count = numberFrom(value);
	return count !== undefined && Number.isInteger(count) && count >= 0 && count <= 1_000 ? count : null;
}

const flags: ReadonlyMap<string, boolean> = new Map([
	['true', true],
	['false', false],
	['1', true],
	['0', false],
]);

/** Live headers say `False`. */
export function flagFrom(value: unknown): boolean | null {
	if (typeof value === 'boolean') return value;
	const text = typeof value === 'number' ? String(value) : textOf(value);
	return flags.get(text?.trim().toLowerCase() ?? '') ?? null;
}

/** The provider rounds, and its replies travel. */
const sameMomentMs = 2 * 60_000;

/**
 * When something resets, epoch ms. The seconds until then are told beside the time itself: where the two disagree, this
 * machine's clock is wrong and the seconds hold. A reset that is over when it is told would make a full window look empty.
 */
export function resetFrom(
	told: { readonly atSeconds: unknown; readonly afterSeconds: unknown },
	now: number,
	withinMs: number,
): number | null {
	const plausible = (resetsAt: number): number | null =>
		resetsAt > now && resetsAt - now <= withinMs ? Math.round(resetsAt) : null;
	const at = plausible((numberFrom(told.atSeconds) ?? 0) * 1000);
	const after = plausible(now + (numberFrom(told.afterSeconds) ?? 0) * 1000);
	if (at === null || after === null) return at ?? after;
	return Math.abs(at - after) <= sameMomentMs ? at : after;
}

const isoDate = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** An ISO date, or Unix seconds; epoch ms. */
export function momentFrom(value: unknown): number | null {
	const text = textOf(value)?.trim() ?? '';
	const moment = isoDate.test(text) ? Date.parse(text) : (numberFrom(value) ?? NaN) * 1000;
	return Number.isFinite(moment) && moment > 0 && moment <= Date.UTC(9999, 0) ? Math.round(moment) : null;
}

/** Words for people: one line, without what steers a terminal; undefined when nothing is left. */
export function wordsFrom(value: unknown, mostLetters: number): string | undefined {
	const words = (textOf(value) ?? '').slice(0, 4 * mostLetters).replaceAll(/[\p{C}\s]+/gu, ' ');
	return words.trim().slice(0, mostLetters).trim() || undefined;
}
