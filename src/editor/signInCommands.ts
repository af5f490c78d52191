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
		if (accountId !== undefined) await tell(client, accountId, 'is in the pool');
	}

	/** Asks which account when none is given, those that need it first. */
	async again(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, { accountId, title: 'Sign In Again', urgent: needsSignIn });
		if (account === undefined) return;
		const signedIn = await signIn(client, account.id);
		if (signedIn !== undefined) await tell(client, signedIn, 'is signed in again');
	}
}

function needsSignIn({ state }: AccountView): boolean {
	return state === 'needs_sign_in' || state === 'disabled';
}

async function tell(client: PoolClient, accountId: string, what: string): Promise<void> {
	const { accounts } = await client.state();
	const account = accounts.find(({ id }) => id === accountId);
	void vscode.window.showInformationMessage(`${account === undefined ? 'The account' : nameOf(account)} ${what}.`);
}
