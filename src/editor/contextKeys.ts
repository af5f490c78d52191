import * as vscode from 'vscode';
import type { ContextValues } from './contextValues.js';

/** Tells the editor what menus and welcome texts depend on. */
export class ContextKeys {
	readonly #told = new Map<string, unknown>();

	update(values: ContextValues): void {
		for (const [name, value] of Object.entries(values)) {
			if (this.#told.get(name) === value) continue;
			this.#told.set(name, value);
			void vscode.commands.executeCommand('setContext', `codexPool.${name}`, value);
		}
	}
}
