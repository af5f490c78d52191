import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { codexHome } from '../configuration/codexClient.js';
import { PoolError } from '../shared/poolError.js';

const largestDocument = 1_048_576;

/** The texts of the account files the user chose; none when the user gave up. */
export async function readChosenAccounts(): Promise<readonly string[]> {
	const chosen = await chooseAccountFiles();
	const files = await Promise.all(chosen.map(filesOf));
	return Promise.all(files.flat().map(readDocument));
}

/** Codex's own file is offered first: most people have exactly that one. */
async function chooseAccountFiles(): Promise<readonly vscode.Uri[]> {
	const ownFile = vscode.Uri.file(join(codexHome(), 'auth.json'));
	if (await exists(ownFile)) {
		const own = { label: l10n.t('Account of Codex'), description: ownFile.fsPath };
		const other = { label: l10n.t('Choose files…') };
		const chosen = await vscode.window.showQuickPick([own, other], { title: l10n.t('Import Account') });
		if (chosen === undefined) return [];
		if (chosen === own) return [ownFile];
	}
	// Where the files are elsewhere, the editor's dialog takes one thing only: there a folder stands for its account files.
	const isRemote = vscode.env.remoteName !== undefined;
	const options: vscode.OpenDialogOptions = {
		title: isRemote
			? l10n.t('Import Accounts: choose a file, or a folder for all of its .json files')
			: l10n.t('Import Accounts'),
		openLabel: l10n.t('Import'),
		filters: { [l10n.t('Codex account files')]: ['json'] },
		canSelectMany: true,
		canSelectFiles: true,
		canSelectFolders: isRemote,
	};
	return (await vscode.window.showOpenDialog(options)) ?? [];
}

async function filesOf(chosen: vscode.Uri): Promise<readonly vscode.Uri[]> {
	const { type } = await vscode.workspace.fs.stat(chosen);
	if ((type & vscode.FileType.Directory) === 0) return [chosen];
	const entries = await vscode.workspace.fs.readDirectory(chosen);
	const names = entries.filter(([name, kind]) => name.endsWith('.json') && (kind & vscode.FileType.File) !== 0);
	if (names.length === 0) {
		throw new PoolError('invalid_account_file', l10n.t('{0} holds no account files (.json).', chosen.fsPath));
	}
	return names.map(([name]) => vscode.Uri.joinPath(chosen, name));
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
		throw new PoolError('invalid_account_file', l10n.t('{0} is too large to be an account file.', uri.fsPath));
	}
	return new TextDecoder().decode(bytes);
}
