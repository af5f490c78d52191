import type { AccountView } from '../shared/accountApi.js';
import { nameOf } from './accountChoices.js';
import { leftWords } from './accountWords.js';
import { timeUntil } from './headroom.js';

/** What a test of an account has found, as a sentence. */
export function accountTestStory(account: AccountView, now: number): string {
	const name = nameOf(account);
	switch (account.state) {
		case 'active':
			return `${name} works${leftOf(account, now)}.`;
		case 'paused':
			return `${name} works${leftOf(account, now)}. It is paused.`;
		case 'limited': {
			const { limitedUntil: until } = account;
			const back = until !== null && until > now ? `, back in ${timeUntil(until, now)}` : '';
			return `${name} is signed in and at its limit${back}.`;
		}
		case 'needs_sign_in':
			return `${name} must sign in again.`;
		case 'disabled':
			return `${name} answers, but was disabled by the provider. Sign in again to have the pool try it.`;
		default:
			return account.state satisfies never;
	}
}

function leftOf(account: AccountView, now: number): string {
	const left = leftWords(account, now);
	return left === '' ? '' : `: ${left} left`;
}
