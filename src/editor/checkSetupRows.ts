import * as l10n from '@vscode/l10n';
import type { Check, CheckState, RemedyAction } from '../setup/check.js';
import { commandIds } from './commandIds.js';

/** What the editor has for a remedy. */
export interface RemedyCommand {
	readonly label: string;
	readonly command: string;
	/** In place of the account. */
	readonly argument?: string;
}

/** One check as an entry of a list. */
export interface SetupRow {
	readonly label: string;
	/** What choosing it does; empty when it does nothing. */
	readonly description: string;
	readonly detail: string;
	readonly remedy: RemedyCommand | null;
}

const icons = {
	problem: 'error',
	warning: 'warning',
	unknown: 'question',
	ok: 'pass',
} as const satisfies Record<CheckState, string>;

/** The worst first. */
const order = Object.keys(icons);

const remedies: Readonly<Record<RemedyAction, RemedyCommand>> = {
	startPool: { label: l10n.t('Restart Pool'), command: commandIds.restart },
	choosePort: {
		label: l10n.t('Choose Another Port'),
		command: 'workbench.action.openSettings',
		argument: 'codexPool.port',
	},
	turnOn: { label: l10n.t('Open Panel'), command: commandIds.openPanel },
	addAccount: { label: l10n.t('Add Account'), command: commandIds.addAccount },
	signInAgain: { label: l10n.t('Sign In Again…'), command: commandIds.signInAgain },
	resumeAccount: { label: l10n.t('Resume Account'), command: commandIds.resumeAccount },
	useAccount: { label: l10n.t('Use Account'), command: commandIds.useAccount },
	refreshUsage: { label: l10n.t('Refresh Usage Now'), command: commandIds.refreshUsage },
	chooseStrategy: { label: l10n.t('Choose Strategy…'), command: commandIds.chooseStrategy },
	manageKeys: { label: l10n.t('Manage Keys…'), command: commandIds.manageKeys },
	configureCodex: { label: l10n.t('Configure {0}', 'Codex'), command: commandIds.configureCodex },
	configureOpenCode: { label: l10n.t('Configure {0}', 'OpenCode'), command: commandIds.configureOpenCode },
};

export function setupRows(checks: readonly Check[]): readonly SetupRow[] {
	return checks
		.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
		.map(check => {
			const remedy = remedyCommand(check);
			return {
				label: `$(${icons[check.state]}) ${check.name}`,
				description: remedy === null ? '' : `→ ${remedy.label}`,
				detail: check.sentence,
				remedy,
			};
		});
}

export function remedyCommand({ remedy }: Check): RemedyCommand | null {
	if (remedy === undefined) return null;
	const known = remedies[remedy.action];
	return remedy.accountId === undefined ? known : { ...known, argument: remedy.accountId };
}
