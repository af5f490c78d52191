import { basename } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { ClientConfiguration } from '../configuration/clientConfiguration.js';
import type { PreparedChange } from '../configuration/configuredFile.js';
import { paragraph } from '../shared/paragraph.js';
import type { ChangePreview } from './changePreview.js';

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
			tell(change.caveat ?? l10n.t('{0} already uses the pool.', this.#name));
			return;
		}
		if (!(await this.#confirm(change))) return;
		await change.apply();
		this.#parts.onWritten?.();
		const { caveat } = change;
		const message =
			caveat === null
				? l10n.t(
						'{0} uses the pool from its next start on. Restart it, or reload its window, where it is open.',
						this.#name,
					)
				: l10n.t('Written. {0}', caveat);
		const label = l10n.t('Undo');
		offer(vscode.window.showInformationMessage(message, label), label, commands.undo);
	}

	async undo(): Promise<void> {
		const wasOurs = await this.#parts.configuration.undo();
		this.#parts.onWritten?.();
		const name = this.#name;
		tell(
			wasOurs
				? l10n.t('{0} no longer uses the pool.', name)
				: l10n.t('{0} was not using the pool; nothing was changed.', name),
		);
	}

	/** After a change of the port: offers to write the new one where another stands. */
	async offerPort(port: number): Promise<void> {
		const { configuration, commands } = this.#parts;
		// A file that cannot be read is told of when it is to be changed.
		const written = await configuration.detect().catch(() => null);
		if (written === null || written === port) return;
		const message = l10n.t('The port of the pool has changed, and {0} still uses {1}.', this.#name, written);
		const label = l10n.t('Configure {0}', this.#name);
		offer(vscode.window.showWarningMessage(message, label), label, commands.configure);
	}

	async #confirm(change: PreparedChange): Promise<boolean> {
		const file = basename(change.path);
		const close = await this.#parts.preview.show(change, l10n.t('{0}: the change to {1}', this.#name, file));
		try {
			const question = l10n.t('Write this change to {0}? The key is hidden in the preview.', change.path);
			const { consequence } = this.#parts.configuration.client;
			const message = consequence === null ? question : paragraph([question, consequence]);
			const apply = l10n.t('Apply');
			const answer = vscode.window.showInformationMessage(message, apply, l10n.t('Cancel'));
			await focusNotification();
			return (await answer) === apply;
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
