import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { AccountView } from '../shared/accountApi.js';
import { redeemWarning } from '../shared/resetWords.js';
import { nameOf } from './accountChoices.js';

const redeem = l10n.t('Redeem');

/** Spends a banked reset of an account after asking, on figures that are fresh. */
export async function redeemReset(client: PoolClient, account: AccountView): Promise<void> {
	const name = nameOf(account);
	const { resetCredits } = await working(l10n.t('Reading the usage of {0}', name), () =>
		client.refreshAccount(account.id),
	);
	if (!resetCredits || resetCredits.available === 0) {
		void vscode.window.showInformationMessage(l10n.t('{0} has no banked reset to redeem any more.', name));
		return;
	}
	const detail = redeemWarning(resetCredits, moment => new Date(moment).toLocaleString());
	const question = l10n.t('Redeem a usage reset of {0}?', name);
	const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, redeem);
	if (answer !== redeem) return;
	const { sentence } = await working(l10n.t('Redeeming a reset of {0}', name), () => client.redeemReset(account.id));
	void vscode.window.showInformationMessage(`${name}: ${sentence}`);
}

function working<T>(title: string, work: () => Promise<T>): Thenable<T> {
	return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, work);
}
