import { fullUntil } from '../quota/knownWindows.js';
import type { BookedAccount } from './bookedAccount.js';

/** A limit without a usable reset, and the least and most that a limit lasts. */
const unknownLimitMs = 5 * 60_000;
const shortestLimitMs = 30_000;
const longestLimitMs = 366 * 24 * 60 * 60 * 1000;

/** When a limit that was just met ends, epoch ms. A later figure never shortens a longer rest that is still running. */
export function limitEnd({ row, windows }: BookedAccount, told: number | null, now: number): number {
	const usable = told === null || told - now > longestLimitMs ? null : told;
	const asked = usable ?? fullUntil(windows, now) ?? now + unknownLimitMs;
	return Math.max(asked, now + shortestLimitMs, row.limitedUntil ?? 0);
}
