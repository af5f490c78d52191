import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import { commandIds } from './commandIds.js';

export type BaseUrlKind = 'codex' | 'openai';

/** Hands out what a client must be told: the key and the address. */
export class ClientCommands {
	readonly #connect: () => Promise<PoolClient>;

	constructor(connect: () => Promise<PoolClient>) {
		this.#connect = connect;
	}

	async copyKey(): Promise<void> {
		const client = await this.#connect();
		const { key } = await client.revealDefaultKey();
		await vscode.env.clipboard.writeText(key);
		const copyUrl = l10n.t('Copy Base URL');
		void vscode.window.showInformationMessage(l10n.t('The pool key is on the clipboard.'), copyUrl).then(chosen => {
			if (chosen === copyUrl) void vscode.commands.executeCommand(commandIds.copyBaseUrl);
		});
	}

	/** Asks which address when none is given. */
	async copyBaseUrl(kind?: BaseUrlKind): Promise<void> {
		const client = await this.#connect();
		const { owner } = await client.state();
		const urls = { codex: owner.codexBaseUrl, openai: owner.openaiBaseUrl };
		const chosen = kind ?? (await chooseKind(urls));
		if (chosen === undefined) return;
		await vscode.env.clipboard.writeText(urls[chosen]);
		vscode.window.setStatusBarMessage(`$(check) ${l10n.t('Copied {0}', urls[chosen])}`, 4000);
	}
}

async function chooseKind(urls: Record<BaseUrlKind, string>): Promise<BaseUrlKind | undefined> {
	const items: (vscode.QuickPickItem & { of: BaseUrlKind })[] = [
		{
			label: 'OpenAI',
			description: urls.openai,
			detail: l10n.t('OpenCode and programs built on an OpenAI SDK'),
			of: 'openai',
		},
		{ label: 'Codex', description: urls.codex, detail: l10n.t('Codex CLI and the Codex extension'), of: 'codex' },
	];
	return (await vscode.window.showQuickPick(items, { title: l10n.t('Copy Base URL') }))?.of;
}
