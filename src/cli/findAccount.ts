import type { AccountView } from '../shared/accountApi.js';
import { PoolError } from '../shared/poolError.js';
import { plainText } from './textTable.js';

/** The account a user means by its id, its e-mail or the name they gave it. */
export function findAccount(accounts: readonly AccountView[], wanted: string): AccountView {
	const byId = accounts.find(account => account.id === wanted);
	if (byId) return byId;
	const lower = wanted.toLowerCase();
	const named = accounts.filter(({ email, name }) => email?.toLowerCase() === lower || name?.toLowerCase() === lower);
	const [only, ...others] = named;
	if (!only) {
		throw new PoolError(
			'account_not_found',
			`No account is called "${wanted}". ${similarWords(accounts, lower)}See "codex-pool accounts list".`,
		);
	}
	if (others.length > 0) {
		const ids = named.map(account => account.id).join(', ');
		throw new PoolError(
			'invalid_request',
			`${named.length} accounts are called "${wanted}". Use one of their ids: ${ids}.`,
		);
	}
	return only;
}

/** A part of a name is never enough to choose an account by, but enough to be reminded of the whole. */
function similarWords(accounts: readonly AccountView[], part: string): string {
	const similar = accounts.filter(
		({ id, email, name }) => part !== '' && [id, email, name].some(text => text?.toLowerCase().includes(part)),
	);
	return similar.length === 0 ? '' : `Did you mean ${similar.slice(0, 3).map(printedLabel).join(' or ')}? `;
}

/** What the user knows the account by. */
export function accountLabel({ name, email, id }: AccountView): string {
	return name ?? email ?? id;
}

/** The same inside a sentence. */
export function printedLabel(account: AccountView): string {
	return plainText(accountLabel(account));
}

/** The ids of accounts that a user names, each once. */
export function accountIdsOf(accounts: readonly AccountView[], wanted: readonly string[]): string[] {
	return [...new Set(wanted.map(each => findAccount(accounts, each).id))];
}

/** What the user knows each account by, under its id. */
export function accountNames(accounts: readonly AccountView[]): Map<string, string> {
	return new Map(accounts.map(account => [account.id, accountLabel(account)]));
}
