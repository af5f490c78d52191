import type { AccountView } from '../src/shared/accountApi.js';
import { paragraph } from '../src/shared/paragraph.js';
import type { IconName } from './components/icon.js';
import { formatExact, formatMoment } from './durations.js';
import { sentences } from './joined.js';
import { text } from './text.js';

type Tone = 'good' | 'warning' | 'error' | 'quiet';

/** A state is always an icon and a word; the tone only supports them. */
export interface Status {
	readonly icon: IconName;
	readonly word: string;
	readonly tone: Tone;
	readonly title: string;
}

export function accountName(account: AccountView): string {
	return account.name ?? account.email ?? text.unnamedAccount(account.id);
}

/** A name for an account that may have been removed since. */
export function nameOf(accounts: readonly AccountView[], accountId: string | null): string {
	if (accountId === null) return text.noAccount;
	const account = accounts.find(candidate => candidate.id === accountId);
	return account ? accountName(account) : text.removedAccount;
}

export function accountStatus(account: AccountView, now: number): Status {
	const since = text.since(formatExact(account.stateSince));
	const title = account.stateReason === null ? since : sentences(reasonOf(account.stateReason), since);
	switch (account.state) {
		case 'active':
			if (!account.selected) return { icon: 'circle-slash', word: text.notInPool, tone: 'quiet', title: since };
			return { icon: 'pass', word: text.ready(account.inFlight), tone: 'good', title };
		case 'paused':
			return { icon: 'debug-pause', word: text.paused, tone: 'quiet', title };
		case 'limited':
			return { icon: 'clockface', word: limitedWord(account.limitedUntil, now), tone: 'warning', title };
		case 'needs_sign_in':
			return { icon: 'warning', word: text.needsSignIn, tone: 'error', title };
		case 'disabled':
			return { icon: 'error', word: text.disabled, tone: 'error', title };
		default:
			return account.state satisfies never;
	}
}

/** Why the pool does not use an account just now, since when, and what changes that. Null while it does. */
export function accountNote({ state, stateReason, stateSince, selected }: AccountView, now: number): string | null {
	if (state === 'active') return selected ? null : text.fixes.unselected;
	const moment = formatMoment(stateSince, now);
	const why = stateReason === null ? text.sinceShort(moment) : text.whySince(reasonOf(stateReason), moment);
	return paragraph([why, text.fixes[state]]);
}

function reasonOf(code: string): string {
	return Object.hasOwn(text.reasons, code) ? (text.reasons[code] ?? '') : wordsOf(code);
}

function limitedWord(until: number | null, now: number): string {
	return until === null || until <= now ? text.limited : text.limitedUntil(formatMoment(until, now));
}

/** What went wrong with a request, for people. */
export function errorName(code: string): string {
	return Object.hasOwn(text.errorNames, code) ? (text.errorNames[code] ?? '') : wordsOf(code);
}

/** Codes are made of words; say them as words. */
export function wordsOf(code: string): string {
	const words = code.replaceAll(/[_-]+/g, ' ').trim();
	return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `plus` → `Plus`. */
export function planName(plan: string): string {
	return wordsOf(plan);
}
