import type { Clock } from '../ports.js';

/** How long a refusal holds: the provider may begin to offer WebSocket at any time. */
const holdsMs = 30 * 60_000;

/** Accounts whose backend has said that it does not speak WebSocket with them. */
export class HttpOnlyAccounts {
	readonly #until = new Map<string, number>();

	constructor(private readonly clock: Clock) {}

	note(accountId: string): void {
		this.#until.set(accountId, this.clock.now() + holdsMs);
	}

	has(accountId: string): boolean {
		const until = this.#until.get(accountId);
		if (until === undefined) return false;
		if (until > this.clock.now()) return true;
		this.#until.delete(accountId);
		return false;
	}
}
