import type { AccountView } from '../shared/accountApi.js';

/** Tells a need to sign in that is new from one that was seen already, and stays so until it is over. */
export class SignInEpisodes {
	#seen = new Set<string>();

	/** The accounts that have begun to need it since the last look. One that the pool may not use is not missed. */
	look(accounts: readonly AccountView[]): readonly AccountView[] {
		const needy = accounts.filter(({ selected, state }) => selected && state === 'needs_sign_in');
		const fresh = needy.filter(account => !this.#seen.has(account.id));
		this.#seen = new Set(needy.map(({ id }) => id));
		return fresh;
	}
}
