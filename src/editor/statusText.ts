import * as l10n from '@vscode/l10n';
import type { AccountView } from '../shared/accountApi.js';
import type { PanelState } from '../shared/panelMessages.js';
import { isUsable, routedAccounts } from '../shared/servingAccounts.js';
import { roomWords, timeUntil, windowName, type Headroom } from './headroom.js';
import { bestHeadroom, firstBackAt } from './poolHeadroom.js';

/** What the status bar item shows while the pool can serve. `icon` is short for nothing but the icon, always. */
export const statusFormats = ['headroom', 'pool', 'reset', 'compact', 'icon', 'hidden'] as const;
export type StatusFormat = (typeof statusFormats)[number];

/** What a click on the item opens. */
export const statusClicks = ['panel', 'quickPick', 'view', 'nothing'] as const;
export type StatusClick = (typeof statusClicks)[number];

export interface StatusStyle {
	readonly format: StatusFormat;
	/** Below this the item warns. */
	readonly lowPercent: number;
}

/** The status bar item: at most 20 characters, its icon being one. */
export interface StatusText {
	readonly text: string;
	/** Colours the item; the text and its icon say the same without colour. */
	readonly tone: 'normal' | 'warning' | 'error';
	/** What a screen reader says, whatever the format. */
	readonly spoken: string;
}

interface Situation {
	readonly icon: string;
	readonly words: string;
	readonly tone: StatusText['tone'];
	readonly spoken: string;
}

export function statusText(state: PanelState, style: StatusStyle, now: number): StatusText {
	const { icon, words, tone, spoken } = situationOf(state, style, now);
	return {
		text: style.format === 'icon' ? `$(${icon})` : `$(${icon}) ${words}`,
		tone,
		spoken: `Codex Pool: ${spoken}`,
	};
}

function situationOf(state: PanelState, style: StatusStyle, now: number): Situation {
	if (state.connection === 'offline') {
		return { icon: 'error', words: l10n.t('Pool offline'), tone: 'error', spoken: state.problem ?? l10n.t('offline') };
	}
	if (state.pool === null)
		return { icon: 'loading~spin', words: l10n.t('Pool'), tone: 'normal', spoken: l10n.t('starting') };
	const { enabled, accounts } = state.pool;
	if (!enabled) return { icon: 'circle-slash', words: l10n.t('Pool'), tone: 'warning', spoken: l10n.t('switched off') };
	if (accounts.length === 0)
		return { icon: 'add', words: l10n.t('Add account'), tone: 'normal', spoken: l10n.t('no account yet') };
	const routed = routedAccounts(state.pool);
	const usable = routed.filter(account => isUsable(account, now));
	return usable.length === 0 ? situationOfNone(routed, now) : situationOfSome(usable, routed.length, style, now);
}

function situationOfSome(
	usable: readonly AccountView[],
	accounts: number,
	{ format, lowPercent }: StatusStyle,
	now: number,
): Situation {
	const best = bestHeadroom(usable, now);
	if (best === undefined) {
		const spoken = usable.length === 1 ? l10n.t('1 account ready') : l10n.t('{0} accounts ready', usable.length);
		return { icon: 'pulse', words: l10n.t('{0} ready', usable.length), tone: 'normal', spoken };
	}
	const name = windowName(best.window.durationMinutes);
	const words = format === 'pool' ? `${usable.length}/${accounts} · ${best.percent}%` : bestWords(best, format, now);
	const spoken = l10n.t('{0} percent of the {1} window left', best.percent, name);
	if (best.percent === 0) return { icon: 'error', words, tone: 'error', spoken };
	const isLow = best.percent < lowPercent;
	return { icon: isLow ? 'warning' : 'pulse', words, tone: isLow ? 'warning' : 'normal', spoken };
}

function bestWords({ percent, window }: Headroom, format: StatusFormat, now: number): string {
	if (format === 'compact') return `${percent}%`;
	if (format === 'reset') return roomWords(window, now, percent);
	return percent === 0 ? l10n.t('{0}% left', 0) : `${windowName(window.durationMinutes)} ${percent}%`;
}

function situationOfNone(accounts: readonly AccountView[], now: number): Situation {
	const backAt = firstBackAt(accounts, now);
	if (backAt !== undefined) {
		const wait = timeUntil(backAt, now);
		const spoken = l10n.t('every account is at its limit, back in {0}', wait);
		return { icon: 'error', words: l10n.t('in {0}', wait), tone: 'error', spoken };
	}
	if (accounts.some(account => account.selected && account.state === 'needs_sign_in')) {
		return { icon: 'error', words: l10n.t('Sign in'), tone: 'error', spoken: l10n.t('an account must sign in again') };
	}
	return {
		icon: 'warning',
		words: l10n.t({ message: 'No account', comment: ['none of them may be used'] }),
		tone: 'warning',
		spoken: l10n.t('no account may be used'),
	};
}
