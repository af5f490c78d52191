import type { ResetCredit, ResetCredits } from '../../shared/accountApi.js';
import { countFrom, momentFrom, wordsFrom } from './providerFigures.js';
import { fieldOf, textOf } from '../untrusted.js';

/** Reads the banked resets of an account (protocol §10.2): how many from every poll, which from a list of their own. */

const mostListed = 20;
const mostLetters = 200;
/** The list is asked for again after this long, even if the number has not changed: titles and expiries may have. */
const listedForMs = 6 * 3_600_000;

/** `reply` is the parsed body of `GET /wham/usage`; null when it does not count them. */
export function resetCreditsFromUsage(reply: unknown, now: number): ResetCredits | null {
	const told = fieldOf(reply, 'rate_limit_reset_credits');
	const available = countFrom(fieldOf(told, 'available_count'));
	if (available === null) return null;
	const applicable = countFrom(fieldOf(told, 'applicable_available_count'));
	return { available, applicable, credits: [], listedAt: null, source: 'poll', observedAt: now };
}

/** The counted resets by their names, out of `GET /wham/rate-limit-reset-credits`; undefined when that is no list. */
export function withListedCredits(counted: ResetCredits, reply: unknown, now: number): ResetCredits | undefined {
	const told = fieldOf(reply, 'credits');
	if (!Array.isArray(told)) return undefined;
	const credits = told
		.flatMap((entry: unknown) => creditOf(entry) ?? [])
		.filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
		.sort((a, b) => (a.expiresAt ?? Infinity) - (b.expiresAt ?? Infinity))
		.slice(0, mostListed);
	return { ...counted, credits, listedAt: now };
}

/** Whether to ask which resets they are. */
export function needsList(counted: ResetCredits | null, now: number): counted is ResetCredits {
	if (counted === null || counted.available === 0) return false;
	const { listedAt } = counted;
	return listedAt === null || now - listedAt >= listedForMs || listedAt > now;
}

/** One that is still to be had. */
function creditOf(entry: unknown): ResetCredit | undefined {
	const id = textOf(fieldOf(entry, 'id')) ?? '';
	const status = textOf(fieldOf(entry, 'status')) ?? 'available';
	const isGone = status.toLowerCase() !== 'available' || fieldOf(entry, 'redeemed_at') !== undefined;
	if (id === '' || id.length > mostLetters || isGone) return undefined;
	return {
		id,
		title: wordsFrom(fieldOf(entry, 'title'), mostLetters) ?? null,
		description: wordsFrom(fieldOf(entry, 'description'), mostLetters) ?? null,
		expiresAt: momentFrom(fieldOf(entry, 'expires_at')),
	};
}
