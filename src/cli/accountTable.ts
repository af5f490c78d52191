import type { AccountView, UsageWindow } from '../shared/managementApi.js';
import { formatDuration } from './duration.js';
import { accountLabel } from './findAccount.js';
import type { Output } from './output.js';

const stateWords = {
	active: 'active',
	paused: 'paused',
	limited: 'limited',
	needs_sign_in: 'needs sign-in',
	disabled: 'disabled',
} as const satisfies Record<AccountView['state'], string>;

/** One line an account, one column for every usage window that any of them has. */
export function accountTable(accounts: readonly AccountView[], output: Output, now: number): string {
	if (accounts.length === 0) {
		return 'No accounts yet. Add one with "codex-pool accounts add" or "codex-pool accounts import <auth.json>".';
	}
	const windows = windowColumns(accounts);
	return output.table(
		[
			{ title: 'Account' },
			{ title: 'Plan' },
			{ title: 'State' },
			{ title: 'Pool' },
			{ title: 'Running', align: 'right' },
			...windows.map(({ title }) => ({ title })),
			{ title: 'Id' },
		],
		accounts.map(account => [
			accountLabel(account),
			account.plan ?? '–',
			stateCell(account, now),
			account.selected ? 'on' : 'off',
			String(account.inFlight),
			...windows.map(({ isShownBy }) => windowCell(account.windows.find(isShownBy), now)),
			account.id,
		]),
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

interface WindowColumn {
	readonly title: string;
	readonly isShownBy: (window: UsageWindow) => boolean;
}

/** The general limit first, shorter windows before longer ones. */
function windowColumns(accounts: readonly AccountView[]): WindowColumn[] {
	const kinds = new Map<string, UsageWindow>();
	for (const window of accounts.flatMap(account => account.windows)) {
		kinds.set(`${window.limit} ${window.durationMinutes}`, window);
	}
	const isModelLimit = ({ limit }: UsageWindow): number => (limit === 'codex' ? 0 : 1);
	return [...kinds.values()]
		.sort(
			(a, b) =>
				isModelLimit(a) - isModelLimit(b) || a.limit.localeCompare(b.limit) || a.durationMinutes - b.durationMinutes,
		)
		.map(({ limit, durationMinutes }) => ({
			title: (limit === 'codex' ? '' : `${limit} `) + windowName(durationMinutes),
			isShownBy: window => window.limit === limit && window.durationMinutes === durationMinutes,
		}));
}

function windowName(minutes: number): string {
	if (minutes % 1440 === 0) return `${minutes / 1440} d used`;
	return minutes % 60 === 0 ? `${minutes / 60} h used` : `${minutes} m used`;
}
