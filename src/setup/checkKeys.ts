import * as l10n from '@vscode/l10n';
import { clockWords } from '../shared/forecastWords.js';
import type { KeyView } from '../shared/keyApi.js';
import type { PoolState } from '../shared/poolApi.js';
import { routedAccounts } from '../shared/servingAccounts.js';
import type { Check } from './check.js';
import { serves } from './checkAccounts.js';

/** Keys whose own limits leave them without an answer. */
export function checkKeys(keys: readonly KeyView[], pool: PoolState, now: number): Check[] {
	const name = l10n.t('Keys');
	const remedy = { action: 'manageKeys' } as const;
	const findings = keys.flatMap(key => [...accountsOf(key, pool, now), ...budgetOf(key, now)]);
	if (findings.length === 0) {
		return [{ name, state: 'ok', sentence: l10n.t('No key is held back by limits of its own.') }];
	}
	return findings.map(sentence => ({ name, state: 'warning', sentence, remedy }));
}

function accountsOf({ name, accountIds }: KeyView, pool: PoolState, now: number): string[] {
	if (accountIds === null) return [];
	if (!pool.accounts.some(({ id }) => accountIds.includes(id))) {
		return [l10n.t('The key "{0}" has no account left: those it was given are gone.', name)];
	}
	const serving = routedAccounts(pool).filter(account => serves(account, now));
	// Without any account at all, the accounts are to blame and not the key.
	if (serving.length === 0 || serving.some(({ id }) => accountIds.includes(id))) return [];
	return [l10n.t('No account that the key "{0}" may use can serve now.', name)];
}

function budgetOf({ name, budget }: KeyView, now: number): string[] {
	if (budget === null || budget.used < budget.tokens || budget.resetsAt <= now) return [];
	return [l10n.t('The key "{0}" has used up its budget; it is back at {1}.', name, clockWords(budget.resetsAt, now))];
}
