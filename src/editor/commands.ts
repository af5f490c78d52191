import * as vscode from 'vscode';
import { commandIds, type CommandName } from './commandIds.js';
import { DisposableStore, type Disposable } from './disposableStore.js';

/** A forgotten command does not compile. Whoever runs a command may hand it anything, and mostly nothing. */
export type CommandHandlers = { readonly [N in CommandName]: (argument?: unknown) => Promise<void> | void };

export function registerCommands(handlers: CommandHandlers, report: (error: unknown) => void): Disposable {
	const owned = new DisposableStore();
	const run = async (name: CommandName, argument: unknown): Promise<void> => {
		try {
			await handlers[name](argument);
		} catch (error) {
			report(error);
		}
	};
	for (const [name, id] of Object.entries(commandIds) as [CommandName, string][]) {
		owned.add(vscode.commands.registerCommand(id, (argument: unknown) => run(name, argument)));
	}
	return owned;
}
