import type { AccountView } from '../shared/accountApi.js';
import type { PoolState } from '../shared/poolApi.js';
import { stateNow } from './accountWords.js';
import { headroomOf, type Headroom } from './headroom.js';

/** What the pool has left is what its best account has left: the next new session goes there. */

/** One alone when the user wants a single account. */
export function routedAccounts({ routing, accounts }: PoolState): readonly AccountView[] {
	if (routing.strategy !== 'single_account') return accounts;
	return accounts.filter(({ id }) => id === routing.singleAccountId);
}

export function isUsable(account: AccountView, now: number): boolean {
	return account.selected && stateNow(account, now) === 'active';
}

/** Undefined while nothing is known of any of them. */
export function bestHeadroom(accounts: readonly AccountView[], now: number): Headroom | undefined {
	return accounts
		.map(account => headroomOf(account, now))
		.filter(room => room !== undefined)
		.sort((a, b) => b.percent - a.percent)[0];
}

/** When the first of the spent accounts is back; undefined when none comes back by itself. */
export function firstBackAt(accounts: readonly AccountView[], now: number): number | undefined {
	const returns = accounts
		.filter(({ selected, state }) => selected && state === 'limited')
		.map(({ limitedUntil }) => limitedUntil)
		.filter(at => at !== null && at > now);
	return returns.length === 0 ? undefined : Math.min(...returns.map(Number));
}
