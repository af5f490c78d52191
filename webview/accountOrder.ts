import type { AccountView } from '../src/shared/accountApi.js';

/** The order of all accounts after one of them has changed places with its neighbour. Null at the end of the list. */
export function movedOrder(
	accounts: readonly AccountView[],
	accountId: string,
	direction: 'up' | 'down',
): string[] | null {
	const ids = accounts.map(({ id }) => id);
	const from = ids.indexOf(accountId);
	const to = direction === 'up' ? from - 1 : from + 1;
	const neighbour = ids[to];
	if (from < 0 || neighbour === undefined) return null;
	return ids.with(from, neighbour).with(to, accountId);
}
