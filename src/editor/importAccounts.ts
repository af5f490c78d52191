import { join } from 'node:path';
import * as vscode from 'vscode';
import { PoolError } from '../shared/poolError.js';
import { codexHome } from './codexClient.js';

const largestDocument = 1_048_576;

/** The texts of the account files the user chose; none when the user gave up. */
export async function readChosenAccounts(): Promise<readonly string[]> {
	const files = await chooseAccountFiles();
	return Promise.all(files.map(readDocument));
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
