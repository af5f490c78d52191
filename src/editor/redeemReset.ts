import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { AccountView } from '../shared/accountApi.js';
import { redeemWarning } from '../shared/resetWords.js';
import { nameOf } from './accountChoices.js';

/** Spends a banked reset of an account after asking, on figures that are fresh. */
export async function redeemReset(client: PoolClient, account: AccountView): Promise<void> {
	const name = nameOf(account);
	const { resetCredits } = await working(`Reading the usage of ${name}`, () => client.refreshAccount(account.id));
	if (!resetCredits || resetCredits.available === 0) {
		void vscode.window.showInformationMessage(`${name} has no banked reset to redeem any more.`);
		return;
	}
	const detail = redeemWarning(resetCredits, moment => new Date(moment).toLocaleString());
	const question = `Redeem a usage reset of ${name}?`;
	const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Redeem');
	if (answer !== 'Redeem') return;
	const { sentence } = await working(`Redeeming a reset of ${name}`, () => client.redeemReset(account.id));
	void vscode.window.showInformationMessage(`${name}: ${sentence}`);
}

function working<T>(title: string, work: () => Promise<T>): Thenable<T> {
	return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, work);
}
