import * as l10n from '@vscode/l10n';
import type { AccountView } from '../shared/accountApi.js';
import { stateNow } from '../shared/servingAccounts.js';
import { nameOf } from './accountChoices.js';
import { stateWords } from './accountWords.js';
import { escapeMarkdown } from './escapeMarkdown.js';
import { generalWindows, percentLeft, timeUntil, windowName } from './headroom.js';

/** What is left of every account, as a table in Markdown: two columns for each window that one of them has. */
export function accountTable(accounts: readonly AccountView[], now: number): string {
	const durations = accounts.flatMap(account => generalWindows(account).map(each => each.durationMinutes));
	const columns = [...new Set(durations)].sort((a, b) => a - b);
	const resets = l10n.t({ message: 'resets in', comment: ['head of a column of times'] }).replaceAll(' ', '&nbsp;');
	const head = [l10n.t('Account'), ...columns.flatMap(minutes => [windowName(minutes), resets])];
	const rule = [':--', ...columns.flatMap(() => ['--:', '--:'])];
	const rows = accounts.map(account => [
		accountCell(account, now),
		...columns.flatMap(minutes => windowCells(account, minutes, now)),
	]);
	return [spaced(head), rule, ...rows.map(spaced)].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

function accountCell(account: AccountView, now: number): string {
	const note = account.selected ? stateWords[stateNow(account, now)] : l10n.t('not used');
	return `${escapeMarkdown(nameOf(account))}${note === '' ? '' : ` (${note})`}`;
}

function windowCells(account: AccountView, durationMinutes: number, now: number): readonly string[] {
	const window = generalWindows(account).find(each => each.durationMinutes === durationMinutes);
	if (window === undefined) return ['–', '–'];
	const { resetsAt } = window;
	return [`${percentLeft(window, now)}%`, resetsAt !== null && resetsAt > now ? timeUntil(resetsAt, now) : '–'];
}

/** The editor puts the columns of a hover side by side without a gap, and takes other spaces away. */
function spaced([first = '', ...others]: readonly string[]): readonly string[] {
	return [first, ...others.map(cell => `&nbsp;&nbsp;${cell}`)];
}
