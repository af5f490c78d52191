import * as vscode from 'vscode';
import { commandIds, type CommandName } from './commandIds.js';
import { DisposableStore, type Disposable } from './disposableStore.js';

/** A forgotten command does not compile. */
export type CommandHandlers = { readonly [N in CommandName]: () => Promise<void> | void };

export function registerCommands(handlers: CommandHandlers, report: (error: unknown) => void): Disposable {
	const owned = new DisposableStore();
	const run = async (name: CommandName): Promise<void> => {
		try {
			await handlers[name]();
		} catch (error) {
			report(error);
		}
	};
	for (const [name, id] of Object.entries(commandIds) as [CommandName, string][]) {
		owned.add(vscode.commands.registerCommand(id, () => run(name)));
	}
	return owned;
}
