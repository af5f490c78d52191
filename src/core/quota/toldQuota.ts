import type { AccountBook } from '../accounts/accountBook.js';
import { accountsOf, type KeyAccounts } from '../keys/keyAccounts.js';
import type { PoolKeys } from '../keys/poolKeys.js';
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

/**
 * What clients are told of the pool's quota: that of the accounts which may serve their key. It goes with every reply, so
 * it is made anew only when it may be another.
 */
export class ToldQuota {
	/** Keys without accounts of their own share one. */
	readonly #told = new Map<KeyAccounts, Told>();
	#toldAt = -Infinity;
	#revision: number | undefined;
	#routing: unknown;

	constructor(
		private readonly accounts: AccountBook,
		private readonly settings: PoolSettings,
		private readonly keys: Pick<PoolKeys, 'find'>,
		private readonly clock: Pick<Clock, 'now'>,
	) {}

	/** None without an account that serves now or later by itself. */
	headers(keyId: string): HeaderMap {
		return this.#read(keyId, this.clock.now()).headers;
	}

	/** The data of a `codex.rate_limits` event; undefined when there are no figures. */
	event(keyId: string): string | undefined {
		const now = this.clock.now();
		const told = this.#read(keyId, now);
		const hasFigures = told.quota !== undefined && told.quota.windows.length > 0;
		return hasFigures ? (told.event ??= quotaEvent(told.quota, now)) : undefined;
	}

	/** The body of `wham/usage` for the client that calls its own account so. */
	usage(keyId: string, accountId: string | null): unknown {
		const now = this.clock.now();
		const { quota } = this.#read(keyId, now);
		return quota && usageReply(quota, accountId, now);
	}

	#read(keyId: string, now: number): Told {
		this.#forgetStale(now);
		const keyAccounts = accountsOf(this.keys.find(keyId));
		const known = this.#told.get(keyAccounts);
		if (known) return known;
		const quota = poolQuota(this.accounts, { routing: this.settings.routing, keyAccounts, now });
		const told = { quota, headers: quota ? quotaHeaders(quota, now) : {}, event: undefined };
		this.#told.set(keyAccounts, told);
		return told;
	}

	#forgetStale(now: number): void {
		const { accounts, settings } = this;
		const age = now - this.#toldAt;
		const isSame = this.#revision === accounts.revision && this.#routing === settings.routing;
		// A clock that was set back makes nothing fresh.
		if (isSame && age >= 0 && age < freshMs) return;
		this.#toldAt = now;
		this.#revision = accounts.revision;
		this.#routing = settings.routing;
		this.#told.clear();
	}
}
