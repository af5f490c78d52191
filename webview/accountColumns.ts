import { noUsage } from '../src/shared/noUsage.js';
import type { AccountView } from '../src/shared/accountApi.js';
import type { UsageTotals } from '../src/shared/usageApi.js';
import { accountName } from './accountStatus.js';
import type { AccountSort } from './accountSort.js';
import { text } from './text.js';
import { currentPercent, orderedWindows, windowKey, windowTitle } from './windowReading.js';

/** What a row is made of. */
export interface AccountRow {
	readonly account: AccountView;
	/** Since midnight; null while it is not known. */
	readonly today: UsageTotals | null;
}

type ColumnKind = keyof typeof text.accountColumns | 'window';

export interface AccountColumn {
	/** What a sort is remembered by. */
	readonly id: string;
	readonly kind: ColumnKind;
	readonly title: string;
	readonly isNumber: boolean;
	/** What the rows are sorted by; null goes last, whichever way. */
	readonly valueOf: (row: AccountRow, now: number) => number | string | null;
}

const states: readonly AccountView['state'][] = ['active', 'limited', 'paused', 'needs_sign_in', 'disabled'];

/** A column for each window that any account has; what no account has gets none. */
export function accountColumns(accounts: readonly AccountView[]): AccountColumn[] {
	const some = (has: (account: AccountView) => boolean, column: AccountColumn) => (accounts.some(has) ? [column] : []);
	return [
		words('name', ({ account }) => accountName(account)),
		words('plan', ({ account }) => account.plan),
		number('state', ({ account }) => (account.selected ? states.indexOf(account.state) : states.length)),
		...windowColumns(accounts),
		...some(
			({ credits }) => credits !== null,
			number('credits', ({ account: { credits } }) => (credits?.unlimited ? Infinity : (credits?.balance ?? null))),
		),
		...some(
			({ spendLimit }) => spendLimit !== null,
			number('spendLimit', ({ account }) => account.spendLimit?.usedPercent ?? null),
		),
		...some(
			({ resetCredits }) => resetCredits !== null,
			number('resets', ({ account }) => account.resetCredits?.available ?? null),
		),
		number('requests', ({ today }) => today && today.requests),
		number('tokens', ({ today }) => today && today.inputTokens + today.outputTokens),
		number('cost', ({ today }) => today && today.costNanoUsd),
		number('inFlight', ({ account }) => account.inFlight),
	];
}

export function sortedRows(
	rows: readonly AccountRow[],
	columns: readonly AccountColumn[],
	{ sort, now }: { readonly sort: AccountSort | null; readonly now: number },
): readonly AccountRow[] {
	const column = columns.find(({ id }) => id === sort?.column);
	if (!column || !sort) return rows;
	return rows.toSorted((a, b) => {
		const [one, other] = [column.valueOf(a, now), column.valueOf(b, now)];
		if (one === null || other === null) return Number(one === null) - Number(other === null);
		const order = typeof one === 'string' ? one.localeCompare(String(other)) : one - Number(other);
		return sort.isDescending ? -order : order;
	});
}

/** The most of a number comes first, then the least, then the user's own order again; words begin with A. */
export function nextSort({ id, isNumber }: AccountColumn, sort: AccountSort | null): AccountSort | null {
	if (sort?.column !== id) return { column: id, isDescending: isNumber };
	return sort.isDescending === isNumber ? { column: id, isDescending: !isNumber } : null;
}

export function rowsOf(accounts: readonly AccountView[], today: readonly (UsageTotals & { group: string })[] | null) {
	return accounts.map((account): AccountRow => {
		const used = today?.find(({ group }) => group === account.id) ?? noUsage;
		return { account, today: today && used };
	});
}

function windowColumns(accounts: readonly AccountView[]): AccountColumn[] {
	const windows = orderedWindows({ windows: accounts.flatMap(account => account.windows) });
	const byKey = new Map(windows.map(window => [windowKey(window), window]));
	return [...byKey].map(([key, window]) => ({
		id: key,
		kind: 'window',
		title: windowTitle(window),
		isNumber: true,
		valueOf: ({ account }, now) => {
			const own = account.windows.find(each => windowKey(each) === key);
			return own ? currentPercent(own, now) : null;
		},
	}));
}

function words(kind: keyof typeof text.accountColumns, valueOf: (row: AccountRow) => string | null): AccountColumn {
	return { id: kind, kind, title: text.accountColumns[kind], isNumber: false, valueOf };
}

function number(kind: keyof typeof text.accountColumns, valueOf: (row: AccountRow) => number | null): AccountColumn {
	return { id: kind, kind, title: text.accountColumns[kind], isNumber: kind !== 'state', valueOf };
}
