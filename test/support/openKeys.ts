import type { PoolKey } from '../../src/core/keys/poolKeys.js';

/** Whatever its id, the key is there and may do everything, but for accounts that are given here. */
export function openKeys(accountsOf: ReadonlyMap<string, ReadonlySet<string>> = new Map()) {
	return {
		find: (id: string): PoolKey => ({ id, name: 'CI', models: null, accountIds: accountsOf.get(id) ?? null }),
		admit: () => undefined,
		count: () => undefined,
	};
}
