import * as l10n from '@vscode/l10n';
import {
	normalPriority,
	type AccountView,
	type Credits,
	type ResetCredits,
	type SpendLimit,
} from '../shared/accountApi.js';
import { clockWords } from '../shared/forecastWords.js';
import { stateNow } from '../shared/servingAccounts.js';
import { nameOf } from './accountChoices.js';
import { planName } from './accountWords.js';
import { escapeMarkdown } from './escapeMarkdown.js';
import { percentLeft, windowLabel } from './headroom.js';
import { priorityName } from './priorityChoices.js';

/**
 * All that is known of an account, in Markdown. Every moment is a time of day and not a time from now, so that the text
 * stays true for as long as nothing has happened.
 */
export function accountHover(account: AccountView, all: readonly AccountView[], now: number): string {
	const { name, email, plan } = account;
	const about = [name === null ? null : email, plan && planName(plan)].filter(word => word !== null && word !== '');
	const sharing = all.filter(({ id }) => account.sharesWith.includes(id)).map(nameOf);
	return [
		[`**${escapeMarkdown(nameOf(account))}**`, ...about.map(word => escapeMarkdown(String(word)))].join(' · '),
		stateSentence(account, now),
		windowTable(account, now),
		creditSentence(account.credits),
		spendSentence(account.spendLimit),
		resetSentence(account.resetCredits),
		spendingSentence(account),
		sharing.length === 0 ? '' : l10n.t('Spends the same quota as {0}.', sharing.map(escapeMarkdown).join(', ')),
		ageSentence(account, now),
	]
		.filter(part => part !== '')
		.join('\n\n');
}

function stateSentence(account: AccountView, now: number): string {
	const { stateSince, limitedUntil, selected } = account;
	if (!selected) return l10n.t('The pool does not use it: its checkbox is off.');
	const state = stateNow(account, now);
	const since = clockWords(stateSince, now);
	switch (state) {
		case 'active':
			return '';
		case 'limited':
			if (limitedUntil === null) return l10n.t('At its limit since {0}.', since);
			return l10n.t('At its limit until {0}.', clockWords(limitedUntil, now));
		case 'paused':
			return l10n.t('Paused since {0}.', since);
		case 'needs_sign_in':
			return l10n.t('Needs a sign-in since {0}.', since);
		case 'disabled':
			return l10n.t('Disabled since {0}.', since);
		default:
			return state satisfies never;
	}
}

function windowTable({ windows }: AccountView, now: number): string {
	if (windows.length === 0) return l10n.t('Nothing is known of its windows yet.');
	const rows = [...windows]
		.sort((a, b) => a.durationMinutes - b.durationMinutes)
		.map(window => {
			const resets = window.resetsAt !== null && window.resetsAt > now ? clockWords(window.resetsAt, now) : '–';
			return `| ${escapeMarkdown(windowLabel(window))} | ${percentLeft(window, now)}% | ${resets} |`;
		});
	const head = [
		l10n.t({ message: 'Window', comment: ['head of a column of usage windows'] }),
		l10n.t({ message: 'Left', comment: ['head of a column: the per cent that are left'] }),
		l10n.t({ message: 'Resets', comment: ['head of a column: when a usage window resets'] }),
	];
	return [`| ${head.join(' | ')} |`, '| :-- | --: | --: |', ...rows].join('\n');
}

function creditSentence(credits: Credits | null): string {
	if (credits?.unlimited === true) return l10n.t('Credits: unlimited.');
	if (credits?.hasCredits !== true) return '';
	return credits.balance === null ? l10n.t('Has credits.') : l10n.t('Credits: {0}.', credits.balance);
}

function spendSentence(limit: SpendLimit | null): string {
	if (limit?.reached === true) return l10n.t('The spend limit of its workspace is reached.');
	return limit?.remaining == null ? '' : l10n.t('Left of the spend limit of its workspace: {0}.', limit.remaining);
}

function spendingSentence({ priority, reservePercent }: AccountView): string {
	const name = priorityName(priority).toLowerCase();
	if (priority === normalPriority) {
		return reservePercent === 0 ? '' : l10n.t('the last {0}% are kept for you', reservePercent);
	}
	return reservePercent === 0
		? l10n.t('Priority: {0}', name)
		: l10n.t('Priority: {0}; the last {1}% are kept for you', name, reservePercent);
}

function resetSentence(resets: ResetCredits | null): string {
	if (resets === null || resets.available === 0) return '';
	return resets.available === 1 ? l10n.t('One banked reset.') : l10n.t('{0} banked resets.', resets.available);
}

function ageSentence({ windows }: AccountView, now: number): string {
	if (windows.length === 0) return '';
	return l10n.t('Figures of {0}', clockWords(Math.max(...windows.map(({ observedAt }) => observedAt)), now));
}
