import { ownLoginKeyId } from '../shared/keyApi.js';
import type { UsageGrouping } from '../shared/usageApi.js';
import type { PoolClient } from './poolClient.js';

/** What the user calls accounts and keys, by id. A name may be gone with its account or key; usage outlives both. */
export interface UsageNames {
	readonly accounts: ReadonlyMap<string, string>;
	readonly keys: ReadonlyMap<string, string>;
}

/** As far as sums by `by`, or single requests, show any. */
export async function readUsageNames(
	pool: Pick<PoolClient, 'state' | 'listKeys'>,
	by: UsageGrouping | 'request',
): Promise<UsageNames> {
	const hasAccounts = by === 'account' || by === 'request';
	const hasKeys = by === 'key' || by === 'request';
	const [accounts, keys] = await Promise.all([
		hasAccounts ? pool.state().then(state => state.accounts) : [],
		hasKeys ? pool.listKeys() : [],
	]);
	return {
		accounts: new Map(accounts.map(({ id, name, email }) => [id, name ?? email ?? id])),
		keys: new Map([[ownLoginKeyId, 'ChatGPT login'], ...keys.map(({ id, name }) => [id, name] as const)]),
	};
}

/** A group of a usage report as people know it; hours and days in local time. Empty for what is unknown. */
export function groupName(group: string, by: UsageGrouping, names: UsageNames): string {
	switch (by) {
		case 'account':
			return names.accounts.get(group) ?? group;
		case 'key':
			return names.keys.get(group) ?? group;
		case 'model':
		case 'client':
			return group;
		case 'hour':
			return localMoment(group).slice(0, 'yyyy-mm-dd hh:mm'.length);
		case 'day':
			return localMoment(group).slice(0, 'yyyy-mm-dd'.length);
		default:
			return by satisfies never;
	}
}

/** Swedes write dates as ISO 8601 does. */
function localMoment(group: string): string {
	return new Date(Number(group)).toLocaleString('sv-SE');
}
