import type { AccountRow } from '../../src/core/storePort.js';

export function accountRow(fields: Partial<AccountRow> = {}): AccountRow {
	return {
		id: 'a',
		userId: 'user-1',
		chatgptAccountId: 'workspace-1',
		email: 'someone@example.com',
		name: null,
		plan: 'plus',
		state: 'active',
		stateReason: null,
		stateSince: 0,
		limitedUntil: null,
		selected: true,
		position: 0,
		priority: 5,
		reservePercent: 0,
		addedAt: 0,
		lastUsedAt: null,
		generation: 1,
		refreshedAt: 0,
		...fields,
	};
}
