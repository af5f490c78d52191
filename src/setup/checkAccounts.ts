import * as l10n from '@vscode/l10n';
import type { AccountView } from '../shared/accountApi.js';
import { clockWords } from '../shared/forecastWords.js';
import type { PoolState } from '../shared/poolApi.js';
import { isUsable, routedAccounts, stateNow } from '../shared/servingAccounts.js';
import { reservedUntil } from '../shared/windowEnds.js';
import type { AccountNames, Check } from './check.js';

type Finding = Omit<Check, 'name'>;

/** How many accounts can serve now, and what keeps each of the others from it. */
export function checkAccounts(pool: PoolState, nameOf: AccountNames, now: number): Check[] {
	const routed = routedAccounts(pool);
	const others = routed.filter(account => !serves(account, now));
	const isNobodyLeft = others.length === routed.length;
	const findings = [
		summary(pool, others, now),
		...others.flatMap(account => obstacle(account, nameOf(account), now) ?? []),
		// What the user has decided is no news, unless nobody is left.
		...(isNobodyLeft ? others.flatMap(account => decision(account, nameOf(account)) ?? []) : []),
		...sharing(routed, nameOf),
	];
	return findings.map(finding => ({ name: l10n.t('Accounts'), ...finding }));
}

export function serves(account: AccountView, now: number): boolean {
	return isUsable(account, now) && keptUntil(account, now) === null;
}

function summary(pool: PoolState, others: readonly AccountView[], now: number): Finding {
	const routed = routedAccounts(pool).length;
	if (pool.accounts.length === 0) {
		const sentence = l10n.t('There is no account in the pool yet.');
		return { state: 'problem', sentence, remedy: { action: 'addAccount' } };
	}
	if (routed === 0) {
		const sentence = l10n.t('Requests may go to a single account only, and that one is not in the pool.');
		return { state: 'problem', sentence, remedy: { action: 'chooseStrategy' } };
	}
	if (others.length < routed) {
		const serving = routed - others.length;
		const sentence =
			routed === 1
				? l10n.t('The account can serve now.')
				: l10n.t('{0} of {1} accounts can serve now.', serving, routed);
		return { state: 'ok', sentence };
	}
	const returns = others.flatMap(account => returnOf(account, now) ?? []);
	const sentence =
		returns.length === 0
			? l10n.t('No account can serve now.')
			: l10n.t('No account can serve now; the first is back at {0}.', clockWords(Math.min(...returns), now));
	return { state: 'problem', sentence };
}

/** Until when what is left of it is kept for the user; null when the pool may spend of it. */
function keptUntil({ reservePercent, windows }: AccountView, now: number): number | null {
	return reservePercent === 0 ? null : reservedUntil(windows, reservePercent, now) || null;
}

/** Null when time alone does not bring it back. */
function returnOf(account: AccountView, now: number): number | null {
	if (!account.selected) return null;
	const state = stateNow(account, now);
	if (state === 'limited') return account.limitedUntil;
	return state === 'active' ? keptUntil(account, now) : null;
}

function obstacle(account: AccountView, label: string, now: number): Finding | null {
	const { id, selected, limitedUntil } = account;
	if (!selected) return null;
	const remedy = { action: 'signInAgain', accountId: id } as const;
	const state = stateNow(account, now);
	switch (state) {
		case 'needs_sign_in':
			return { state: 'warning', sentence: l10n.t('{0} needs a sign-in.', label), remedy };
		case 'disabled':
			return { state: 'warning', sentence: l10n.t('{0} was closed by the provider.', label), remedy };
		case 'limited': {
			const sentence =
				limitedUntil === null
					? l10n.t('{0} is at its limit.', label)
					: l10n.t('{0} is at its limit until {1}.', label, clockWords(limitedUntil, now));
			return { state: 'warning', sentence };
		}
		case 'active': {
			const until = keptUntil(account, now);
			if (until === null) return null;
			return {
				state: 'warning',
				sentence: l10n.t('What is left of {0} is kept for you until {1}.', label, clockWords(until, now)),
			};
		}
		case 'paused':
			return null;
		default:
			return state satisfies never;
	}
}

function decision({ id, selected, state }: AccountView, label: string): Finding | null {
	if (!selected) {
		const sentence = l10n.t('{0} is kept out of the pool.', label);
		return { state: 'warning', sentence, remedy: { action: 'useAccount', accountId: id } };
	}
	if (state !== 'paused') return null;
	const sentence = l10n.t('{0} is paused.', label);
	return { state: 'warning', sentence, remedy: { action: 'resumeAccount', accountId: id } };
}

/** One finding for every two that are one: more accounts do not mean more quota. */
function sharing(accounts: readonly AccountView[], nameOf: AccountNames): Finding[] {
	return accounts.flatMap((account, index) =>
		accounts
			.slice(index + 1)
			.filter(({ id }) => account.sharesWith.includes(id))
			.map(other => ({
				state: 'warning' as const,
				sentence: l10n.t('The provider counts {0} and {1} as one account.', nameOf(account), nameOf(other)),
			})),
	);
}
