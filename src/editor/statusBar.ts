import * as vscode from 'vscode';
import type { PanelState } from '../shared/panelMessages.js';
import { commandIds } from './commandIds.js';
import { DisposableStore, type Disposable } from './disposableStore.js';
import { statusText, type StatusText } from './statusText.js';

const refreshMs = 30_000;

const colours = {
	normal: undefined,
	warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
	error: new vscode.ThemeColor('statusBarItem.errorBackground'),
} as const satisfies Record<StatusText['tone'], vscode.ThemeColor | undefined>;

/** Shows at a glance whether one can go on. `read` gives the newest state. */
export class StatusBar implements Disposable {
	readonly #owned = new DisposableStore();
	readonly #item: vscode.StatusBarItem;
	readonly #read: () => PanelState;
	#shown = '';

	constructor(read: () => PanelState) {
		this.#read = read;
		this.#item = this.#owned.add(
			vscode.window.createStatusBarItem('codexPool.status', vscode.StatusBarAlignment.Right, 100),
		);
		this.#item.name = 'Account Pool for Codex';
		this.#item.command = commandIds.openPanel;
		// Remaining times grow old without any event.
		const timer = setInterval(() => this.update(), refreshMs);
		this.#owned.add({ dispose: () => clearInterval(timer) });
		this.update();
		this.#item.show();
	}

	update(): void {
		const next = statusText(this.#read(), Date.now());
		// Setting the same text again would close an open hover.
		const shown = JSON.stringify(next);
		if (shown === this.#shown) return;
		this.#shown = shown;
		const hover = new vscode.MarkdownString(next.hover, true);
		hover.isTrusted = { enabledCommands: Object.values(commandIds) };
		this.#item.text = next.text;
		this.#item.tooltip = hover;
		this.#item.backgroundColor = colours[next.tone];
		this.#item.accessibilityInformation = { label: next.spoken, role: 'button' };
	}

	dispose(): void {
		this.#owned.dispose();
	}
}
