import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { PanelEvent, PanelHandlers, PanelMessage, PanelState } from '../shared/panelMessages.js';
import type { PanelTab } from '../shared/panelTabs.js';
import { displayLanguage } from './displayLanguage.js';
import { DisposableStore, type Disposable } from './disposableStore.js';
import { NewestWins } from './newestWins.js';
import { panelHtml } from './panelHtml.js';
import { answerPanel } from './panelRequests.js';

export const panelViewType = 'codexPool.panel';

const updateEveryMs = 100;

/** Where in the panel its user is to be led. */
type PanelTarget = { readonly tab: PanelTab } | { readonly requestId: string };

interface ShownPanel {
	readonly webview: vscode.WebviewPanel;
	readonly updates: NewestWins<PanelState>;
	/** Whether its page has asked for its state since it was last shown; before that it hears nothing. */
	isListening: boolean;
}

/** The one panel of this window. It is thrown away when closed; a new one starts from the newest snapshot. */
export class Panel implements Disposable {
	readonly #owned = new DisposableStore();
	readonly #extensionUri: vscode.Uri;
	readonly #handlers: PanelHandlers;
	readonly #cover: (words: string) => string;
	#shown: ShownPanel | undefined;
	/** Where to go as soon as a page can hear it. */
	#target: PanelTarget | undefined;

	/** `cover` takes out of a failure what the panel must not show. */
	constructor(extensionUri: vscode.Uri, handlers: PanelHandlers, cover: (words: string) => string) {
		this.#extensionUri = extensionUri;
		this.#handlers = handlers;
		this.#cover = cover;
		this.#owned.add(
			vscode.window.registerWebviewPanelSerializer(panelViewType, {
				deserializeWebviewPanel: webview => {
					this.#adopt(webview);
					return Promise.resolve();
				},
			}),
		);
	}

	show(target?: PanelTarget): void {
		this.#target = target ?? this.#target;
		if (this.#shown !== undefined) {
			this.#shown.webview.reveal();
			this.#goToTarget(this.#shown);
			return;
		}
		const column = vscode.ViewColumn.Active;
		this.#adopt(vscode.window.createWebviewPanel(panelViewType, 'Codex Pool', column, { enableScripts: true }));
	}

	/** After a dialog: the editor gives the focus back to the frame around the page, where no key finds the page. */
	takeFocusBack(): void {
		if (this.#shown?.webview.active === true) this.#shown.webview.reveal();
	}

	/** A hidden panel hears nothing; it asks again when it is shown. */
	update(state: PanelState): void {
		if (this.#shown?.webview.visible === true) this.#shown.updates.push(state);
	}

	dispose(): void {
		this.#shown?.webview.dispose();
		this.#owned.dispose();
	}

	#adopt(webview: vscode.WebviewPanel): void {
		this.#shown?.webview.dispose();
		const ofThisPanel = new DisposableStore();
		const updates = ofThisPanel.add(
			new NewestWins<PanelState>(updateEveryMs, payload =>
				post(webview, { kind: 'event', name: 'state/changed', payload }),
			),
		);
		const shown: ShownPanel = { webview, updates, isListening: false };
		this.#shown = shown;
		ofThisPanel.add(
			webview.webview.onDidReceiveMessage(async (message: unknown) => {
				shown.isListening = webview.visible;
				const answer = await answerPanel(message, this.#handlers, this.#cover);
				if (answer === undefined || this.#shown !== shown) return;
				post(webview, answer);
				this.#goToTarget(shown);
			}),
		);
		ofThisPanel.add(
			webview.onDidChangeViewState(() => {
				// A page that is hidden is thrown away, and a new one asks anew.
				if (!webview.visible) shown.isListening = false;
			}),
		);
		webview.onDidDispose(() => {
			ofThisPanel.dispose();
			if (this.#shown === shown) this.#shown = undefined;
		});
		webview.iconPath = vscode.Uri.joinPath(this.#extensionUri, 'media', 'icon.png');
		this.#fill(webview.webview);
	}

	#goToTarget(shown: ShownPanel): void {
		if (this.#target === undefined || !shown.isListening) return;
		post(shown.webview, eventOf(this.#target));
		this.#target = undefined;
	}

	#fill(webview: vscode.Webview): void {
		const root = vscode.Uri.joinPath(this.#extensionUri, 'dist', 'webview');
		const address = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(root, file)).toString();
		webview.options = { enableScripts: true, localResourceRoots: [root] };
		webview.html = panelHtml({
			nonce: randomBytes(16).toString('base64url'),
			cspSource: webview.cspSource,
			script: address('main.js'),
			codicons: address('codicon.css'),
			...displayLanguage,
		});
	}
}

function eventOf(target: PanelTarget): PanelEvent {
	return 'tab' in target
		? { kind: 'event', name: 'tab/show', payload: target }
		: { kind: 'event', name: 'request/show', payload: target };
}

function post(webview: vscode.WebviewPanel, message: PanelMessage): void {
	void webview.webview.postMessage(message);
}
