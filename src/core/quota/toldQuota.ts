import type { AccountBook } from '../accounts/accountBook.js';
import { poolQuota, type PoolQuota } from './poolQuota.js';
import type { PoolSettings } from '../poolSettings.js';
import type { Clock, HeaderMap } from '../ports.js';
import { quotaEvent, quotaHeaders, usageReply } from './quotaForms.js';

/** Rests and resets come with time alone. */
const freshMs = 1_000;

interface Told {
	readonly quota: PoolQuota | undefined;
	readonly headers: HeaderMap;
	event: string | undefined;
}

/** What clients are told of the pool's quota. It goes with every reply, so it is made anew only when it may be another. */
export class ToldQuota {
	#told: Told = { quota: undefined, headers: {}, event: undefined };
	#toldAt = -Infinity;
	#revision: number | undefined;
	#routing: unknown;

	constructor(
		private readonly accounts: AccountBook,
		private readonly settings: PoolSettings,
		private readonly clock: Pick<Clock, 'now'>,
	) {}

	/** None without an account that serves now or later by itself. */
	get headers(): HeaderMap {
		return this.#read(this.clock.now()).headers;
	}

	/** The data of a `codex.rate_limits` event; undefined when there are no figures. */
	get event(): string | undefined {
		const now = this.clock.now();
		const told = this.#read(now);
		const hasFigures = told.quota !== undefined && told.quota.windows.length > 0;
		return hasFigures ? (told.event ??= quotaEvent(told.quota, now)) : undefined;
	}

	/** The body of `wham/usage` for the client that calls its own account so. */
	usage(accountId: string | null): unknown {
		const now = this.clock.now();
		const { quota } = this.#read(now);
		return quota && usageReply(quota, accountId, now);
	}

	#read(now: number): Told {
		const { accounts, settings } = this;
		const age = now - this.#toldAt;
		const isSame = this.#revision === accounts.revision && this.#routing === settings.routing;
		// A clock that was set back makes nothing fresh.
		if (isSame && age >= 0 && age < freshMs) return this.#told;
		this.#toldAt = now;
		this.#revision = accounts.revision;
		this.#routing = settings.routing;
		const quota = poolQuota(accounts, settings.routing, now);
		this.#told = { quota, headers: quota ? quotaHeaders(quota, now) : {}, event: undefined };
		return this.#told;
	}
}
