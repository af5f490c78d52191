import * as l10n from '@vscode/l10n';
import type { AccountState, AccountView } from '../shared/accountApi.js';
import { stateNow } from '../shared/servingAccounts.js';
import { generalWindows, percentLeft, timeUntil, windowName } from './headroom.js';

/** Why an account is not used just now; empty while nothing speaks against it. */
export const stateWords: Readonly<Record<AccountState, string>> = {
	active: '',
	paused: l10n.t('paused'),
	limited: l10n.t('at its limit'),
	needs_sign_in: l10n.t('needs a sign-in'),
	disabled: l10n.t('disabled'),
};

/** `5h 62% · week 30%`; empty while nothing is known. */
export function leftWords(account: AccountView, now: number): string {
	return generalWindows(account)
		.map(window => `${windowName(window.durationMinutes)} ${percentLeft(window, now)}%`)
		.join(' · ');
}

/** In one short line: what is left, or what keeps the account from serving. */
export function accountLine(account: AccountView, now: number): string {
	const state = stateNow(account, now);
	if (state === 'active') return leftWords(account, now);
	const { limitedUntil } = account;
	return state === 'limited' && limitedUntil !== null
		? l10n.t('back in {0}', timeUntil(limitedUntil, now))
		: stateWords[state];
}

/** `Plus`: the provider says it in small letters. */
export function planName(plan: string): string {
	return plan.charAt(0).toUpperCase() + plan.slice(1).replaceAll('_', ' ');
}
