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
		throw new PoolError('account_not_found', `No account is called "${wanted}". See "codex-pool accounts list".`);
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

/** What the user knows the account by. */
export function accountLabel({ name, email, id }: AccountView): string {
	return name ?? email ?? id;
}

/** The same inside a sentence. */
export function printedLabel(account: AccountView): string {
	return plainText(accountLabel(account));
}

/** What the user knows each account by, under its id. */
export function accountNames(accounts: readonly AccountView[]): Map<string, string> {
	return new Map(accounts.map(account => [account.id, accountLabel(account)]));
}
