import { join } from 'node:path';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { AccountView } from '../shared/managementApi.js';
import { PoolError } from '../shared/poolError.js';
import { signInWithBrowser } from './browserSignIn.js';
import { codexHome } from './codexClient.js';

const largestDocument = 1_048_576;

/** What a user does with accounts. `connect` gives the pool, as soon as there is one. */
export class AccountCommands {
	readonly #connect: () => Promise<PoolClient>;

	constructor(connect: () => Promise<PoolClient>) {
		this.#connect = connect;
	}

	async add(): Promise<void> {
		const client = await this.#connect();
		const accountId = await signInWithBrowser(client);
		if (accountId === undefined) return;
		const { accounts } = await client.state();
		const added = accounts.find(account => account.id === accountId);
		tell(`${added === undefined ? 'The account' : nameOf(added)} is in the pool.`);
	}

	async import(): Promise<void> {
		const files = await chooseAccountFiles();
		if (files.length === 0) return;
		const documents = await Promise.all(files.map(readDocument));
		const client = await this.#connect();
		const accounts = await client.importAccounts(documents);
		tell(`${accounts.map(nameOf).join(', ')} ${accounts.length === 1 ? 'is' : 'are'} in the pool.`);
	}

	/** Asks which account when none is given, and asks to confirm in any case. */
	async remove(accountId?: string): Promise<void> {
		const client = await this.#connect();
		const { accounts } = await client.state();
		const account =
			accountId === undefined ? await chooseAccount(accounts) : accounts.find(candidate => candidate.id === accountId);
		if (account === undefined) {
			if (accountId !== undefined) throw new PoolError('account_not_found', 'This account is no longer in the pool.');
			return;
		}
		const detail = 'Its tokens are deleted from this machine. The account itself is not touched, and its usage stays.';
		const question = `Remove ${nameOf(account)} from the pool?`;
		const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Remove');
		if (answer === 'Remove') await client.removeAccount(account.id);
	}
}

async function chooseAccount(accounts: readonly AccountView[]): Promise<AccountView | undefined> {
	if (accounts.length === 0) {
		tell('There is no account in the pool.');
		return undefined;
	}
	const items = accounts.map(account => ({ label: nameOf(account), description: account.plan ?? '', account }));
	return (await vscode.window.showQuickPick(items, { title: 'Remove Account' }))?.account;
}

/** Codex's own file is offered first: most people have exactly that one. */
async function chooseAccountFiles(): Promise<readonly vscode.Uri[]> {
	const ownFile = vscode.Uri.file(join(codexHome(), 'auth.json'));
	if (await exists(ownFile)) {
		const own = { label: 'Account of Codex', description: ownFile.fsPath };
		const other = { label: 'Choose files…' };
		const chosen = await vscode.window.showQuickPick([own, other], { title: 'Import Account' });
		if (chosen === undefined) return [];
		if (chosen === own) return [ownFile];
	}
	const title = 'Import Accounts';
	const filters = { 'Codex account files': ['json'] };
	return (await vscode.window.showOpenDialog({ title, openLabel: 'Import', canSelectMany: true, filters })) ?? [];
}

async function exists(uri: vscode.Uri): Promise<boolean> {
	return vscode.workspace.fs.stat(uri).then(
		() => true,
		// Whatever the reason, such a file cannot be offered.
		() => false,
	);
}

async function readDocument(uri: vscode.Uri): Promise<string> {
	const bytes = await vscode.workspace.fs.readFile(uri);
	if (bytes.byteLength > largestDocument) {
		throw new PoolError('invalid_account_file', `${uri.fsPath} is too large to be an account file.`);
	}
	return new TextDecoder().decode(bytes);
}

function nameOf(account: AccountView): string {
	return account.name ?? account.email ?? 'The account';
}

function tell(message: string): void {
	void vscode.window.showInformationMessage(message);
}
