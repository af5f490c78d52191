import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { PreparedChange } from '../configuration/configuredFile.js';
import { hideKeys } from '../configuration/poolKeyText.js';
import { DisposableStore, type Disposable } from './disposableStore.js';

const scheme = 'codex-pool-preview';

/** Shows a change to a file as a comparison, with the pool key hidden. */
export class ChangePreview implements Disposable {
	readonly #owned = new DisposableStore();
	readonly #texts = new Map<string, string>();
	#number = 0;

	constructor() {
		this.#owned.add(
			vscode.workspace.registerTextDocumentContentProvider(scheme, {
				provideTextDocumentContent: uri => this.#texts.get(uri.path) ?? '',
			}),
		);
	}

	/** Returns what closes it again. */
	async show(change: PreparedChange, title: string): Promise<() => Promise<void>> {
		// Each one has addresses of its own: the editor keeps documents by address.
		const folder = `/${++this.#number}`;
		const documents = ([side, text]: readonly [string, string]) => {
			const path = `${folder}/${side}/${basename(change.path)}`;
			this.#texts.set(path, hideKeys(text));
			return vscode.Uri.from({ scheme, path });
		};
		const before = documents(['before', change.before]);
		const after = documents(['after', change.after]);
		await vscode.commands.executeCommand('vscode.diff', before, after, title, { preview: true });
		return async () => {
			await closeTab(after);
			this.#texts.delete(before.path);
			this.#texts.delete(after.path);
		};
	}

	dispose(): void {
		this.#owned.dispose();
	}
}

async function closeTab(after: vscode.Uri): Promise<void> {
	const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs);
	const tab = tabs.find(
		({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === after.toString(),
	);
	if (tab !== undefined) await vscode.window.tabGroups.close(tab);
}
