import { homedir } from 'node:os';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import { readRequestCsv } from '../client/requestCsv.js';
import { readUsageCsv } from '../client/usageCsv.js';
import { exportFileName, shapeChoices, spanChoices, type ShapeChoice } from './exportChoices.js';

const title = l10n.t('Export Usage');

/** Writes usage and its estimated cost as CSV to where the user says. */
export async function exportUsage(client: PoolClient): Promise<void> {
	const now = Date.now();
	const span = await vscode.window.showQuickPick(spanChoices(now), { title, placeHolder: l10n.t('From when?') });
	if (span === undefined) return;
	const placeHolder = l10n.t('What are the lines of the file?');
	const chosen = await vscode.window.showQuickPick(shapeChoices, { title, placeHolder });
	if (chosen === undefined) return;
	const uri = await vscode.window.showSaveDialog({
		title,
		saveLabel: l10n.t('Export'),
		defaultUri: vscode.Uri.file(join(homedir(), exportFileName(chosen.shape, now))),
		filters: { CSV: ['csv'] },
	});
	if (uri === undefined) return;
	const progress = {
		location: vscode.ProgressLocation.Notification,
		title: l10n.t('Exporting usage'),
		cancellable: true,
	};
	const isWritten = await vscode.window.withProgress(progress, async (_report, cancellation) => {
		const pieces: string[] = [];
		for await (const piece of readPieces(client, chosen.shape, span.since)) {
			if (cancellation.isCancellationRequested) return false;
			pieces.push(piece);
		}
		await vscode.workspace.fs.writeFile(uri, Buffer.from(pieces.join('')));
		return true;
	});
	if (isWritten) void offerToOpen(uri);
}

async function* readPieces(
	client: PoolClient,
	shape: ShapeChoice['shape'],
	since: number,
): AsyncGenerator<string, void, undefined> {
	if (shape === 'request') yield* readRequestCsv(client, { since });
	else yield await readUsageCsv(client, { since, by: shape });
}

async function offerToOpen(uri: vscode.Uri): Promise<void> {
	const open = l10n.t('Open File');
	const where = uri.scheme === 'file' ? uri.fsPath : uri.toString(true);
	if ((await vscode.window.showInformationMessage(l10n.t('Wrote usage to {0}.', where), open)) === open) {
		await vscode.commands.executeCommand('vscode.open', uri);
	}
}
