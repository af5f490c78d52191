import { basename } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { ChangePreview } from './changePreview.js';
import type { ClientConfiguration } from './clientConfiguration.js';
import type { PreparedChange } from './configuredFile.js';

/** The editor does not tell when a notification is on the screen; one that is not there yet takes no focus. */
const drawnAfterMs = 250;

export interface ConfigureClientParts {
	readonly configuration: ClientConfiguration;
	readonly connect: () => Promise<PoolClient>;
	readonly preview: ChangePreview;
	/** Runs after the configuration was written or undone. */
	readonly onWritten?: () => void;
	/** The commands that lead back here. */
	readonly commands: { readonly configure: string; readonly undo: string };
}

/** Shows the exact change to a client's configuration, asks, writes, and takes it back. */
export class ConfigureClient {
	readonly #parts: ConfigureClientParts;
	readonly #name: string;

	constructor(parts: ConfigureClientParts) {
		this.#parts = parts;
		this.#name = parts.configuration.client.name;
	}

	async configure(): Promise<void> {
		const { configuration, connect, commands } = this.#parts;
		const client = await connect();
		const { key } = await client.revealDefaultKey();
		const change = await configuration.prepare({ port: client.port, key });
		if (change.before === change.after) {
			tell(change.caveat ?? `${this.#name} already uses the pool.`);
			return;
		}
		if (!(await this.#confirm(change))) return;
		await change.apply();
		this.#parts.onWritten?.();
		const done = `${this.#name} uses the pool from its next start on. Restart it, or reload its window, where it is open.`;
		const message = change.caveat === null ? done : `Written. ${change.caveat}`;
		offer(vscode.window.showInformationMessage(message, 'Undo'), 'Undo', commands.undo);
	}

	async undo(): Promise<void> {
		const wasOurs = await this.#parts.configuration.undo();
		this.#parts.onWritten?.();
		const name = this.#name;
		tell(wasOurs ? `${name} no longer uses the pool.` : `${name} was not using the pool; nothing was changed.`);
	}

	/** After a change of the port: offers to write the new one where another stands. */
	async offerPort(port: number): Promise<void> {
		const { configuration, commands } = this.#parts;
		// A file that cannot be read is told of when it is to be changed.
		const written = await configuration.detect().catch(() => null);
		if (written === null || written === port) return;
		const message = `The port of the pool has changed, and ${this.#name} still uses ${written}.`;
		const label = `Configure ${this.#name}`;
		offer(vscode.window.showWarningMessage(message, label), label, commands.configure);
	}

	async #confirm(change: PreparedChange): Promise<boolean> {
		const file = basename(change.path);
		const close = await this.#parts.preview.show(change, `${this.#name}: the change to ${file}`);
		try {
			const question = `Write this change to ${change.path}? The key is hidden in the preview.`;
			const answer = vscode.window.showInformationMessage(question, 'Apply', 'Cancel');
			await focusNotification();
			return (await answer) === 'Apply';
		} finally {
			await close();
		}
	}
}

/** So that it is answered by keyboard, and stays: a notification that has the focus does not go away by itself. */
async function focusNotification(): Promise<void> {
	await setTimeout(drawnAfterMs);
	await vscode.commands.executeCommand('notifications.focusToasts');
}

function tell(message: string): void {
	void vscode.window.showInformationMessage(message);
}

function offer(answer: Thenable<string | undefined>, label: string, command: string): void {
	void answer.then(chosen => {
		if (chosen === label) void vscode.commands.executeCommand(command);
	});
}
