import type { Clock } from '../ports.js';

const firstMs = 5_000;
const longestMs = 10 * 60_000;

/** How long each account's refresh rests after it failed for a passing reason: longer each time in a row. */
export class RefreshPauses {
	readonly #failures = new Map<string, { readonly at: number; readonly times: number }>();

	constructor(private readonly clock: Clock) {}

	isResting(accountId: string): boolean {
		const failure = this.#failures.get(accountId);
		if (!failure) return false;
		const sinceMs = this.clock.now() - failure.at;
		// Less than nothing: the clock was set back, and says nothing about the pause.
		return sinceMs >= 0 && sinceMs < Math.min(firstMs * 2 ** (failure.times - 1), longestMs);
	}

	failed(accountId: string): void {
		const times = (this.#failures.get(accountId)?.times ?? 0) + 1;
		this.#failures.set(accountId, { at: this.clock.now(), times });
	}

	end(accountId: string): void {
		this.#failures.delete(accountId);
	}
}
