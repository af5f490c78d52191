import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { PanelState } from '../shared/panelMessages.js';
import { readChatModels } from './chatModelList.js';
import { quotaReport } from './quotaReport.js';

export interface QuotaToolParts {
	readonly connect: () => Promise<PoolClient>;
	readonly readState: () => PanelState;
	readonly now: () => number;
}

/** Lets an agent ask what the pool has left, from what the status bar shows. It changes nothing, so nobody is asked. */
export class QuotaTool implements vscode.LanguageModelTool<object> {
	readonly #parts: QuotaToolParts;

	constructor(parts: QuotaToolParts) {
		this.#parts = parts;
	}

	prepareInvocation(): vscode.PreparedToolInvocation {
		return { invocationMessage: l10n.t('Reading what the Codex pool has left') };
	}

	async invoke(): Promise<vscode.LanguageModelToolResult> {
		const { readState, now } = this.#parts;
		const models = await this.#readModels();
		const report = JSON.stringify(quotaReport(readState(), models, now()));
		return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(report)]);
	}

	async #readModels(): Promise<string[] | null> {
		const { connect, readState } = this.#parts;
		if (readState().pool === null) return null;
		try {
			return (await readChatModels(await connect())).map(({ name }) => name);
		} catch {
			// A pool without an account that answers cannot tell them; its quota is known all the same.
			return null;
		}
	}
}
