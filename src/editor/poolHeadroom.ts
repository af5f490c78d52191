import type { AccountView } from '../shared/accountApi.js';
import { headroomOf, type Headroom } from './headroom.js';

/** What the pool has left is what its best account has left: the next new session goes there. */

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
