import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { PanelState } from '../shared/panelMessages.js';
import { takePlace } from './accountOrder.js';
import { accountRows, changedRows, type AccountRow, type RowIcon, type WindowRow } from './accountRows.js';
import { accountsView } from './accountsView.js';
import { DisposableStore, type Disposable } from './disposableStore.js';
import type { Settings } from './settings.js';
import { viewSummary } from './viewSummary.js';

const refreshMs = 30_000;

const colours = {
	// Some icons have a colour of their own.
	normal: new vscode.ThemeColor('icon.foreground'),
	warning: new vscode.ThemeColor('list.warningForeground'),
	error: new vscode.ThemeColor('list.errorForeground'),
} as const satisfies Record<RowIcon['tone'], vscode.ThemeColor>;

export interface AccountTreeOptions {
	readonly connect: () => Promise<PoolClient>;
	readonly readState: () => PanelState;
	readonly settings: Settings;
	readonly report: (error: unknown) => void;
}

/** The Accounts view. Its elements are the keys of rows; an account's key is its id. */
export class AccountTree implements Disposable {
	readonly #owned = new DisposableStore();
	readonly #options: AccountTreeOptions;
	readonly #changes = this.#owned.add(new vscode.EventEmitter<string[] | undefined>());
	readonly #view: vscode.TreeView<string>;
	#rows: readonly AccountRow[] = [];

	constructor(options: AccountTreeOptions) {
		this.#options = options;
		this.#view = this.#owned.add(
			vscode.window.createTreeView(accountsView.id, {
				treeDataProvider: {
					onDidChangeTreeData: this.#changes.event,
					getChildren: key => this.#childrenOf(key),
					getTreeItem: key => this.#itemOf(key),
					getParent: key => this.#rows.find(({ windows }) => windows.some(window => window.key === key))?.key,
				},
				dragAndDropController: {
					dragMimeTypes: [accountsView.dragType],
					dropMimeTypes: [accountsView.dragType],
					handleDrag: ([key], data) => {
						if (this.#find(key)) data.set(accountsView.dragType, new vscode.DataTransferItem(key));
					},
					handleDrop: (target, data) => this.#drop(target, data),
				},
				manageCheckboxStateManually: true,
			}),
		);
		this.#owned.add(this.#view.onDidChangeCheckboxState(({ items }) => this.#select(items)));
		this.#owned.add(this.#view.onDidChangeVisibility(() => this.update()));
		// Remaining times grow old without any event.
		const timer = setInterval(() => this.update(), refreshMs);
		this.#owned.add({ dispose: () => clearInterval(timer) });
		this.update();
	}

	/** Draws anew what has changed, and nothing else. */
	update(): void {
		const { readState, settings } = this.#options;
		const state = readState();
		const now = Date.now();
		const { message, description, needy } = viewSummary(state, now);
		// Assigning is a message to the window, even of the same value.
		if (this.#view.message !== message) this.#view.message = message;
		if (this.#view.description !== description) this.#view.description = description;
		if (this.#view.badge?.value !== needy?.value) this.#view.badge = needy;
		const before = this.#rows;
		this.#rows = state.pool === null ? [] : accountRows(state.pool, settings.values.lowPercent, now);
		const changed = changedRows(before, this.#rows);
		if (changed === 'all') this.#changes.fire(undefined);
		else if (changed.length > 0) this.#changes.fire([...changed]);
	}

	dispose(): void {
		this.#owned.dispose();
	}

	#childrenOf(key: string | undefined): string[] {
		const rows = key === undefined ? this.#rows : (this.#find(key)?.windows ?? []);
		return rows.map(row => row.key);
	}

	#itemOf(key: string): vscode.TreeItem {
		const account = this.#find(key);
		if (account !== undefined) return accountItem(account);
		const window = this.#rows.flatMap(({ windows }) => windows).find(each => each.key === key);
		// A row that has gone meanwhile is drawn once more before the view hears of it.
		return window === undefined ? new vscode.TreeItem('') : windowItem(window);
	}

	#find(key: string | undefined): AccountRow | undefined {
		return this.#rows.find(row => row.key === key);
	}

	#select(items: readonly (readonly [string, vscode.TreeItemCheckboxState])[]): void {
		for (const [key, state] of items) {
			const selected = state === vscode.TreeItemCheckboxState.Checked;
			void this.#do(client => client.changeAccount(key, { selected })).then(isDone => {
				// The box has changed already: what has not been done must not look done.
				if (!isDone) this.#changes.fire([key]);
			});
		}
	}

	async #drop(target: string | undefined, data: vscode.DataTransfer): Promise<void> {
		const dragged: unknown = data.get(accountsView.dragType)?.value;
		if (typeof dragged !== 'string' || this.#find(dragged) === undefined) return;
		const place = this.#rows.find(({ key, windows }) => key === target || windows.some(each => each.key === target));
		const order = takePlace(this.#childrenOf(undefined), dragged, place?.key);
		await this.#do(client => client.orderAccounts(order));
	}

	async #do(work: (client: PoolClient) => Promise<unknown>): Promise<boolean> {
		try {
			await work(await this.#options.connect());
			return true;
		} catch (error) {
			this.#options.report(error);
			return false;
		}
	}
}

function accountItem({
	key,
	label,
	description,
	icon,
	hover,
	isSelected,
	context,
	windows,
}: AccountRow): vscode.TreeItem {
	const { Collapsed, None } = vscode.TreeItemCollapsibleState;
	const { Checked, Unchecked } = vscode.TreeItemCheckboxState;
	const item = new vscode.TreeItem(label, windows.length === 0 ? None : Collapsed);
	item.id = key;
	item.description = description;
	item.iconPath = new vscode.ThemeIcon(icon.name, colours[icon.tone]);
	item.tooltip = new vscode.MarkdownString(hover);
	item.contextValue = context;
	item.checkboxState = {
		state: isSelected ? Checked : Unchecked,
		tooltip: isSelected ? l10n.t('The pool uses this account') : l10n.t('The pool does not use this account'),
		accessibilityInformation: { label: l10n.t('The pool uses {0}', label), role: 'checkbox' },
	};
	return item;
}

function windowItem({ key, label, description, icon }: WindowRow): vscode.TreeItem {
	const item = new vscode.TreeItem(label);
	item.id = key;
	item.description = description;
	item.iconPath = new vscode.ThemeIcon(icon.name, colours[icon.tone]);
	item.contextValue = 'window';
	item.tooltip = `${label}: ${description}`;
	return item;
}
