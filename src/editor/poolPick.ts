import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PanelState } from '../shared/panelMessages.js';
import { nameOf } from './accountChoices.js';
import { DisposableStore, type Disposable } from './disposableStore.js';
import { accountActions, poolPickRows, type PickRow } from './poolPickRows.js';
import type { Settings } from './settings.js';
import { viewSummary } from './viewSummary.js';

interface PickItem extends vscode.QuickPickItem {
	readonly row: PickRow;
}

interface ShownPick {
	readonly pick: vscode.QuickPick<PickItem>;
	rows: string;
}

/** The pool as a list: accounts with their figures, and what one does with them. It follows the pool while it is open. */
export class PoolPick implements Disposable {
	readonly #read: () => PanelState;
	readonly #settings: Settings;
	#shown: ShownPick | undefined;

	constructor(read: () => PanelState, settings: Settings) {
		this.#read = read;
		this.#settings = settings;
	}

	show(): void {
		this.dispose();
		const owned = new DisposableStore();
		const pick = owned.add(vscode.window.createQuickPick<PickItem>());
		const shown: ShownPick = { pick, rows: '' };
		this.#shown = shown;
		pick.placeholder = l10n.t('Choose an account or an action');
		pick.matchOnDescription = true;
		pick.keepScrollPosition = true;
		owned.add(
			pick.onDidTriggerItemButton(({ item, button }) => {
				if (item.row.kind !== 'account') return;
				const { command } = item.row.buttons[(item.buttons ?? []).indexOf(button)] ?? {};
				if (command !== undefined) void this.#run(shown, command, item.row.key);
			}),
		);
		owned.add(
			pick.onDidAccept(() => {
				const [chosen] = pick.selectedItems;
				pick.hide();
				if (chosen !== undefined) void this.#open(chosen.row);
			}),
		);
		pick.onDidHide(() => {
			owned.dispose();
			if (this.#shown === shown) this.#shown = undefined;
		});
		this.update();
		pick.show();
	}

	update(): void {
		if (this.#shown === undefined) return;
		const { pick } = this.#shown;
		const state = this.#read();
		const now = Date.now();
		const rows = poolPickRows(state, this.#settings.values.lowPercent, now);
		const text = JSON.stringify(rows);
		// Setting items again moves the one that is being looked at.
		if (text === this.#shown.rows) return;
		this.#shown.rows = text;
		const active = pick.activeItems[0]?.row.key;
		pick.title = ['Codex Pool', viewSummary(state, now).description].filter(Boolean).join(' · ');
		pick.items = rows.map(itemOf);
		const again = pick.items.filter(({ row }) => row.kind !== 'separator' && row.key === active);
		if (again.length > 0) pick.activeItems = again;
	}

	dispose(): void {
		this.#shown?.pick.hide();
	}

	async #run(shown: ShownPick, command: string, accountId: string): Promise<void> {
		shown.pick.busy = true;
		await vscode.commands.executeCommand(command, accountId);
		if (this.#shown === shown) shown.pick.busy = false;
	}

	async #open(row: PickRow): Promise<void> {
		if (row.kind === 'command') await vscode.commands.executeCommand(row.key);
		if (row.kind !== 'account') return;
		const account = this.#read().pool?.accounts.find(({ id }) => id === row.key);
		if (account === undefined) return;
		const actions = accountActions(account).map(({ label, key: command }) => ({ label, command }));
		const chosen = await vscode.window.showQuickPick(actions, { title: nameOf(account) });
		if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command, account.id);
	}
}

function itemOf(row: PickRow): PickItem {
	switch (row.kind) {
		case 'separator':
			return { row, label: row.label, kind: vscode.QuickPickItemKind.Separator };
		case 'command':
			return { row, label: row.label, description: row.description };
		case 'account': {
			const buttons = row.buttons.map(({ icon, tooltip }) => ({ iconPath: new vscode.ThemeIcon(icon), tooltip }));
			return { row, label: row.label, description: row.description, detail: row.detail, buttons };
		}
		default:
			return row satisfies never;
	}
}
