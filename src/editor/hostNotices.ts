import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolNotice } from '../shared/poolApi.js';
import { commandIds } from './commandIds.js';
import type { HostStatus, OfflineReason } from './hostStatus.js';
import type { Settings } from './settings.js';

const choosePort = { title: l10n.t('Choose Another Port'), action: 'choosePort' } as const;
const retry = { title: l10n.t('Retry'), action: 'retry' } as const;
const showLog = { title: l10n.t('Show Log'), action: 'showLog' } as const;

type WayOut = typeof choosePort | typeof retry | typeof showLog;

const waysOut: Readonly<Record<OfflineReason, readonly WayOut[]>> = {
	foreign: [choosePort, retry],
	silent: [retry, showLog],
	crashed: [showLog],
	failed: [retry, showLog],
};

/**
 * Tells the user why there is no pool: once, until there is one again. A crash is told once per window, and what the pool
 * had to mend when it started once per start.
 */
export class HostNotices {
	readonly #settings: Settings;
	readonly #told = new Set<OfflineReason>();
	readonly #toldOfStart = new Set<string>();

	constructor(settings: Settings) {
		this.#settings = settings;
	}

	update(status: HostStatus<unknown>): void {
		if (status.kind === 'owner' || status.kind === 'follower') {
			for (const reason of this.#told) if (reason !== 'crashed') this.#told.delete(reason);
			if (status.kind === 'owner') this.#tellOfStart(status.pool?.notices ?? []);
		} else if (status.kind === 'offline' && !this.#told.has(status.reason)) {
			this.#told.add(status.reason);
			void this.#tell(status.reason, status.problem);
		}
	}

	/** What the pool of this window had to mend when it started. */
	#tellOfStart(notices: readonly PoolNotice[]): void {
		for (const { code, message, at } of notices) {
			const notice = `${code} ${at}`;
			if (this.#toldOfStart.has(notice)) continue;
			this.#toldOfStart.add(notice);
			void vscode.window.showWarningMessage(`Codex Pool: ${message}`, showLog).then(async chosen => {
				if (chosen === showLog) await vscode.commands.executeCommand(commandIds.showLog);
			});
		}
	}

	async #tell(reason: OfflineReason, problem: string): Promise<void> {
		const chosen = await vscode.window.showErrorMessage(`Codex Pool: ${problem}`, ...waysOut[reason]);
		switch (chosen?.action) {
			case undefined:
				return;
			case 'choosePort':
				return this.#choosePort();
			case 'retry':
				// Asked for again, so told again if it does not help.
				this.#told.delete(reason);
				await vscode.commands.executeCommand(commandIds.restart);
				return;
			case 'showLog':
				await vscode.commands.executeCommand(commandIds.showLog);
				return;
			default:
				return chosen satisfies never;
		}
	}

	async #choosePort(): Promise<void> {
		const text = await vscode.window.showInputBox({
			title: l10n.t('Port of the pool'),
			prompt: l10n.t('From 1024 to 65535. Clients are configured with this port.'),
			value: String(this.#settings.values.port),
			validateInput: value => (isPort(value) ? undefined : l10n.t('A number from 1024 to 65535')),
		});
		if (text !== undefined) await this.#settings.change('port', Number(text));
	}
}

function isPort(text: string): boolean {
	return /^\d{4,5}$/.test(text) && Number(text) >= 1024 && Number(text) <= 65535;
}
