import { normalPriority, type AccountView, type UsageWindow } from '../shared/accountApi.js';
import { generalLimit } from '../shared/generalLimit.js';
import { formatAgo, formatDuration } from './duration.js';
import { accountLabel } from './findAccount.js';
import type { Output } from './output.js';

/** A state as a person says it. */
export const stateWords = {
	active: 'active',
	paused: 'paused',
	limited: 'limited',
	needs_sign_in: 'needs sign-in',
	disabled: 'disabled',
} as const satisfies Record<AccountView['state'], string>;

export interface AccountTableOptions {
	/** Counts the lines, where the order is the point. */
	readonly isNumbered?: boolean;
}

/** One line an account, in the pool's order; one column for every usage window and wish of the user that any of them has. */
export function accountTable(
	accounts: readonly AccountView[],
	output: Output,
	now: number,
	{ isNumbered = false }: AccountTableOptions = {},
): string {
	if (accounts.length === 0) {
		return 'No accounts yet. Add one with "codex-pool accounts add" or "codex-pool accounts import <auth.json>".';
	}
	const windows = windowColumns(accounts);
	const wishes = wishColumns.filter(({ isUsual }) => !accounts.every(isUsual));
	return output.table(
		[
			...(isNumbered ? [{ title: '#', align: 'right' as const }] : []),
			{ title: 'Account' },
			{ title: 'Plan' },
			{ title: 'State' },
			{ title: 'Pool' },
			{ title: 'Running', align: 'right' },
			...wishes.map(({ title }) => ({ title, align: 'right' as const })),
			...windows.map(({ title }) => ({ title })),
			{ title: 'Id' },
		],
		accounts.map((account, index) => [
			...(isNumbered ? [String(index + 1)] : []),
			accountLabel(account),
			account.plan ?? '–',
			stateCell(account, now),
			account.selected ? 'on' : 'off',
			String(account.inFlight),
			...wishes.map(({ cell }) => cell(account)),
			...windows.map(({ isShownBy }) => windowCell(account.windows.find(isShownBy), now)),
			account.id,
		]),
	);
}

/** The usage windows of one account, with where each figure comes from and how old it is. */
export function windowTable(windows: readonly UsageWindow[], output: Output, now: number): string {
	return output.table(
		[{ title: 'Window' }, { title: 'Used' }, { title: 'Source' }, { title: 'Seen' }],
		[...windows]
			.sort(byKind)
			.map(window => [windowName(window), windowCell(window, now), window.source, formatAgo(window.observedAt, now)]),
	);
}

function stateCell({ state, limitedUntil }: AccountView, now: number): string {
	const wait = state === 'limited' && limitedUntil !== null ? ` for ${formatDuration(limitedUntil - now)}` : '';
	return stateWords[state] + wait;
}

function windowCell(window: UsageWindow | undefined, now: number): string {
	if (!window) return '–';
	// The provider's last word on a window that has since begun anew says nothing about the new one.
	if (window.resetsAt !== null && window.resetsAt <= now) return 'reset';
	const left = window.resetsAt === null ? '' : `, resets in ${formatDuration(window.resetsAt - now)}`;
	return `${Math.round(window.usedPercent)} %${left}`;
}

interface WishColumn {
	readonly title: string;
	readonly cell: (account: AccountView) => string;
	readonly isUsual: (account: AccountView) => boolean;
}

const wishColumns: readonly WishColumn[] = [
	{
		title: 'Priority',
		cell: ({ priority }) => String(priority),
		isUsual: ({ priority }) => priority === normalPriority,
	},
	{
		title: 'Reserve',
		cell: ({ reservePercent }) => (reservePercent === 0 ? '–' : `${reservePercent} %`),
		isUsual: ({ reservePercent }) => reservePercent === 0,
	},
];

interface WindowColumn {
	readonly title: string;
	readonly isShownBy: (window: UsageWindow) => boolean;
}

function windowColumns(accounts: readonly AccountView[]): WindowColumn[] {
	const kinds = new Map<string, UsageWindow>();
	for (const window of accounts.flatMap(account => account.windows)) {
		kinds.set(`${window.limit} ${window.durationMinutes}`, window);
	}
	return [...kinds.values()].sort(byKind).map(kind => ({
		title: `${windowName(kind)} used`,
		isShownBy: window => byKind(window, kind) === 0,
	}));
}

/** The general limit first, shorter windows before longer ones. */
function byKind(a: UsageWindow, b: UsageWindow): number {
	const isModelLimit = ({ limit }: UsageWindow): number => (limit === generalLimit ? 0 : 1);
	return isModelLimit(a) - isModelLimit(b) || a.limit.localeCompare(b.limit) || a.durationMinutes - b.durationMinutes;
}

function windowName({ limit, name, durationMinutes }: UsageWindow): string {
	return (limit === generalLimit ? '' : `${name ?? limit} `) + lengthName(durationMinutes);
}

function lengthName(minutes: number): string {
	if (minutes % 1440 === 0) return `${minutes / 1440} d`;
	return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} m`;
}
