import * as l10n from '@vscode/l10n';
import type { AccountView } from '../shared/accountApi.js';
import type { SessionView } from '../shared/sessionApi.js';
import { sessionTitle, shortSessionId } from '../shared/sessionWords.js';
import { formatCost } from '../shared/usd.js';
import { nameOf } from './accountChoices.js';
import { timeUntil } from './headroom.js';

/** A session as an entry of a list. */
export interface SessionChoice {
	readonly label: string;
	readonly description: string;
	readonly detail: string;
	readonly session: SessionView;
}

/** Sessions as users tell them apart: by what asked for what, by their account, and by when they were last used. */
export function sessionChoices(
	sessions: readonly SessionView[],
	accounts: readonly AccountView[],
	now: number,
): readonly SessionChoice[] {
	return sessions.map(session => {
		const id = shortSessionId(session.id);
		const title = sessionTitle(session);
		const owner = ownerName(session, accounts);
		return {
			label: title === '' ? l10n.t('Session {0}', id) : title,
			description: title === '' ? owner : `${owner} · ${id}`,
			detail: [agesOf(session, now), turnsOf(session), cacheOf(session), costOf(session)].filter(Boolean).join(' · '),
			session,
		};
	});
}

export function ownerName({ accountId }: SessionView, accounts: readonly AccountView[]): string {
	const owner = accounts.find(({ id }) => id === accountId);
	return owner === undefined ? l10n.t('an account that was removed') : nameOf(owner);
}

/** What it costs to take a session away from its account; null when there is nothing warm to lose. */
export function coldCacheCost({ turns, cachedTokens }: SessionView): string | null {
	if (cachedTokens === 0 || turns === 0) return null;
	const perTurn = Math.round(cachedTokens / turns);
	return l10n.t(
		'The prompt cache stays behind: the next turn reads everything anew. So far about {0} tokens of each turn came from the cache.',
		amount(perTurn),
	);
}

function agesOf({ firstUsedAt, lastUsedAt }: SessionView, now: number): string {
	return l10n.t('Last used {0}, begun {1}', ago(lastUsedAt, now), ago(firstUsedAt, now));
}

function turnsOf({ turns }: SessionView): string {
	return turns === 1 ? l10n.t('1 turn') : l10n.t('{0} turns', turns);
}

function cacheOf({ inputTokens, cachedTokens }: SessionView): string {
	return inputTokens === 0
		? ''
		: l10n.t('{0}% of its input from the cache', Math.floor((cachedTokens / inputTokens) * 100));
}

function costOf(session: SessionView): string {
	const cost = formatCost(session);
	return cost === null ? '' : l10n.t('{0} (estimate)', cost);
}

function ago(then: number, now: number): string {
	return now - then < 60_000 ? l10n.t('just now') : l10n.t('{0} ago', timeUntil(now, then));
}

function amount(tokens: number): string {
	if (tokens < 1_000) return String(tokens);
	return tokens < 1_000_000 ? `${Math.round(tokens / 1_000)}k` : `${(tokens / 1_000_000).toFixed(1)}M`;
}
