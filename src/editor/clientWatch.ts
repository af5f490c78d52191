import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { ClientConfiguration } from '../configuration/clientConfiguration.js';
import { DisposableStore, type Disposable } from './disposableStore.js';

/** Knows whether a client's configuration points at the pool's port; `onChange` runs whenever the answer changes. */
export class ClientWatch implements Disposable {
	readonly #owned = new DisposableStore();
	readonly #configuration: ClientConfiguration;
	readonly #port: () => number;
	readonly #onChange: () => void;
	#pointsAt: number | null | 'unknown' = 'unknown';

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
		return this.#pointsAt === 'unknown' ? null : this.#pointsAt === this.#port();
	}

	/** Whether there is a change of ours in it, for whichever port. */
	get canUndo(): boolean {
		return typeof this.#pointsAt === 'number';
	}

	/** Looks again; never rejects. */
	async look(): Promise<void> {
		// A file that cannot be read is shown as unknown; configuring the client tells what is wrong with it.
		const pointsAt = await this.#configuration.detect().catch(() => 'unknown' as const);
		if (pointsAt === this.#pointsAt) return;
		this.#pointsAt = pointsAt;
		this.#onChange();
	}

	dispose(): void {
		this.#owned.dispose();
	}
}
