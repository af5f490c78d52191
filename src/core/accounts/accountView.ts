import type { AccountView } from '../../shared/accountApi.js';
import type { BookedAccount } from './bookedAccount.js';

/** What faces see of an account. `sharing`: the ids of all accounts, itself included, that spend its quota. */
export function accountView({ row, windows, quota, inFlight }: BookedAccount, sharing: readonly string[]): AccountView {
	return {
		id: row.id,
		name: row.name,
		email: row.email,
		plan: row.plan,
		state: row.state,
		stateReason: row.stateReason,
		stateSince: row.stateSince,
		limitedUntil: row.limitedUntil,
		selected: row.selected,
		priority: row.priority,
		reservePercent: row.reservePercent,
		windows,
		...quota,
		sharesWith: sharing.filter(id => id !== row.id),
		inFlight,
		addedAt: row.addedAt,
		lastUsedAt: row.lastUsedAt,
	};
}
