import { delimiter, join } from 'node:path';
import * as l10n from '@vscode/l10n';
import type * as vscode from 'vscode';
import { readConfigFile, writeConfigFile } from '../configuration/configFile.js';
import type { Disposable } from './disposableStore.js';
import { terminalShims, type ShimTarget } from './terminalShim.js';

export interface TerminalCommandParts {
	readonly target: ShimTarget;
	/** Where the shims lie: a place that outlives updates, because open terminals go on looking there. */
	readonly folder: string;
	readonly environment: vscode.EnvironmentVariableCollection;
	readonly port: () => number;
}

const executable = 0o755;

/** Makes the command line that comes with the extension the command `codex-pool` of the editor's terminals. */
export class TerminalCommand implements Disposable {
	readonly #parts: TerminalCommandParts;
	#isOffered = false;
	#disposed = false;

	constructor(parts: TerminalCommandParts) {
		this.#parts = parts;
	}

	async offer(): Promise<void> {
		const { target, folder, environment } = this.#parts;
		for (const { name, text } of terminalShims(target)) await replaceShim(join(folder, name), text);
		if (this.#disposed) return;
		environment.persistent = false;
		environment.description = l10n.t('Adds the command `codex-pool`, which talks to this pool.');
		// Last: a command of this name that the user has installed goes first.
		environment.append('PATH', `${delimiter}${folder}`);
		this.#isOffered = true;
		this.updatePort();
	}

	/** Said for the usual port too: the user's shell may name that of another pool. */
	updatePort(): void {
		const { environment, port } = this.#parts;
		if (this.#isOffered) environment.replace('CODEX_POOL_PORT', String(port()));
	}

	dispose(): void {
		this.#disposed = true;
		this.#parts.environment.clear();
	}
}

/** Windows of several versions write the same file; one that runs is not touched without need. */
async function replaceShim(path: string, text: string): Promise<void> {
	const present = await readConfigFile(path);
	if (present.text !== text) await writeConfigFile(path, text, executable);
}
