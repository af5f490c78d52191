import * as vscode from 'vscode';
import type { PanelState } from '../shared/panelMessages.js';
import { accountsView } from './accountsView.js';
import { commandIds } from './commandIds.js';
import { DisposableStore, type Disposable } from './disposableStore.js';
import type { Settings } from './settings.js';
import { statusHover } from './statusHover.js';
import { statusText, type StatusClick, type StatusText } from './statusText.js';

const refreshMs = 30_000;

const colours = {
	normal: undefined,
	warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
	error: new vscode.ThemeColor('statusBarItem.errorBackground'),
} as const satisfies Record<StatusText['tone'], vscode.ThemeColor | undefined>;

const clicks = {
	panel: commandIds.openPanel,
	quickPick: commandIds.showAccounts,
	view: accountsView.focusCommand,
	nothing: undefined,
} as const satisfies Record<StatusClick, string | undefined>;

/** Shows at a glance whether one can go on. `read` gives the newest state. */
export class StatusBar implements Disposable {
	readonly #owned = new DisposableStore();
	readonly #item: vscode.StatusBarItem;
	readonly #read: () => PanelState;
	readonly #settings: Settings;
	#shown = '';

	constructor(read: () => PanelState, settings: Settings) {
		this.#read = read;
		this.#settings = settings;
		this.#item = this.#owned.add(
			vscode.window.createStatusBarItem('codexPool.status', vscode.StatusBarAlignment.Right, 100),
		);
		this.#item.name = 'Account Pool for Codex';
		// Remaining times grow old without any event.
		const timer = setInterval(() => this.update(), refreshMs);
		this.#owned.add({ dispose: () => clearInterval(timer) });
		this.update();
	}

	update(): void {
		const { values } = this.#settings;
		const format = values['statusBar.format'];
		const command = clicks[values['statusBar.click']];
		const now = Date.now();
		const next = statusText(this.#read(), { format, lowPercent: values.lowPercent }, now);
		const hoverText = statusHover(this.#read(), now);
		// Setting the same text again would close an open hover.
		const shown = JSON.stringify([next, hoverText, format, command]);
		if (shown === this.#shown) return;
		this.#shown = shown;
		if (format === 'hidden') {
			this.#item.hide();
			return;
		}
		const hover = new vscode.MarkdownString(hoverText, true);
		hover.isTrusted = { enabledCommands: Object.values(commandIds) };
		this.#item.text = next.text;
		this.#item.tooltip = hover;
		this.#item.command = command;
		this.#item.backgroundColor = colours[next.tone];
		const role = command === undefined ? undefined : { role: 'button' };
		this.#item.accessibilityInformation = { label: next.spoken, ...role };
		this.#item.show();
	}

	dispose(): void {
		this.#owned.dispose();
	}
}
