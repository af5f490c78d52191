import type { AttemptVerdict, Exclusion } from './requestApi.js';
import type { Strategy } from './routingApi.js';

/**
 * What the pool's routing says in codes, in words. Every face uses these; a code that a newer runtime knows and this
 * face does not stays as it is.
 */

/** Short enough for a choice in a list. */
const strategyNames: Readonly<Record<Strategy, string>> = {
	least_used: 'least used',
	round_robin: 'round robin',
	capacity_weighted: 'weighted by plan',
	soonest_reset: 'soonest reset first',
	fill_first: 'fill first',
	single_account: 'single account',
};

const strategies: Readonly<Record<Strategy, string>> = {
	least_used: 'The account with the most left of its tightest usage window goes first.',
	round_robin: 'The accounts take turns; the one whose last turn is longest ago goes first.',
	capacity_weighted: 'Larger plans get a larger share of the requests.',
	soonest_reset: 'The account whose quota resets soonest goes first, so that little of it expires unused.',
	fill_first: 'The fullest account is used until it is spent, so that the others stay untouched.',
	single_account: 'One account serves everything; when it cannot, requests fail.',
};

/** Each completes "It was chosen because …". */
const reasons: Readonly<Record<Strategy | 'session' | 'session_moved' | 'session_away' | 'none', string>> = {
	session: 'the session belongs to it and its prompt cache is warm there',
	session_moved: 'the session had to leave its own account, and it was the best of the others',
	session_away: "the session's own account could not take this request, and it was the best of the others",
	none: 'no account could serve',
	least_used: 'it was the least used',
	round_robin: 'it was its turn',
	capacity_weighted: 'it had the most room for the size of its plan',
	soonest_reset: 'its quota resets soonest',
	fill_first: 'it was the fullest that is not spent',
	single_account: 'it is the only account that the pool may use',
};

/** Each completes "The account …". */
const exclusions: Readonly<Record<Exclusion, string>> = {
	not_selected: 'is kept out of the pool',
	not_the_single_account: 'is not the single account to be used',
	paused: 'is paused',
	needs_sign_in: 'needs a sign-in',
	disabled: 'is closed by the provider',
	limited: 'has used up its quota',
	reserved: 'has nothing left but its reserve',
	model_missing: 'does not have the model',
	resting: 'is waiting out a rate limit',
	probing: 'is being tried out by another request after a limit',
	busy: 'has as many requests running as it may have',
	tried: 'had already been tried for this request',
};

/** Each completes "The account …". */
const verdicts: Readonly<Record<AttemptVerdict, string>> = {
	succeeded: 'answered',
	caller: 'refused the request itself; every account would have',
	credential: 'refused its sign-in',
	disabled: 'is closed by the provider',
	rate: 'asked to slow down for a moment',
	quota: 'had used up its quota',
	overload: 'was overloaded or out of reach',
	foreign_content: 'could not read what another account had encrypted in the conversation',
	model_missing: 'does not have the model',
	offline: 'could not be reached because this computer was offline',
	client_left: 'was still working when the client left',
};

/** In the order in which they are offered. */
export const knownStrategies = Object.keys(strategyNames) as readonly Strategy[]; // The record's keys are exactly these.

export function strategyName(strategy: string): string {
	return wordFor(strategyNames, strategy);
}

/** One sentence. */
export function explainStrategy(strategy: string): string {
	return wordFor(strategies, strategy);
}

/** Why a choice fell as it did; completes "It was chosen because …". */
export function explainReason(reason: string): string {
	return wordFor(reasons, reason);
}

/** Why an account was out; completes "The account …". */
export function explainExclusion(exclusion: string): string {
	return wordFor(exclusions, exclusion);
}

/** What came of an attempt; completes "The account …". */
export function explainVerdict(verdict: string): string {
	return wordFor(verdicts, verdict);
}

function wordFor(words: Readonly<Record<string, string>>, code: string): string {
	// Codes come from outside: one named like a member of every object is no word of ours.
	return Object.hasOwn(words, code) ? (words[code] ?? code) : code;
}
