import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { AccountView, RemoveAccount } from '../shared/accountApi.js';
import { nameOf } from './accountChoices.js';

const remove = l10n.t('Remove');
const more = l10n.t('More Options…');

/** Removes an account after asking; what else may go with it is offered, never assumed. */
export async function removeAccount(client: PoolClient, account: AccountView): Promise<void> {
	const detail = l10n.t(
		'Its tokens are deleted from this machine. The account itself is not touched, and its usage stays.',
	);
	const question = l10n.t('Remove {0} from the pool?', nameOf(account));
	const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, remove, more);
	if (answer === undefined) return;
	const options = answer === more ? await chooseOptions(nameOf(account)) : {};
	if (options !== undefined) await client.removeAccount(account.id, options);
}

async function chooseOptions(name: string): Promise<RemoveAccount | undefined> {
	const revoke = {
		label: l10n.t('End the sign-in at the provider'),
		detail: l10n.t('For every program that uses the same sign-in'),
	};
	const forgetUsage = {
		label: l10n.t('Forget its usage'),
		detail: l10n.t('Its requests and totals are deleted for good'),
	};
	const options = {
		title: l10n.t('Remove {0}, and…', name),
		placeHolder: l10n.t('Press OK to remove it'),
		canPickMany: true as const,
	};
	const chosen = await vscode.window.showQuickPick([revoke, forgetUsage], options);
	return chosen && { revoke: chosen.includes(revoke), forgetUsage: chosen.includes(forgetUsage) };
}
