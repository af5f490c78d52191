import type { AccountView } from '../src/shared/accountApi.js';
import type { KeyView } from '../src/shared/keyApi.js';
import type { RequestRecord } from '../src/shared/requestApi.js';
import { accountName } from './accountStatus.js';
import type { FilterOptions } from './components/requestFilterBar.js';
import { keyName } from './keyNames.js';

/** The log is long, and what its newest rows do not name is found by the search. */
const lookedAt = 1_000;

interface Known {
	readonly rows: readonly RequestRecord[];
	readonly accounts: readonly AccountView[];
	readonly keys: readonly KeyView[];
}

/** What the log can be filtered by. What was offered once stays: a filter leaves fewer values in the rows. */
export function filterOptions({ rows, accounts, keys }: Known, offered: FilterOptions): FilterOptions {
	const seen = rows.slice(0, lookedAt);
	return {
		accountId: Object.fromEntries(accounts.map(account => [account.id, accountName(account)])),
		model: withSeen(offered.model, seen, ({ model }) => model),
		client: withSeen(offered.client, seen, ({ client }) => client),
		keyId: withKeys(offered.keyId, seen, keys),
	};
}

/** A key that was revoked may have served what is looked for. */
function withKeys(
	offered: Readonly<Record<string, string>>,
	rows: readonly RequestRecord[],
	keys: readonly KeyView[],
): Readonly<Record<string, string>> {
	const ids = new Set([...keys.map(({ id }) => id), ...Object.keys(offered), ...rows.map(({ keyId }) => keyId)]);
	return Object.fromEntries([...ids].map(id => [id, keyName(keys, id)]));
}

function withSeen(
	offered: Readonly<Record<string, string>>,
	rows: readonly RequestRecord[],
	valueOf: (request: RequestRecord) => string | null,
): Readonly<Record<string, string>> {
	const values = new Set(Object.keys(offered));
	for (const row of rows) {
		const value = valueOf(row);
		if (value !== null && value !== '') values.add(value);
	}
	return Object.fromEntries([...values].sort((a, b) => a.localeCompare(b)).map(value => [value, value]));
}
