import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Check } from '../setup/check.js';
import { setupReport, verdict } from '../setup/setupReport.js';
import { coverEmails } from '../shared/coverEmails.js';
import { remedyCommand, setupRows, type SetupRow } from './checkSetupRows.js';
import { DisposableStore } from './disposableStore.js';

interface SetupItem extends vscode.QuickPickItem {
	readonly detail: string;
	readonly row: SetupRow;
}

export interface CheckSetupParts {
	readonly look: () => Promise<readonly Check[]>;
	/** Takes out what others must not see on the screen. */
	readonly cover: (words: string) => string;
	readonly report: (error: unknown) => void;
}

const title = l10n.t('Check Setup');

/** Everything between a client and the provider as a list, problems first; choosing an entry starts what mends it. */
export function showSetup({ look, cover, report }: CheckSetupParts): void {
	const owned = new DisposableStore();
	const pick = owned.add(vscode.window.createQuickPick<SetupItem>());
	const copy = { iconPath: new vscode.ThemeIcon('copy'), tooltip: l10n.t('Copy Report') };
	const again = { iconPath: new vscode.ThemeIcon('refresh'), tooltip: l10n.t('Check Again') };
	let checks: readonly Check[] = [];
	let isShown = true;

	const check = async (): Promise<void> => {
		pick.busy = true;
		pick.placeholder = l10n.t('Looking at the pool, its accounts and the clients…');
		checks = await look();
		if (!isShown) return;
		pick.busy = false;
		pick.placeholder = l10n.t('Choose what to fix');
		pick.title = `${title} · ${verdict(checks)}`;
		pick.items = setupRows(checks).map(row => ({ ...row, detail: cover(row.detail), row }));
	};
	const start = (): void => {
		check().catch((error: unknown) => {
			pick.hide();
			report(error);
		});
	};

	pick.title = title;
	pick.buttons = [again, copy];
	pick.matchOnDetail = true;
	owned.add(pick.onDidTriggerButton(button => (button === copy ? void copyReport(checks) : start())));
	owned.add(
		pick.onDidAccept(() => {
			const [chosen] = pick.selectedItems;
			if (chosen === undefined) return;
			pick.hide();
			const { remedy } = chosen.row;
			if (remedy === null) {
				// A long sentence is cut off in the list.
				void vscode.window.showInformationMessage(chosen.detail);
			} else {
				void vscode.commands.executeCommand(remedy.command, remedy.argument);
			}
		}),
	);
	pick.onDidHide(() => {
		isShown = false;
		owned.dispose();
	});
	pick.show();
	start();
}

/** For others to read: without e-mail addresses. No check knows of a key or a token. */
async function copyReport(checks: readonly Check[]): Promise<void> {
	if (checks.length === 0) return;
	const text = setupReport(checks, { remedyOf: check => remedyCommand(check)?.label ?? null });
	await vscode.env.clipboard.writeText(`${coverEmails(text)}\n`);
	vscode.window.setStatusBarMessage(`$(check) ${l10n.t('Copied the report')}`, 4000);
}
