import { homedir } from 'node:os';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import { replaceSecretFile } from '../configuration/configFile.js';
import type { AccountView, ExportShape } from '../shared/accountApi.js';
import { PoolError } from '../shared/poolError.js';
import { nameOf } from './accountChoices.js';

const warning = l10n.t(
	'The file holds live tokens: whoever reads it owns the account. Refresh tokens work once: two programs that refresh the same sign-in end it for both. Let one program alone use it, and remove the account here if you hand it over.',
);
const exportLabel = l10n.t('Export');

/** Writes an account's sign-in as a file for another program, after a warning. */
export async function exportAccount(client: PoolClient, account: AccountView): Promise<void> {
	const name = nameOf(account);
	const question = l10n.t('Export the sign-in of {0}?', name);
	const answer = await vscode.window.showWarningMessage(question, { modal: true, detail: warning }, exportLabel);
	if (answer !== exportLabel) return;
	const shape = await chooseShape(name);
	if (shape === undefined) return;
	const path = await chooseFile(shape);
	if (path === undefined) return;
	await replaceSecretFile(path, await client.exportAccount(account.id, shape));
	void vscode.window.showInformationMessage(
		l10n.t('Wrote the sign-in of {0} to {1}, readable by you alone.', name, path),
	);
}

async function chooseShape(name: string): Promise<ExportShape | undefined> {
	const items: (vscode.QuickPickItem & { shape: ExportShape })[] = [
		{ label: 'Codex', description: l10n.t('auth.json of Codex CLI and the Codex extension'), shape: 'codex' },
		{ label: 'OpenCode', description: l10n.t('auth.json of OpenCode'), shape: 'opencode' },
	];
	return (await vscode.window.showQuickPick(items, { title: l10n.t('Export {0} for', name) }))?.shape;
}

async function chooseFile(shape: ExportShape): Promise<string | undefined> {
	// Not the name the program reads: its own sign-in must not be one Enter away from being replaced.
	const defaultUri = vscode.Uri.file(join(homedir(), `${shape}-auth.json`));
	const filters = { [l10n.t('Account files')]: ['json'] };
	const uri = await vscode.window.showSaveDialog({
		title: l10n.t('Export Account'),
		saveLabel: exportLabel,
		defaultUri,
		filters,
	});
	if (uri === undefined) return undefined;
	// Anywhere else nobody could promise that the user alone can read it.
	if (uri.scheme !== 'file') {
		throw new PoolError('invalid_request', l10n.t('Choose a file on the machine of the pool.'));
	}
	return uri.fsPath;
}
