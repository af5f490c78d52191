import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { AccountView } from '../shared/accountApi.js';
import { nameOf } from './accountChoices.js';
import { chooseAccount } from './chooseAccount.js';
import { signIn } from './signInFlow.js';

/** How accounts come into the pool by signing in, and are signed in again. */
export class SignInCommands {
	readonly #connect: () => Promise<PoolClient>;

	constructor(connect: () => Promise<PoolClient>) {
		this.#connect = connect;
	}

	async add(): Promise<void> {
		const client = await this.#connect();
		const accountId = await signIn(client);
		if (accountId !== undefined) tell(l10n.t('{0} is in the pool.', await nameIn(client, accountId)));
	}

	/** Asks which account when none is given, those that need it first. */
	async again(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, { accountId, title: l10n.t('Sign In Again'), urgent: needsSignIn });
		if (account === undefined) return;
		const signedIn = await signIn(client, account.id);
		if (signedIn !== undefined) tell(l10n.t('{0} is signed in again.', await nameIn(client, signedIn)));
	}
}

function needsSignIn({ state }: AccountView): boolean {
	return state === 'needs_sign_in' || state === 'disabled';
}

async function nameIn(client: PoolClient, accountId: string): Promise<string> {
	const { accounts } = await client.state();
	const account = accounts.find(({ id }) => id === accountId);
	return account === undefined ? l10n.t('The account') : nameOf(account);
}

function tell(message: string): void {
	void vscode.window.showInformationMessage(message);
}
