import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { AccountView } from '../shared/accountApi.js';
import { nameOf } from './accountChoices.js';
import { takePlace } from './accountOrder.js';
import { accountTestStory } from './accountTest.js';
import { chooseAccount } from './chooseAccount.js';
import { exportAccount } from './exportAccount.js';
import { readChosenAccounts } from './importAccounts.js';
import { priorityChoices } from './priorityChoices.js';
import { redeemReset } from './redeemReset.js';
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

	async pause(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, {
			accountId,
			title: 'Pause Account',
			fits: ({ state }) => state === 'active' || state === 'limited',
			none: 'There is no account that could be paused.',
		});
		if (account === undefined) return;
		await client.changeAccount(account.id, { paused: true });
		// Whoever has pressed a button of a row sees it there.
		if (accountId === undefined) tell(`${nameOf(account)} is paused: the pool leaves it alone until you resume it.`);
	}

	async resume(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, {
			accountId,
			title: 'Resume Account',
			fits: ({ state }) => state === 'paused',
			none: 'No account is paused.',
		});
		if (account === undefined) return;
		await client.changeAccount(account.id, { paused: false });
		if (accountId === undefined) tell(`The pool uses ${nameOf(account)} again.`);
	}

	async rename(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, { accountId, title: 'Rename Account' });
		if (account === undefined) return;
		const name = await askName(account);
		if (name !== undefined) await client.changeAccount(account.id, { name: name === '' ? null : name });
	}

	/** Reads its usage figures: that needs a sign-in that works. */
	async test(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, { accountId, title: 'Test Account' });
		if (account === undefined) return;
		const title = `Reading the usage of ${nameOf(account)}`;
		const tested = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
			client.refreshAccount(account.id),
		);
		tell(accountTestStory(tested, Date.now()));
	}

	/** Reads the usage figures of one account, or of all. */
	async refreshUsage(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const working = { location: vscode.ProgressLocation.Window, title: 'Reading usage' };
		if (accountId !== undefined) {
			await vscode.window.withProgress(working, () => client.refreshAccount(accountId));
			return;
		}
		const { accounts, failedIds } = await vscode.window.withProgress(working, () => client.refreshAccounts());
		const failed = accounts.filter(({ id }) => failedIds.includes(id));
		if (failed.length === 0) vscode.window.setStatusBarMessage('$(check) Usage is up to date', 4000);
		else tell(`The usage of ${failed.map(nameOf).join(', ')} could not be read just now. The log has the reason.`);
	}

	async choosePriority(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, { accountId, title: 'Choose Account Priority' });
		if (account === undefined) return;
		const options = { title: `Priority of ${nameOf(account)}`, placeHolder: 'When should the pool use this account?' };
		const chosen = await vscode.window.showQuickPick(priorityChoices(account), options);
		if (chosen !== undefined) await client.changeAccount(account.id, { priority: chosen.priority });
	}

	/** By one place in the order that the user sees. */
	async move(direction: 'up' | 'down', accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, {
			accountId,
			title: `Move Account ${direction === 'up' ? 'Up' : 'Down'}`,
		});
		if (account === undefined) return;
		const ids = (await client.state()).accounts.map(({ id }) => id);
		const neighbour = ids[ids.indexOf(account.id) + (direction === 'up' ? -1 : 1)];
		if (neighbour !== undefined) await client.orderAccounts(takePlace(ids, account.id, neighbour));
	}

	async redeemReset(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, {
			accountId,
			title: 'Redeem a Usage Reset',
			fits: ({ resetCredits }) => (resetCredits?.available ?? 0) > 0,
			none: 'No account has a banked reset that the pool knows of.',
		});
		if (account !== undefined) await redeemReset(client, account);
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
