import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { ClientConfiguration } from './clientConfiguration.js';
import { DisposableStore, type Disposable } from './disposableStore.js';

/** Knows whether Codex's configuration points at the pool's port; `onChange` runs whenever the answer changes. */
export class CodexWatch implements Disposable {
	readonly #owned = new DisposableStore();
	readonly #configuration: ClientConfiguration;
	readonly #port: () => number;
	readonly #onChange: () => void;
	#configured: boolean | null = null;

	constructor(configuration: ClientConfiguration, port: () => number, onChange: () => void) {
		this.#configuration = configuration;
		this.#port = port;
		this.#onChange = onChange;
		const look = (): void => void this.look();
		for (const path of configuration.client.paths) {
			const pattern = new vscode.RelativePattern(vscode.Uri.file(dirname(path)), basename(path));
			const watcher = this.#owned.add(vscode.workspace.createFileSystemWatcher(pattern));
			this.#owned.add(watcher.onDidCreate(look));
			this.#owned.add(watcher.onDidChange(look));
			this.#owned.add(watcher.onDidDelete(look));
		}
		look();
	}

	/** Null when the file could not be read. */
	get configured(): boolean | null {
		return this.#configured;
	}

	/** Looks again; never rejects. */
	async look(): Promise<void> {
		const configured = await this.#configuration.detect().then(
			port => port === this.#port(),
			// A file that cannot be read is shown as unknown; Configure Codex tells what is wrong with it.
			() => null,
		);
		if (configured === this.#configured) return;
		this.#configured = configured;
		this.#onChange();
	}

	dispose(): void {
		this.#owned.dispose();
	}
}
