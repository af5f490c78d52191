import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { AccountView } from '../shared/accountApi.js';
import { nameOf } from './accountChoices.js';
import { accountTestStory } from './accountTest.js';
import { chooseAccount } from './chooseAccount.js';
import { exportAccount } from './exportAccount.js';
import { readChosenAccounts } from './importAccounts.js';
import { removeAccount } from './removeAccount.js';

const longestName = 80;

/** What a user does with accounts. Whatever is about one account asks which when none is given. */
export class AccountCommands {
	readonly #connect: () => Promise<PoolClient>;

	/** `connect` gives the pool, as soon as there is one. */
	constructor(connect: () => Promise<PoolClient>) {
		this.#connect = connect;
	}

	async import(): Promise<void> {
		const documents = await readChosenAccounts();
		if (documents.length === 0) return;
		const client = await this.#connect();
		const accounts = await client.importAccounts(documents);
		tell(`${accounts.map(nameOf).join(', ')} ${accounts.length === 1 ? 'is' : 'are'} in the pool.`);
	}

	async pause(): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, {
			title: 'Pause Account',
			fits: ({ state }) => state === 'active' || state === 'limited',
			none: 'There is no account that could be paused.',
		});
		if (account === undefined) return;
		await client.changeAccount(account.id, { paused: true });
		tell(`${nameOf(account)} is paused: the pool leaves it alone until you resume it.`);
	}

	async resume(): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, {
			title: 'Resume Account',
			fits: ({ state }) => state === 'paused',
			none: 'No account is paused.',
		});
		if (account === undefined) return;
		await client.changeAccount(account.id, { paused: false });
		tell(`The pool uses ${nameOf(account)} again.`);
	}

	async rename(): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, { title: 'Rename Account' });
		if (account === undefined) return;
		const name = await askName(account);
		if (name !== undefined) await client.changeAccount(account.id, { name: name === '' ? null : name });
	}

	/** Reads its usage figures: that needs a sign-in that works. */
	async test(): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, { title: 'Test Account' });
		if (account === undefined) return;
		const title = `Reading the usage of ${nameOf(account)}`;
		const tested = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
			client.refreshAccount(account.id),
		);
		tell(accountTestStory(tested, Date.now()));
	}

	async export(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, { accountId, title: 'Export Account' });
		if (account !== undefined) await exportAccount(client, account);
	}

	async remove(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, { accountId, title: 'Remove Account' });
		if (account !== undefined) await removeAccount(client, account);
	}
}

async function askName({ name, email }: AccountView): Promise<string | undefined> {
	const given = await vscode.window.showInputBox({
		title: 'Rename Account',
		prompt: 'Leave it empty to show the e-mail address.',
		value: name ?? '',
		placeHolder: email ?? '',
		validateInput: value => (value.trim().length > longestName ? `At most ${longestName} characters` : undefined),
	});
	return given?.trim();
}

function tell(message: string): void {
	void vscode.window.showInformationMessage(message);
}
