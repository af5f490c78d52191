import * as l10n from '@vscode/l10n';
import type { AccountView } from '../shared/accountApi.js';
import type { KeyView } from '../shared/keyApi.js';
import { budgetWords } from '../shared/keyWords.js';
import type { ModelView } from '../shared/modelApi.js';
import { accountChoices, nameOf } from './accountChoices.js';

/** A key as an entry of a list. */
export interface KeyChoice {
	readonly label: string;
	readonly description: string;
	readonly detail: string;
	readonly key: KeyView;
}

export function keyChoices(keys: readonly KeyView[], accounts: readonly AccountView[]): readonly KeyChoice[] {
	return keys.map(key => ({
		label: key.name,
		description: [key.prefix === null ? '' : `${key.prefix}…`, key.isDefault ? l10n.t('copied by Copy Pool Key') : '']
			.filter(Boolean)
			.join(' · '),
		detail: [scopeOf(key), accountsOf(key, accounts), budgetOf(key)].filter(Boolean).join(' · '),
		key,
	}));
}

const actions = {
	copy: [l10n.t({ message: 'Copy', comment: ['verb'] }), l10n.t('Its secret goes to the clipboard')],
	rename: [l10n.t('Rename…'), l10n.t('Clients do not notice')],
	scope: [l10n.t('Choose Models…'), l10n.t('What clients may ask for with it, and are shown')],
	accounts: [l10n.t('Choose Accounts…'), l10n.t('Which of them may serve clients with it')],
	budget: [l10n.t('Set Budget…'), l10n.t('How many tokens they may use in a day or a week')],
	rotate: [l10n.t('New Secret…'), l10n.t('Clients with the old one are refused at once')],
	revoke: [l10n.t('Revoke…'), l10n.t('Clients that use it are refused at once')],
} as const;
export type KeyAction = keyof typeof actions;

/** What can be done with a key. Only the default key can be copied again: of the others the pool keeps no secret. */
export function keyActions({
	isDefault,
}: KeyView): readonly { label: string; description: string; action: KeyAction }[] {
	const offered = (Object.keys(actions) as KeyAction[]).filter(action => action !== 'copy' || isDefault);
	return offered.map(action => {
		const [label, description] = actions[action];
		return { label, description, action };
	});
}

/** Every name that a key may be narrowed to; those of its scope are picked, those that are gone from the pool too. */
export function modelChoices(
	{ models }: KeyView,
	views: readonly ModelView[],
): readonly { label: string; description: string; picked: boolean }[] {
	const scope = new Set(models);
	const known = views.map(({ name, kind, model }) => ({
		label: name,
		description: kindWords(kind, model),
		picked: scope.delete(name),
	}));
	return [...known, ...[...scope].map(label => ({ label, description: l10n.t('not in the pool now'), picked: true }))];
}

/** Every account that may serve a key or not; of those that are gone from the pool, the ones it still has. */
export function keyAccountChoices(
	{ accountIds }: KeyView,
	accounts: readonly AccountView[],
): readonly { label: string; description: string; accountId: string; picked: boolean }[] {
	const had = new Set(accountIds);
	const known = accountChoices(accounts).map(({ label, description, account: { id } }) => ({
		...{ label, description },
		accountId: id,
		picked: had.delete(id),
	}));
	const gone = { label: l10n.t('Removed account'), description: '', picked: true };
	return [...known, ...[...had].map(accountId => ({ ...gone, accountId }))];
}

function kindWords(kind: ModelView['kind'], model: string): string {
	switch (kind) {
		case 'model':
			return '';
		case 'variant':
			return l10n.t('variant of {0}', model);
		case 'alias':
			return l10n.t('alias of {0}', model);
		default:
			return kind satisfies never;
	}
}

function scopeOf({ models }: KeyView): string {
	return models === null ? l10n.t('Every model') : models.join(', ');
}

/** Said only where it is a limit. */
function accountsOf({ accountIds }: KeyView, accounts: readonly AccountView[]): string {
	if (accountIds === null) return '';
	const names = accountIds.map(id => {
		const account = accounts.find(each => each.id === id);
		return account ? nameOf(account) : l10n.t('Removed account');
	});
	return l10n.t('Accounts: {0}', names.join(', '));
}

function budgetOf({ budget }: KeyView): string {
	return budget === null ? l10n.t('no budget') : budgetWords(budget);
}
