import type { Consideration } from '../routing/chooseAccount.js';
import { endsByItself } from '../routing/eligibility.js';

/** The accounts that have refused a request. Only a refusal for a time can be worth asking again after it. */
export class TriedAccounts {
	/** By account: whether it is worth asking again. */
	readonly #refused = new Map<string, boolean>();
	readonly #askedAgain = new Set<string>();

	has(accountId: string): boolean {
		return this.#refused.has(accountId);
	}

	add(accountId: string, isForATime: boolean): void {
		this.#refused.set(accountId, isForATime);
	}

	/** The request is about to wait for accounts to come back: those may be asked again then. */
	forgetWaitedFor(considered: readonly Consideration[]): void {
		for (const { accountId, out } of considered)
			if (endsByItself(out) && this.#refused.get(accountId) === true) this.#refused.delete(accountId);
	}

	/** Accounts whose time is over already may be asked again, each once. Says whether there is one. */
	forgetPassed(considered: readonly Consideration[]): boolean {
		let isAny = false;
		for (const { accountId, out } of considered) {
			if (out !== 'tried' || this.#refused.get(accountId) !== true || this.#askedAgain.has(accountId)) continue;
			this.#askedAgain.add(accountId);
			this.#refused.delete(accountId);
			isAny = true;
		}
		return isAny;
	}
}
