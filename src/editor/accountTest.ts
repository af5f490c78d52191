import * as l10n from '@vscode/l10n';
import type { AccountView } from '../shared/accountApi.js';
import { nameOf } from './accountChoices.js';
import { leftWords } from './accountWords.js';
import { timeUntil } from './headroom.js';

/** What a test of an account has found, as a sentence. */
export function accountTestStory(account: AccountView, now: number): string {
	const name = nameOf(account);
	const left = leftWords(account, now);
	switch (account.state) {
		case 'active':
			return left === '' ? l10n.t('{0} works.', name) : l10n.t('{0} works: {1} left.', name, left);
		case 'paused':
			return left === ''
				? l10n.t('{0} works. It is paused.', name)
				: l10n.t('{0} works: {1} left. It is paused.', name, left);
		case 'limited': {
			const { limitedUntil: until } = account;
			return until !== null && until > now
				? l10n.t('{0} is signed in and at its limit, back in {1}.', name, timeUntil(until, now))
				: l10n.t('{0} is signed in and at its limit.', name);
		}
		case 'needs_sign_in':
			return l10n.t('{0} must sign in again.', name);
		case 'disabled':
			return l10n.t('{0} answers, but was disabled by the provider. Sign in again to have the pool try it.', name);
		default:
			return account.state satisfies never;
	}
}
