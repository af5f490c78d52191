import * as l10n from '@vscode/l10n';
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
		const names = accounts.map(nameOf).join(', ');
		tell(accounts.length === 1 ? l10n.t('{0} is in the pool.', names) : l10n.t('{0} are in the pool.', names));
	}

	async pause(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, {
			accountId,
			title: l10n.t('Pause Account'),
			fits: ({ state }) => state === 'active' || state === 'limited',
			none: l10n.t('There is no account that could be paused.'),
		});
		if (account === undefined) return;
		await client.changeAccount(account.id, { paused: true });
		// Whoever has pressed a button of a row sees it there.
		if (accountId !== undefined) return;
		tell(l10n.t('{0} is paused: the pool leaves it alone until you resume it.', nameOf(account)));
	}

	async resume(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, {
			accountId,
			title: l10n.t('Resume Account'),
			fits: ({ state }) => state === 'paused',
			none: l10n.t('No account is paused.'),
		});
		if (account === undefined) return;
		await client.changeAccount(account.id, { paused: false });
		if (accountId === undefined) tell(l10n.t('The pool uses {0} again.', nameOf(account)));
	}

	/** Lets the pool use it or not, as the checkbox of its row does. */
	async select(selected: boolean, accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, {
			accountId,
			title: selected ? l10n.t('Use Account') : l10n.t('Do Not Use Account'),
			fits: account => account.selected !== selected,
			none: selected ? l10n.t('The pool may use every account already.') : l10n.t('The pool uses no account.'),
		});
		if (account === undefined) return;
		await client.changeAccount(account.id, { selected });
		if (accountId !== undefined) return;
		const name = nameOf(account);
		tell(selected ? l10n.t('The pool may use {0}.', name) : l10n.t('The pool no longer uses {0}.', name));
	}

	async rename(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, { accountId, title: l10n.t('Rename Account') });
		if (account === undefined) return;
		const name = await askName(account);
		if (name !== undefined) await client.changeAccount(account.id, { name: name === '' ? null : name });
	}

	/** Reads its usage figures: that needs a sign-in that works. */
	async test(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, { accountId, title: l10n.t('Test Account') });
		if (account === undefined) return;
		const title = l10n.t('Reading the usage of {0}', nameOf(account));
		const tested = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
			client.refreshAccount(account.id),
		);
		tell(accountTestStory(tested, Date.now()));
	}

	/** Reads the usage figures of one account, or of all. */
	async refreshUsage(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const working = { location: vscode.ProgressLocation.Window, title: l10n.t('Reading usage') };
		if (accountId !== undefined) {
			await vscode.window.withProgress(working, () => client.refreshAccount(accountId));
			return;
		}
		const { accounts, failedIds } = await vscode.window.withProgress(working, () => client.refreshAccounts());
		const failed = accounts.filter(({ id }) => failedIds.includes(id));
		const names = failed.map(nameOf).join(', ');
		if (failed.length === 0) vscode.window.setStatusBarMessage(`$(check) ${l10n.t('Usage is up to date')}`, 4000);
		else tell(l10n.t('The usage of {0} could not be read just now. The log has the reason.', names));
	}

	async choosePriority(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, { accountId, title: l10n.t('Choose Account Priority') });
		if (account === undefined) return;
		const options = {
			title: l10n.t('Priority of {0}', nameOf(account)),
			placeHolder: l10n.t('When should the pool use this account?'),
		};
		const chosen = await vscode.window.showQuickPick(priorityChoices(account), options);
		if (chosen !== undefined) await client.changeAccount(account.id, { priority: chosen.priority });
	}

	/** By one place in the order that the user sees. */
	async move(direction: 'up' | 'down', accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, {
			accountId,
			title: direction === 'up' ? l10n.t('Move Account Up') : l10n.t('Move Account Down'),
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
			title: l10n.t('Redeem a Usage Reset'),
			fits: ({ resetCredits }) => (resetCredits?.available ?? 0) > 0,
			none: l10n.t('No account has a banked reset that the pool knows of.'),
		});
		if (account !== undefined) await redeemReset(client, account);
	}

	async export(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, { accountId, title: l10n.t('Export Account') });
		if (account !== undefined) await exportAccount(client, account);
	}

	async remove(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const account = await chooseAccount(client, { accountId, title: l10n.t('Remove Account') });
		if (account !== undefined) await removeAccount(client, account);
	}
}

async function askName({ name, email }: AccountView): Promise<string | undefined> {
	const given = await vscode.window.showInputBox({
		title: l10n.t('Rename Account'),
		prompt: l10n.t('Leave it empty to show the e-mail address.'),
		value: name ?? '',
		placeHolder: email ?? '',
		validateInput: value =>
			value.trim().length > longestName ? l10n.t('At most {0} characters', longestName) : undefined,
	});
	return given?.trim();
}

function tell(message: string): void {
	void vscode.window.showInformationMessage(message);
}
