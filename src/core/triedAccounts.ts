import type { Consideration } from './chooseAccount.js';
import { endsByItself } from './eligibility.js';
import type { Verdict } from './verdict.js';

/** The accounts that have refused a request. Only a refusal for a time can be worth asking again after it. */
export class TriedAccounts {
	readonly #verdicts = new Map<string, Verdict['kind']>();
	readonly #askedAgain = new Set<string>();

	has(accountId: string): boolean {
		return this.#verdicts.has(accountId);
	}

	add(accountId: string, verdict: Verdict['kind']): void {
		this.#verdicts.set(accountId, verdict);
	}

	/** The request is about to wait for accounts to come back: those may be asked again then. */
	forgetWaitedFor(considered: readonly Consideration[]): void {
		for (const { accountId, out } of considered)
			if (endsByItself(out) && this.#refusedForATime(accountId)) this.#verdicts.delete(accountId);
	}

	/** Accounts whose time is over already may be asked again, each once. Says whether there is one. */
	forgetPassed(considered: readonly Consideration[]): boolean {
		let isAny = false;
		for (const { accountId, out } of considered) {
			if (out !== 'tried' || !this.#refusedForATime(accountId) || this.#askedAgain.has(accountId)) continue;
			this.#askedAgain.add(accountId);
			this.#verdicts.delete(accountId);
			isAny = true;
		}
		return isAny;
	}

	#refusedForATime(accountId: string): boolean {
		const verdict = this.#verdicts.get(accountId);
		return verdict === 'rate' || verdict === 'quota';
	}
}
