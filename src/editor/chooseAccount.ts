import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { AccountView } from '../shared/accountApi.js';
import { PoolError } from '../shared/poolError.js';
import { accountChoices } from './accountChoices.js';

export interface AccountQuestion {
	/** The account, when it is known already: nobody is asked. */
	readonly accountId?: string | undefined;
	readonly title: string;
	/** What the user should know before choosing. */
	readonly placeHolder?: string;
	/** Which accounts the question is about; all when absent. */
	readonly fits?: (account: AccountView) => boolean;
	/** What is said when no account fits. */
	readonly none?: string;
	/** Offered first. */
	readonly urgent?: (account: AccountView) => boolean;
}

/** Which account is meant; undefined when the user gave up or there is none to choose. */
export async function chooseAccount(client: PoolClient, question: AccountQuestion): Promise<AccountView | undefined> {
	const { accountId, title, fits = () => true, none = l10n.t('There is no account in the pool.'), urgent } = question;
	const { placeHolder = l10n.t('Choose an account') } = question;
	const { accounts } = await client.state();
	if (accountId !== undefined) {
		const known = accounts.find(account => account.id === accountId);
		if (known === undefined) throw new PoolError('account_not_found', l10n.t('This account is no longer in the pool.'));
		return known;
	}
	const fitting = accounts.filter(fits);
	if (fitting.length === 0) {
		void vscode.window.showInformationMessage(none);
		return undefined;
	}
	const options = { title, placeHolder, matchOnDescription: true };
	return (await vscode.window.showQuickPick(accountChoices(fitting, urgent), options))?.account;
}
