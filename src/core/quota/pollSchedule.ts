import type { AccountView } from '../../shared/accountApi.js';

/** What came of the last question for an account's usage. */
export interface Poll {
	readonly askedAt: number;
	/** How often it has failed in a row. */
	readonly failures: number;
	/** How long the provider wants not to be asked; 0 when it did not say. */
	readonly restMs: number;
}

const minuteMs = 60_000;
/** Live headers and events are fresher than any poll. */
const inUseMs = 5 * minuteMs;
/** They do not tell everything: now and then the whole picture is asked for all the same. */
const wholeMs = 30 * minuteMs;
const idleMs = 30 * minuteMs;
/** Nobody waits for the figures of accounts that are kept out; they are still shown. */
const keptOutMs = 60 * minuteMs;
const idleAfterMs = 15 * minuteMs;
const longestRestMs = 60 * minuteMs;

/** How long after so many failures in a row an account is left alone: 5, 10, 20, then 30 min. */
function backoffMs({ failures, restMs }: Poll): number {
	if (failures === 0) return 0;
	return Math.max(Math.min(inUseMs * 2 ** (failures - 1), 30 * minuteMs), Math.min(restMs, longestRestMs));
}

/** Nobody has asked anything of the pool for a while. */
export function isIdle(usedAt: number, now: number): boolean {
	return ageOf(usedAt, now) >= idleAfterMs;
}

/** The account that has waited longest beyond its time, if any has. */
export function duePoll(
	accounts: readonly AccountView[],
	polls: ReadonlyMap<string, Poll>,
	{ isIdle, now }: { readonly isIdle: boolean; readonly now: number },
): string | undefined {
	let most: { readonly id: string; readonly overdue: number } | undefined;
	for (const account of accounts) {
		const overdue = overdueOf(account, polls.get(account.id), isIdle, now);
		if (overdue >= 0 && overdue > (most?.overdue ?? -Infinity)) most = { id: account.id, overdue };
	}
	return most?.id;
}

/**
 * For how long it has been its turn, ms; below 0 it is not. A time and no multiple of its own wait: whoever is asked goes
 * to the end, so nobody waits longer than one round, however often others are due.
 */
function overdueOf(account: AccountView, poll: Poll | undefined, isIdle: boolean, now: number): number {
	const { state, selected, inFlight, windows, resetCredits } = account;
	if (state === 'needs_sign_in' || state === 'disabled') return -Infinity;
	const askedAge = poll ? ageOf(poll.askedAt, now) : Infinity;
	if (poll && askedAge < backoffMs(poll)) return -Infinity;
	const figureAges = windows.map(window => ageOf(window.observedAt, now));
	const wholeAges = windows.filter(({ source }) => source === 'poll').map(window => ageOf(window.observedAt, now));
	const wholeAge = Math.min(askedAge, ...wholeAges, resetCredits ? ageOf(resetCredits.observedAt, now) : Infinity);
	if (state === 'paused' || !selected) return wholeAge - keptOutMs;
	const seldom = wholeAge - (isIdle && inFlight === 0 ? idleMs : wholeMs);
	if (isIdle && inFlight === 0) return seldom;
	return Math.max(seldom, Math.min(askedAge, ...figureAges) - inUseMs);
}

/** A time that lies ahead was noted while the clock was wrong: nobody knows how old it is. */
function ageOf(at: number, now: number): number {
	return at > now ? Infinity : now - at;
}
