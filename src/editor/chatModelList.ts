import type * as vscode from 'vscode';
import * as l10n from '@vscode/l10n';
import type { PoolClient } from '../client/poolClient.js';
import type { KeyView } from '../shared/keyApi.js';
import type { ContextWindow, ModelView } from '../shared/modelApi.js';
import type { PoolState } from '../shared/poolApi.js';

/** What Codex itself takes for the window of a model that its catalogue does not describe. */
const usualWindow: ContextWindow = { tokens: 272_000, inputTokens: 258_400 };

/** Another text whenever there may be other models to list; empty while there are none. */
export function chatModelsRevision(pool: PoolState | null): string {
	if (!pool?.enabled) return '';
	const { owner, modelsRevision } = pool;
	const serving = pool.accounts.filter(
		({ selected, state }) => selected && (state === 'active' || state === 'limited'),
	);
	// A pool that was started anew counts from the beginning.
	return serving.length === 0 ? '' : [owner.startedAt, modelsRevision, ...serving.map(({ id }) => id)].join(' ');
}

/** The names that a chat may ask for with the pool's default key, as its user wants them listed. */
export async function readChatModels(client: Pick<PoolClient, 'listModels' | 'listKeys'>): Promise<ModelView[]> {
	const [models, keys] = await Promise.all([client.listModels(), client.listKeys()]);
	const { models: scope = null, accountIds = null } = keys.find(({ isDefault }) => isDefault) ?? {};
	return models.filter(isListed(scope)).filter(isServedBy(accountIds));
}

/** As in the pickers of Codex: a scope is a choice of its own, and shows variants too. */
function isListed(scope: KeyView['models']): (model: ModelView) => boolean {
	return ({ name, inPicker, exposed }) => (scope === null ? inPicker : exposed && scope.includes(name));
}

function isServedBy(accountIds: KeyView['accountIds']): (model: ModelView) => boolean {
	return model => accountIds === null || model.accountIds.some(id => accountIds.includes(id));
}

export function chatModelInformation(view: ModelView): vscode.LanguageModelChatInformation {
	const { name, displayName, model, effort, tier, contextWindow, takesImages } = view;
	const { tokens, inputTokens } = contextWindow ?? usualWindow;
	return {
		id: name,
		name: displayName,
		family: model,
		version: model,
		// Other providers have models of the same name.
		detail: ['Codex Pool', effort, tier].filter(Boolean).join(' · '),
		tooltip: l10n.t('{0}, through the accounts of your pool', model),
		maxInputTokens: inputTokens,
		// Nobody tells how long an answer may be. The editor shows both together as the size of the window.
		maxOutputTokens: tokens - inputTokens,
		capabilities: { toolCalling: true, imageInput: takesImages },
	};
}
