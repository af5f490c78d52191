import * as l10n from '@vscode/l10n';
import type { AccountView, UsageWindow } from '../shared/accountApi.js';
import { generalLimit } from '../shared/generalLimit.js';
import type { PoolState } from '../shared/poolApi.js';
import { stateNow } from '../shared/servingAccounts.js';
import { nameOf } from './accountChoices.js';
import { accountHover } from './accountHover.js';
import { accountLine } from './accountWords.js';
import { headroomOf, percentLeft, timeUntil, windowLabel } from './headroom.js';

/** Colour is for what asks for attention; the icon says the same without it. */
export interface RowIcon {
	readonly name: string;
	readonly tone: 'normal' | 'warning' | 'error';
}

export interface WindowRow {
	readonly key: string;
	readonly label: string;
	readonly description: string;
	readonly icon: RowIcon;
}

export interface AccountRow {
	/** The account's id: commands of the row are given it. */
	readonly key: string;
	readonly label: string;
	readonly description: string;
	readonly icon: RowIcon;
	/** Markdown. */
	readonly hover: string;
	/** Whether the pool uses it. */
	readonly isSelected: boolean;
	/** Words that menus ask for: `account`, the state, whether it is used, what it has, and where it may be moved. */
	readonly context: string;
	readonly windows: readonly WindowRow[];
}

/** The rows of the Accounts view, in the pool's order. Below `lowPercent` they warn. */
export function accountRows({ accounts }: PoolState, lowPercent: number, now: number): readonly AccountRow[] {
	return accounts.map((account, at) => ({
		key: account.id,
		label: nameOf(account),
		description: accountLine(account, now),
		icon: accountIcon(account, lowPercent, now),
		hover: accountHover(account, accounts, now),
		isSelected: account.selected,
		context: [
			'account',
			stateNow(account, now),
			account.selected ? 'used' : 'unused',
			...((account.resetCredits?.available ?? 0) > 0 ? ['resets'] : []),
			...(at > 0 ? ['up'] : []),
			...(at < accounts.length - 1 ? ['down'] : []),
		].join(' '),
		windows: windowRows(account, lowPercent, now),
	}));
}

/**
 * Which rows must be drawn anew, by their keys; `all` when accounts came, went or changed places. An account's row
 * draws its windows too.
 */
export function changedRows(before: readonly AccountRow[], after: readonly AccountRow[]): readonly string[] | 'all' {
	if (keysOf(before) !== keysOf(after)) return 'all';
	return after.flatMap((row, at) => {
		const { windows: oldWindows = [], ...old } = before[at] ?? {};
		const { windows, ...own } = row;
		if (!isSame(old, own) || keysOf(oldWindows) !== keysOf(windows)) return [row.key];
		return windows.filter((window, index) => !isSame(window, oldWindows[index])).map(({ key }) => key);
	});
}

function windowRows(account: AccountView, lowPercent: number, now: number): readonly WindowRow[] {
	return [...account.windows]
		.sort(
			(a, b) =>
				Number(a.limit !== generalLimit) - Number(b.limit !== generalLimit) || a.durationMinutes - b.durationMinutes,
		)
		.map(window => ({
			key: `${account.id}/${window.limit}/${window.durationMinutes}`,
			label: windowLabel(window),
			description: windowLine(window, now),
			icon: windowIcon(window, lowPercent, now),
		}));
}

function windowLine(window: UsageWindow, now: number): string {
	const { resetsAt } = window;
	const left = l10n.t('{0}% left', percentLeft(window, now));
	if (resetsAt === null || resetsAt <= now) return left;
	return `${left} · ${l10n.t('resets in {0}', timeUntil(resetsAt, now))}`;
}

/** Of an account, for a list: what is wrong with it, if anything. One that the pool does not use calls for nobody. */
export function accountIcon(account: AccountView, lowPercent: number, now: number): RowIcon {
	return account.selected ? stateIcon(account, lowPercent, now) : { name: 'account', tone: 'normal' };
}

function stateIcon(account: AccountView, lowPercent: number, now: number): RowIcon {
	const state = stateNow(account, now);
	switch (state) {
		case 'needs_sign_in':
			return { name: 'warning', tone: 'error' };
		case 'disabled':
			return { name: 'error', tone: 'error' };
		case 'limited':
			return { name: 'history', tone: 'warning' };
		case 'paused':
			return { name: 'debug-pause', tone: 'normal' };
		case 'active': {
			const room = headroomOf(account, now);
			return room !== undefined && room.percent < lowPercent
				? { name: 'warning', tone: 'warning' }
				: { name: 'account', tone: 'normal' };
		}
		default:
			return state satisfies never;
	}
}

function windowIcon(window: UsageWindow, lowPercent: number, now: number): RowIcon {
	const left = percentLeft(window, now);
	if (left === 0) return { name: 'circle-slash', tone: 'warning' };
	if (left < lowPercent) return { name: 'warning', tone: 'warning' };
	return { name: window.durationMinutes < 24 * 60 ? 'history' : 'calendar', tone: 'normal' };
}

function keysOf(rows: readonly { readonly key: string }[]): string {
	return JSON.stringify(rows.map(({ key }) => key));
}

/** Both are made by the same code, so their fields have the same order. */
function isSame(one: unknown, other: unknown): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}
