import * as l10n from '@vscode/l10n';
import type { AccountView } from '../shared/accountApi.js';
import type { PanelState } from '../shared/panelMessages.js';
import { strategyName } from '../shared/routingWords.js';
import { stateNow } from '../shared/servingAccounts.js';
import { nameOf } from './accountChoices.js';
import { accountIcon } from './accountRows.js';
import { accountLine, planName } from './accountWords.js';
import { commandIds } from './commandIds.js';
import { generalWindows, percentLeft, roomWords, windowLabel } from './headroom.js';

type CommandId = (typeof commandIds)[keyof typeof commandIds];

/** What a button at the end of a row does. */
export interface PickButton {
	readonly icon: string;
	readonly tooltip: string;
	readonly command: CommandId;
}

export interface CommandRow {
	readonly kind: 'command';
	readonly key: CommandId;
	readonly label: string;
	readonly description: string;
}

/** A row of the pool as a list, for whoever wants no panel. */
export type PickRow =
	| CommandRow
	| { readonly kind: 'separator'; readonly key: string; readonly label: string }
	| {
			readonly kind: 'account';
			/** The account's id. */
			readonly key: string;
			readonly label: string;
			readonly description: string;
			readonly detail: string;
			readonly buttons: readonly PickButton[];
	  };

const barCells = 10;

export function poolPickRows(state: PanelState, lowPercent: number, now: number): readonly PickRow[] {
	const { pool, connection, problem } = state;
	if (pool === null) {
		const words =
			connection === 'offline' ? (problem ?? l10n.t('The pool is not running')) : l10n.t('The pool is starting');
		return [
			separator(words),
			command('restart', 'debug-restart', l10n.t('Restart Pool')),
			command('checkSetup', 'checklist', l10n.t('Check Setup…')),
			command('showLog', 'output', l10n.t('Show Log')),
			command('openPanel', 'pulse', l10n.t('Open Panel')),
		];
	}
	return [
		separator(l10n.t('Accounts')),
		...pool.accounts.map(account => accountRow(account, lowPercent, now)),
		command('addAccount', 'add', l10n.t('Add Account')),
		separator(l10n.t('Pool')),
		command('copyPoolKey', 'key', l10n.t('Copy Pool Key')),
		command('chooseStrategy', 'list-selection', l10n.t('Choose Strategy…'), strategyName(pool.routing.strategy)),
		...(pool.recentRequests.length === 0
			? []
			: [command('explainLastRequest', 'question', l10n.t('Explain Last Request'))]),
		...(pool.accounts.length === 0 ? [] : [command('refreshUsage', 'refresh', l10n.t('Refresh Usage Now'))]),
		command('openPanel', 'pulse', l10n.t('Open Panel')),
	];
}

/** What can be done with one account, the everyday first. */
export function accountActions(account: AccountView): readonly CommandRow[] {
	const { state, resetCredits } = account;
	const signIn = command('signInAgain', 'sign-in', l10n.t('Sign In Again…'));
	const needsSignIn = state === 'needs_sign_in' || state === 'disabled';
	return [
		...(needsSignIn ? [signIn] : []),
		state === 'paused'
			? command('resumeAccount', 'play', l10n.t('Resume Account'))
			: command('pauseAccount', 'debug-pause', l10n.t('Pause Account')),
		account.selected
			? command('doNotUseAccount', 'circle-slash', l10n.t('Do Not Use Account'))
			: command('useAccount', 'check', l10n.t('Use Account')),
		command('refreshUsage', 'refresh', l10n.t('Refresh Usage')),
		...((resetCredits?.available ?? 0) > 0 ? [command('redeemReset', 'history', l10n.t('Redeem a Usage Reset…'))] : []),
		command('renameAccount', 'edit', l10n.t('Rename Account…')),
		command('choosePriority', 'list-ordered', l10n.t('Choose Account Priority…')),
		command('testAccount', 'beaker', l10n.t('Test Account')),
		...(needsSignIn ? [] : [signIn]),
		command('exportAccount', 'export', l10n.t('Export Account…')),
		command('removeAccount', 'trash', l10n.t('Remove Account…')),
	];
}

function accountRow(account: AccountView, lowPercent: number, now: number): PickRow {
	const isPaused = account.state === 'paused';
	const line = stateNow(account, now) === 'active' ? '' : accountLine(account, now);
	const words = [account.plan && planName(account.plan), account.selected ? line : l10n.t('not used')].filter(Boolean);
	return {
		kind: 'account',
		key: account.id,
		label: `$(${accountIcon(account, lowPercent, now).name}) ${nameOf(account)}`,
		description: words.join(' · '),
		detail: windowBars(account, now),
		buttons: [
			isPaused
				? { icon: 'play', tooltip: l10n.t('Resume Account'), command: commandIds.resumeAccount }
				: { icon: 'debug-pause', tooltip: l10n.t('Pause Account'), command: commandIds.pauseAccount },
			{ icon: 'refresh', tooltip: l10n.t('Refresh Usage'), command: commandIds.refreshUsage },
		],
	};
}

function windowBars(account: AccountView, now: number): string {
	const bars = generalWindows(account).map(window => {
		const left = percentLeft(window, now);
		// A little is not nothing, and not quite all is not all.
		const filled = left === 0 || left === 100 ? left / barCells : Math.min(9, Math.max(1, Math.round(left / barCells)));
		const bar = '▰'.repeat(filled) + '▱'.repeat(barCells - filled);
		return `${windowLabel(window)} ${bar} ${roomWords(window, now)}`;
	});
	return bars.length === 0 ? l10n.t('Nothing is known of its windows yet') : bars.join('\u2003');
}

function separator(label: string): PickRow {
	return { kind: 'separator', key: label, label };
}

function command(name: keyof typeof commandIds, icon: string, label: string, description = ''): CommandRow {
	return { kind: 'command', key: commandIds[name], label: `$(${icon}) ${label}`, description };
}
