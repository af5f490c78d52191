import { randomUUID } from 'node:crypto';
import { PoolError } from '../../shared/poolError.js';
import type { AccountBook } from '../accounts/accountBook.js';
import { expiryOf } from '../accounts/identity.js';
import type { Issuer, TokenSet } from '../issuerPort.js';
import type { Clock, Log, Vault } from '../ports.js';
import type { AccountAccess, JsonReply } from '../upstreamPort.js';
import { SingleFlight } from '../singleFlight.js';
import { TokenEntries, type TokenEntry } from './tokenEntries.js';
import { TokenRefresh, type RefreshNeed } from './tokenRefresh.js';
import { judgeRefusal } from '../attempt/verdict.js';

interface Held {
	readonly entry: TokenEntry;
	readonly access: AccountAccess;
	/** Null when only a refusal can tell. */
	readonly expiresAt: number | null;
}

const refreshMarginMs = 5 * 60_000;
const renewAgainMs = 30_000;

/**
 * Keeps every account's access token fresh. A refresh runs once per account at a time and is detached from the request
 * that asked for it: it goes on when that request's client has left.
 */
export class TokenKeeper {
	readonly #held = new Map<string, Held>();
	readonly #flights = new SingleFlight<string, AccountAccess>();
	/** When a renewal ahead of time was last tried, per account. */
	readonly #triedAt = new Map<string, number>();
	readonly #entries: TokenEntries;
	readonly #refresh: TokenRefresh;
	readonly #accounts: AccountBook;

	constructor(
		accounts: AccountBook,
		vault: Vault,
		issuer: Issuer,
		private readonly clock: Clock,
		private readonly log: Log,
		windowId: string = randomUUID(),
	) {
		this.#accounts = accounts;
		this.#entries = new TokenEntries(vault);
		this.#refresh = new TokenRefresh(accounts, this.#entries, issuer, clock, log, windowId);
	}

	/** The access token, at once when it is in memory and works; one that will soon expire is renewed meanwhile. */
	access(accountId: string): AccountAccess | Promise<AccountAccess> {
		const held = this.#held.get(accountId);
		if (!held || this.#isOver(held)) return this.#flights.run(accountId, () => this.#load(accountId));
		if (this.#expiresSoon(held)) this.#renewMeanwhile(accountId, held.access.accessToken);
		return held.access;
	}

	/** Asks with the account's token, and once more with a new one when that was refused. */
	async ask(accountId: string, call: (access: AccountAccess) => Promise<JsonReply>): Promise<JsonReply> {
		const access = await this.access(accountId);
		const first = await call(access);
		if (first.status !== 401) return first;
		const second = await call(await this.replace(accountId, access.accessToken));
		if (second.status === 401) this.#refusedAgain(accountId, second);
		return second;
	}

	/** A token that works after `refused` was answered with 401: a newer one when there is one, else a refreshed one. */
	async replace(accountId: string, refused: string): Promise<AccountAccess> {
		const renew = () =>
			this.#flights.run(accountId, async () => {
				const held = this.#held.get(accountId);
				const isNewer = held && held.access.accessToken !== refused && !this.#isOver(held);
				return isNewer ? held.access : this.#renew(accountId, { refused, isEarly: false });
			});
		const access = await renew();
		// The first call may have joined a load that was under way and gave out the refused token.
		return access.accessToken === refused ? renew() : access;
	}

	/** Rotates the pair although its access token may still work. */
	renew(accountId: string): Promise<AccountAccess> {
		return this.#flights.run(accountId, () => this.#renew(accountId, { isEarly: true }));
	}

	/** The pair as it rests in the vault, for an export or a revocation. */
	async reveal(accountId: string): Promise<TokenSet> {
		const { accessToken, refreshToken, idToken } = await this.#read(accountId);
		return { accessToken, refreshToken, idToken };
	}

	/** Stores a token set that the user has just brought, after any refresh of the old one. Returns the new generation. */
	async store(accountId: string, chatgptAccountId: string, tokens: TokenSet): Promise<number> {
		let generation = 0;
		await this.#flights.runNext(accountId, async () => {
			const known = [this.#accounts.find(accountId), this.#held.get(accountId)?.entry];
			generation = Math.max(0, ...known.map(each => each?.generation ?? 0)) + 1;
			const entry = { generation, ...tokens };
			await this.#entries.write(accountId, entry);
			await this.#entries.forgetShowing(accountId);
			this.#refresh.forget(accountId);
			return this.#hold(accountId, chatgptAccountId, entry).access;
		});
		return generation;
	}

	async forget(accountId: string): Promise<void> {
		this.#held.delete(accountId);
		this.#triedAt.delete(accountId);
		this.#refresh.forget(accountId);
		await this.#entries.forget(accountId);
	}

	/** Resolves when no refresh runs any more and its pair is saved, if it can be: one that is cut off costs the account its sign-in. */
	async settled(): Promise<void> {
		await this.#flights.settled();
		await Promise.allSettled(this.#refresh.unsaved.map(accountId => this.#refresh.save(accountId)));
	}

	async #load(accountId: string): Promise<AccountAccess> {
		let held = this.#held.get(accountId);
		if (!held) {
			const { chatgptAccountId } = this.#accounts.get(accountId);
			held = this.#hold(accountId, chatgptAccountId, await this.#read(accountId));
		}
		if (!this.#isOver(held)) return held.access;
		return this.#renew(accountId, { refused: held.access.accessToken, isEarly: false });
	}

	async #renew(accountId: string, need: RefreshNeed): Promise<AccountAccess> {
		const entry = await this.#refresh.run(accountId, this.#held.get(accountId)?.entry, need);
		const held = this.#hold(accountId, this.#accounts.get(accountId).chatgptAccountId, entry);
		// A token that is over when it comes shows that this machine's clock is wrong. It works all the same.
		if (this.#isOver(held)) this.#held.set(accountId, { ...held, expiresAt: null });
		return held.access;
	}

	/** A renewal that fails for a passing reason does not matter while the token still works: it is tried again later. */
	#renewMeanwhile(accountId: string, accessToken: string): void {
		const sinceMs = this.clock.now() - (this.#triedAt.get(accountId) ?? -Infinity);
		// Less than nothing: the clock was set back.
		if (sinceMs >= 0 && sinceMs < renewAgainMs) return;
		this.#triedAt.set(accountId, this.clock.now());
		this.#flights
			.run(accountId, () => this.#renew(accountId, { refused: accessToken, isEarly: true }))
			.catch((error: unknown) => this.log.warn('token not renewed ahead of time', { accountId, cause: String(error) }));
	}

	async #read(accountId: string): Promise<TokenEntry> {
		this.#accounts.get(accountId);
		const entry = await this.#entries.read(accountId);
		if (entry) return entry;
		this.#refresh.needsSignIn(accountId, 'tokens_missing');
		throw new PoolError('no_account', 'The tokens of this account are gone. Sign in again.');
	}

	/** A page on the way that wants a login of its own speaks for no account. */
	#refusedAgain(accountId: string, reply: JsonReply): void {
		if (reply.body === undefined) return;
		const verdict = judgeRefusal(reply, this.clock.now());
		if (verdict.kind === 'credential') this.#refresh.needsSignIn(accountId, 'token_refused');
		if (verdict.kind === 'disabled') {
			this.#accounts.transition(accountId, ['active', 'limited', 'paused'], 'disabled', verdict.reason);
		}
	}

	#hold(accountId: string, chatgptAccountId: string, entry: TokenEntry): Held {
		const access = { accountId, chatgptAccountId, accessToken: entry.accessToken };
		const held = { entry, access, expiresAt: expiryOf(entry.accessToken) };
		this.#held.set(accountId, held);
		return held;
	}

	#isOver(held: Held): boolean {
		return held.expiresAt !== null && held.expiresAt <= this.clock.now();
	}

	#expiresSoon(held: Held): boolean {
		return held.expiresAt !== null && held.expiresAt - refreshMarginMs <= this.clock.now();
	}
}
