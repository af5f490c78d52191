import * as l10n from '@vscode/l10n';
import type { AttemptVerdict, Exclusion } from './requestApi.js';
import type { Strategy } from './routingApi.js';

/**
 * What the pool's routing says in codes, in words. Every face uses these; a code that a newer runtime knows and this
 * face does not stays as it is.
 */

/** Short enough for a choice in a list. */
const strategyNames: Readonly<Record<Strategy, string>> = {
	least_used: l10n.t('least used'),
	round_robin: l10n.t('round robin'),
	capacity_weighted: l10n.t('weighted by plan'),
	soonest_reset: l10n.t('soonest reset first'),
	fill_first: l10n.t('fill first'),
	single_account: l10n.t('single account'),
};

const strategies: Readonly<Record<Strategy, string>> = {
	least_used: l10n.t('The account with the most left of its tightest usage window goes first.'),
	round_robin: l10n.t('The accounts take turns; the one whose last turn is longest ago goes first.'),
	capacity_weighted: l10n.t('Larger plans get a larger share of the requests.'),
	soonest_reset: l10n.t('The account whose quota resets soonest goes first, so that little of it expires unused.'),
	fill_first: l10n.t('The fullest account is used until it is spent, so that the others stay untouched.'),
	single_account: l10n.t('One account serves everything; when it cannot, requests fail.'),
};

/** Each completes "It was chosen because …". */
const reasons: Readonly<Record<Strategy | 'session' | 'session_moved' | 'session_away' | 'none', string>> = {
	session: l10n.t('the session belongs to it and its prompt cache is warm there'),
	session_moved: l10n.t('the session had to leave its own account, and it was the best of the others'),
	session_away: l10n.t("the session's own account could not take this request, and it was the best of the others"),
	none: l10n.t('no account could serve'),
	least_used: l10n.t('it was the least used'),
	round_robin: l10n.t('it was its turn'),
	capacity_weighted: l10n.t('it had the most room for the size of its plan'),
	soonest_reset: l10n.t('its quota resets soonest'),
	fill_first: l10n.t('it was the fullest that is not spent'),
	single_account: l10n.t('it is the only account that the pool may use'),
};

/** Each completes "The account …". */
const exclusions: Readonly<Record<Exclusion, string>> = {
	not_for_key: l10n.t('is not among the accounts of the key'),
	not_selected: l10n.t('is kept out of the pool'),
	not_the_single_account: l10n.t('is not the single account to be used'),
	paused: l10n.t('is paused'),
	needs_sign_in: l10n.t('needs a sign-in'),
	disabled: l10n.t('is closed by the provider'),
	limited: l10n.t('has used up its quota'),
	reserved: l10n.t('has nothing left but its reserve'),
	model_missing: l10n.t('does not have the model'),
	resting: l10n.t('is waiting out a rate limit'),
	probing: l10n.t('is being tried out by another request after a limit'),
	busy: l10n.t('has as many requests running as it may have'),
	tried: l10n.t('had already been tried for this request'),
};

/** Each completes "The account …". */
const verdicts: Readonly<Record<AttemptVerdict, string>> = {
	succeeded: l10n.t('answered'),
	caller: l10n.t('refused the request itself; every account would have'),
	credential: l10n.t('refused its sign-in'),
	disabled: l10n.t('is closed by the provider'),
	rate: l10n.t('asked to slow down for a moment'),
	quota: l10n.t('had used up its quota'),
	overload: l10n.t('was overloaded or out of reach'),
	foreign_content: l10n.t('could not read what another account had encrypted in the conversation'),
	model_missing: l10n.t('does not have the model'),
	offline: l10n.t('could not be reached because this computer was offline'),
	client_left: l10n.t('was still working when the client left'),
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
