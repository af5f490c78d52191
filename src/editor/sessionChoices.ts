import type { AccountView } from '../shared/accountApi.js';
import type { SessionView } from '../shared/sessionApi.js';
import { nameOf } from './accountChoices.js';
import { timeUntil } from './headroom.js';

/** A session as an entry of a list. */
export interface SessionChoice {
	readonly label: string;
	readonly description: string;
	readonly detail: string;
	readonly session: SessionView;
}

/** Sessions as users tell them apart: by their account, and by when they were last used. */
export function sessionChoices(
	sessions: readonly SessionView[],
	accounts: readonly AccountView[],
	now: number,
): readonly SessionChoice[] {
	return sessions.map(session => ({
		label: `Session ${shortId(session)}`,
		description: ownerName(session, accounts),
		detail: `Last used ${ago(session.lastUsedAt, now)}, begun ${ago(session.firstUsedAt, now)} · ${turnsOf(session)}${cacheOf(session)}`,
		session,
	}));
}

/** Enough of the opaque id to tell a person's sessions apart. */
export function shortId({ id }: SessionView): string {
	return id.slice(0, 8);
}

export function ownerName({ accountId }: SessionView, accounts: readonly AccountView[]): string {
	const owner = accounts.find(({ id }) => id === accountId);
	return owner === undefined ? 'an account that was removed' : nameOf(owner);
}

/** What it costs to take a session away from its account; null when there is nothing warm to lose. */
export function coldCacheCost({ turns, cachedTokens }: SessionView): string | null {
	if (cachedTokens === 0 || turns === 0) return null;
	const perTurn = Math.round(cachedTokens / turns);
	return `The prompt cache stays behind: the next turn reads everything anew. So far about ${amount(perTurn)} tokens of each turn came from the cache.`;
}

function turnsOf({ turns }: SessionView): string {
	return turns === 1 ? '1 turn' : `${turns} turns`;
}

function cacheOf({ inputTokens, cachedTokens }: SessionView): string {
	return inputTokens === 0 ? '' : ` · ${Math.floor((cachedTokens / inputTokens) * 100)}% of its input from the cache`;
}

function ago(then: number, now: number): string {
	return now - then < 60_000 ? 'just now' : `${timeUntil(now, then)} ago`;
}

function amount(tokens: number): string {
	if (tokens < 1_000) return String(tokens);
	return tokens < 1_000_000 ? `${Math.round(tokens / 1_000)}k` : `${(tokens / 1_000_000).toFixed(1)}M`;
}
