import * as l10n from '@vscode/l10n';
import type { AccountView } from '../shared/accountApi.js';
import { stateWords } from './accountWords.js';

/** An account as an entry of a list. */
export interface AccountChoice {
	readonly label: string;
	readonly description: string;
	readonly account: AccountView;
}

/** In the pool's order, but with those that are `urgent` first. */
export function accountChoices(
	accounts: readonly AccountView[],
	urgent: (account: AccountView) => boolean = () => false,
): readonly AccountChoice[] {
	const ordered = [...accounts.filter(urgent), ...accounts.filter(account => !urgent(account))];
	return ordered.map(account => {
		const address = account.name === null ? null : account.email;
		const words = [address, account.plan, stateWords[account.state]].filter(Boolean);
		return { label: nameOf(account), description: words.join(' · '), account };
	});
}

export function nameOf(account: AccountView): string {
	return account.name ?? account.email ?? l10n.t('Account {0}', account.id.slice(0, 6));
}
