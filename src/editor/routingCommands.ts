import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { Routing } from '../shared/routingApi.js';
import { PoolError } from '../shared/poolError.js';
import { nameOf } from './accountChoices.js';
import { chooseAccount } from './chooseAccount.js';
import { strategyChoices } from './strategyChoices.js';

/** How the pool spreads requests, and why one went where it went. */
export class RoutingCommands {
	readonly #connect: () => Promise<PoolClient>;
	readonly #showRequest: (requestId: string) => void;

	constructor(connect: () => Promise<PoolClient>, showRequest: (requestId: string) => void) {
		this.#connect = connect;
		this.#showRequest = showRequest;
	}

	async chooseStrategy(): Promise<void> {
		const client = await this.#connect();
		const { routing } = await client.state();
		const options = {
			title: l10n.t('Choose Strategy'),
			placeHolder: l10n.t('How should the pool spread new sessions?'),
		};
		const chosen = await vscode.window.showQuickPick(strategyChoices(routing), options);
		if (chosen === undefined) return;
		if (chosen.strategy === 'single_account') {
			await this.#useSingleAccount(client);
			return;
		}
		await change(client, { strategy: chosen.strategy });
		vscode.window.setStatusBarMessage(`$(check) ${l10n.t('Strategy: {0}', chosen.label)}`, 4000);
	}

	/** Opens the panel at the newest request. */
	async explainLastRequest(): Promise<void> {
		const client = await this.#connect();
		try {
			this.#showRequest((await client.explainRequest('latest')).id);
		} catch (error) {
			if (!(error instanceof PoolError && error.code === 'request_not_found')) throw error;
			void vscode.window.showInformationMessage(l10n.t('No request has gone through the pool yet.'));
		}
	}

	async #useSingleAccount(client: PoolClient): Promise<void> {
		const account = await chooseAccount(client, {
			title: l10n.t('Single Account'),
			placeHolder: l10n.t('Which account serves everything?'),
			fits: ({ selected }) => selected,
			urgent: ({ state }) => state === 'active',
		});
		if (account === undefined) return;
		await change(client, { strategy: 'single_account', singleAccountId: account.id });
		vscode.window.setStatusBarMessage(`$(check) ${l10n.t('Everything goes to {0}', nameOf(account))}`, 4000);
	}
}

async function change(client: PoolClient, routing: Partial<Routing>): Promise<void> {
	await client.changePool({ routing });
}
