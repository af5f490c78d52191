import {
	normalPriority,
	type AccountView,
	type Credits,
	type ResetCredits,
	type SpendLimit,
} from '../shared/accountApi.js';
import { clockWords } from '../shared/forecastWords.js';
import { nameOf } from './accountChoices.js';
import { planName, stateNow, stateWords } from './accountWords.js';
import { escapeMarkdown } from './escapeMarkdown.js';
import { percentLeft, windowLabel } from './headroom.js';

import { priorityName } from './priorityChoices.js';

/**
 * All that is known of an account, in Markdown. Every moment is a time of day and not a time from now, so that the text
 * stays true for as long as nothing has happened.
 */
export function accountHover(account: AccountView, all: readonly AccountView[], now: number): string {
	const { name, email, plan, reservePercent, priority } = account;
	const about = [name === null ? null : email, plan && planName(plan)].filter(word => word !== null && word !== '');
	const sharing = all.filter(({ id }) => account.sharesWith.includes(id)).map(nameOf);
	const spending = [
		...(priority === normalPriority ? [] : [`Priority: ${priorityName(priority).toLowerCase()}`]),
		...(reservePercent === 0 ? [] : [`the last ${reservePercent}% are kept for you`]),
	];
	return [
		[`**${escapeMarkdown(nameOf(account))}**`, ...about.map(word => escapeMarkdown(String(word)))].join(' · '),
		stateSentence(account, now),
		windowTable(account, now),
		creditSentence(account.credits),
		spendSentence(account.spendLimit),
		resetSentence(account.resetCredits),
		spending.join('; '),
		sharing.length === 0 ? '' : `Spends the same quota as ${sharing.map(escapeMarkdown).join(', ')}.`,
		ageSentence(account, now),
	]
		.filter(part => part !== '')
		.join('\n\n');
}

function stateSentence(account: AccountView, now: number): string {
	const { stateSince, limitedUntil, selected } = account;
	const state = stateNow(account, now);
	if (!selected) return 'The pool does not use it: its checkbox is off.';
	if (state === 'active') return '';
	if (state === 'limited' && limitedUntil !== null) return `At its limit until ${clockWords(limitedUntil, now)}.`;
	const words = stateWords[state];
	return `${words.charAt(0).toUpperCase()}${words.slice(1)} since ${clockWords(stateSince, now)}.`;
}

function windowTable({ windows }: AccountView, now: number): string {
	if (windows.length === 0) return 'Nothing is known of its windows yet.';
	const rows = [...windows]
		.sort((a, b) => a.durationMinutes - b.durationMinutes)
		.map(window => {
			const resets = window.resetsAt !== null && window.resetsAt > now ? clockWords(window.resetsAt, now) : '–';
			return `| ${escapeMarkdown(windowLabel(window))} | ${percentLeft(window, now)}% | ${resets} |`;
		});
	return ['| Window | Left | Resets |', '| :-- | --: | --: |', ...rows].join('\n');
}

function creditSentence(credits: Credits | null): string {
	if (credits?.unlimited === true) return 'Credits: unlimited.';
	if (credits?.hasCredits !== true) return '';
	return credits.balance === null ? 'Has credits.' : `Credits: ${credits.balance}.`;
}

function spendSentence(limit: SpendLimit | null): string {
	if (limit?.reached === true) return 'The spend limit of its workspace is reached.';
	return limit?.remaining == null ? '' : `Left of the spend limit of its workspace: ${limit.remaining}.`;
}

function resetSentence(resets: ResetCredits | null): string {
	if (resets === null || resets.available === 0) return '';
	return resets.available === 1 ? 'One banked reset.' : `${resets.available} banked resets.`;
}

function ageSentence({ windows }: AccountView, now: number): string {
	if (windows.length === 0) return '';
	return `Figures of ${clockWords(Math.max(...windows.map(({ observedAt }) => observedAt)), now)}`;
}
