import type { Exclusion } from '../../shared/requestApi.js';
import type { Candidate, ChoiceContext } from './chooseAccount.js';
import { coolingOf } from './cooldowns.js';

/** Why an account cannot serve this request now; null when it can. What the user decided is said before what happened. */
export function exclusionOf(candidate: Candidate, context: ChoiceContext): Exclusion | null {
	const { tried, now, model, routing, keyAccounts } = context;
	if (keyAccounts !== null && !keyAccounts.has(candidate.id)) return 'not_for_key';
	if (!candidate.selected) return 'not_selected';
	if (routing.strategy === 'single_account' && routing.singleAccountId !== candidate.id)
		return 'not_the_single_account';
	if (candidate.state !== 'active' && candidate.state !== 'limited') return candidate.state;
	if (isLimited(candidate, now)) return 'limited';
	if (candidate.reservedUntil > now) return 'reserved';
	if (candidate.cooldowns.length > 0) {
		if (coolingOf(candidate.cooldowns, 'missing', model, now)) return 'model_missing';
		if (coolingOf(candidate.cooldowns, 'limit', model, now)) return 'limited';
		if (coolingOf(candidate.cooldowns, 'rate', model, now)) return 'resting';
	}
	if (tried.has(candidate.id)) return 'tried';
	if (context.lacksModel(candidate.id)) return 'model_missing';
	if (context.isCrowded) return null;
	// One request finds out whether a limit is really over; the others wait for what it learns.
	if (candidate.state === 'limited' && candidate.inFlight > 0) return 'probing';
	return routing.inFlightLimit > 0 && candidate.inFlight >= routing.inFlightLimit ? 'busy' : null;
}

/** Exclusions that end with the next request that settles. */
export function endsSoon(exclusion: Exclusion | null): boolean {
	return exclusion === 'busy' || exclusion === 'probing';
}

/** Exclusions that say nothing lasting about an account. */
export function isMomentary(exclusion: Exclusion | null): boolean {
	return endsSoon(exclusion) || exclusion === 'resting' || exclusion === 'tried';
}

/** When, and after what, an account can serve again. */
export interface Return {
	/** Epoch ms. */
	readonly at: number;
	readonly after: 'limited' | 'reserved' | 'resting';
}

/** Whether an exclusion ends at a time that is known. */
export function endsByItself(exclusion: Exclusion | null): exclusion is Return['after'] {
	return exclusion === 'limited' || exclusion === 'reserved' || exclusion === 'resting';
}

/** The first account that is only waiting for its time; undefined when time does not help. */
export function earliestReturn(candidates: readonly Candidate[], context: ChoiceContext): Return | undefined {
	let earliest: Return | undefined;
	for (const candidate of candidates) {
		const after = exclusionOf(candidate, context);
		if (!endsByItself(after)) continue;
		const at = returnsAt(candidate, context);
		if (!earliest || at < earliest.at) earliest = { at, after };
	}
	return earliest;
}

function returnsAt(candidate: Candidate, { now, model }: ChoiceContext): number {
	return Math.max(
		isLimited(candidate, now) ? (candidate.limitedUntil ?? 0) : 0,
		candidate.reservedUntil,
		coolingOf(candidate.cooldowns, 'limit', model, now)?.until ?? 0,
		coolingOf(candidate.cooldowns, 'rate', model, now)?.until ?? 0,
	);
}

function isLimited(candidate: Candidate, now: number): boolean {
	return candidate.state === 'limited' && (candidate.limitedUntil ?? 0) > now;
}
