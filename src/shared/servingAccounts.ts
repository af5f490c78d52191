import type { AccountState, AccountView } from './accountApi.js';
import type { PoolState } from './poolApi.js';

/** A limit whose end has come counts no more, whatever was last seen of it. */
export function stateNow({ state, limitedUntil }: AccountView, now: number): AccountState {
	return state === 'limited' && limitedUntil !== null && limitedUntil <= now ? 'active' : state;
}

/** One alone when the user wants a single account. */
export function routedAccounts({ routing, accounts }: PoolState): readonly AccountView[] {
	if (routing.strategy !== 'single_account') return accounts;
	return accounts.filter(({ id }) => id === routing.singleAccountId);
}

export function isUsable(account: AccountView, now: number): boolean {
	return account.selected && stateNow(account, now) === 'active';
}
