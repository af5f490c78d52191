import * as z from 'zod';
import { PoolError } from '../shared/poolError.js';
import type { AccountBook } from './accountBook.js';
import { expiryOf } from './identity.js';
import type { AccountAccess, Clock, Issuer, JsonReply, Log, TokenSet, Vault } from './ports.js';
import { SingleFlight } from './singleFlight.js';

const entrySchema = z.object({
	generation: z.number().int(),
	accessToken: z.string(),
	refreshToken: z.string(),
	idToken: z.string().nullable(),
});
type Entry = z.infer<typeof entrySchema>;

interface Held extends Entry {
	readonly access: AccountAccess;
	readonly expiresAt: number | null;
}

const refreshMarginMs = 5 * 60_000;
const renewAgainMs = 30_000;
/** A new sign-in would not help these. */
const closedAccountCodes = new Set(['account_deactivated', 'account_suspended', 'account_deleted']);

/**
 * Keeps every account's access token fresh.
 *
 * Refresh tokens are single-use, so a refresh runs once per account at a time, is detached from the request that
 * asked for it, and is written to the vault before the new token is used. The generation in the vault and the one in
 * the database grow together: an entry that is older than the database knows is stale and is never refreshed with.
 */
export class TokenKeeper {
	readonly #held = new Map<string, Held>();
	/** Pairs that the vault has refused so far. What they were exchanged for is spent, so here alone they exist. */
	readonly #unsaved = new Map<string, Entry>();
	readonly #refreshes = new SingleFlight<string, AccountAccess>();
	/** When a renewal ahead of time may be tried again, per account. */
	readonly #renewAgainAt = new Map<string, number>();
	readonly #accounts: AccountBook;

	constructor(
		accounts: AccountBook,
		private readonly vault: Vault,
		private readonly issuer: Issuer,
		private readonly clock: Clock,
		private readonly log: Log,
	) {
		this.#accounts = accounts;
	}

	/** The access token, at once when it is in memory and works; one that will soon expire is renewed meanwhile. */
	access(accountId: string): AccountAccess | Promise<AccountAccess> {
		const held = this.#held.get(accountId);
		if (!held || this.#isOver(held)) return this.#refreshes.run(accountId, () => this.#load(accountId));
		if (this.#expiresSoon(held)) this.#renewMeanwhile(accountId, held);
		return held.access;
	}

	/** Asks with the account's token, and once more with a new one when that was refused. */
	async ask(accountId: string, call: (access: AccountAccess) => Promise<JsonReply>): Promise<JsonReply> {
		const access = await this.access(accountId);
		const reply = await call(access);
		return reply.status === 401 ? call(await this.replace(accountId, access.accessToken)) : reply;
	}

	/** A token that works after `refused` was answered with 401: a newer one when there is one, else a refreshed one. */
	async replace(accountId: string, refused: string): Promise<AccountAccess> {
		const renew = () =>
			this.#refreshes.run(accountId, async () => {
				const held = await this.#read(accountId);
				return held.accessToken === refused ? this.#refresh(accountId, held) : held.access;
			});
		const access = await renew();
		// The first call may have joined a load that was under way and gave out the refused token.
		return access.accessToken === refused ? renew() : access;
	}

	/** Rotates the pair now, needed or not. */
	renew(accountId: string): Promise<AccountAccess> {
		return this.#refreshes.run(accountId, async () => this.#refresh(accountId, await this.#read(accountId)));
	}

	/** The pair as it rests in the vault, for an export or a revocation. */
	async reveal(accountId: string): Promise<TokenSet> {
		const { accessToken, refreshToken, idToken } = await this.#read(accountId);
		return { accessToken, refreshToken, idToken };
	}

	/** Stores a token set that the user has just brought. Returns the new generation. */
	async store(accountId: string, chatgptAccountId: string, tokens: TokenSet): Promise<number> {
		const generation = (this.#accounts.find(accountId)?.generation ?? 0) + 1;
		await this.#write(accountId, { generation, ...tokens });
		this.#unsaved.delete(accountId);
		this.#hold(accountId, chatgptAccountId, { generation, ...tokens });
		return generation;
	}

	async forget(accountId: string): Promise<void> {
		this.#held.delete(accountId);
		this.#unsaved.delete(accountId);
		await this.vault.forget(vaultName(accountId));
	}

	/** Resolves when no refresh runs any more: one that is cut off costs the account its sign-in. */
	settled(): Promise<void> {
		return this.#refreshes.settled();
	}

	async #load(accountId: string): Promise<AccountAccess> {
		const held = this.#held.get(accountId) ?? (await this.#read(accountId));
		return this.#isOver(held) ? this.#refresh(accountId, held) : held.access;
	}

	/** A renewal that fails for a passing reason does not matter while the token still works: it is tried again later. */
	#renewMeanwhile(accountId: string, held: Held): void {
		const now = this.clock.now();
		if (now < (this.#renewAgainAt.get(accountId) ?? 0)) return;
		this.#renewAgainAt.set(accountId, now + renewAgainMs);
		this.#refreshes
			.run(accountId, () => this.#refresh(accountId, held))
			.catch((error: unknown) => this.log.warn('token not renewed ahead of time', { accountId, cause: String(error) }));
	}

	async #read(accountId: string): Promise<Held> {
		const row = this.#accounts.get(accountId);
		const secret = await this.vault.read(vaultName(accountId));
		const entry = secret === undefined ? undefined : parseEntry(secret);
		if (!entry) {
			this.#needsSignIn(accountId, 'tokens_missing');
			throw new PoolError('no_account', 'The tokens of this account are gone. Sign in again.');
		}
		return this.#hold(accountId, row.chatgptAccountId, entry);
	}

	async #refresh(accountId: string, known: Held): Promise<AccountAccess> {
		const unsaved = this.#unsaved.get(accountId);
		if (unsaved) return this.#keep(accountId, unsaved);
		const row = this.#accounts.get(accountId);
		if (row.state === 'needs_sign_in' || row.state === 'disabled') {
			// A spent refresh token that is shown again only draws attention.
			throw new PoolError('no_account', 'This account cannot be renewed. Sign in again.');
		}
		const held = known.generation < row.generation ? await this.#read(accountId) : known;
		if (held.generation < row.generation) {
			throw new PoolError(
				'no_account',
				'This window holds an old copy of the tokens of this account. Reload the window; if that does not help, sign in again.',
			);
		}
		const outcome = await this.issuer.refresh(held.refreshToken);
		switch (outcome.kind) {
			case 'rotated':
				return this.#keep(accountId, {
					generation: row.generation + 1,
					accessToken: outcome.tokens.accessToken ?? held.accessToken,
					refreshToken: outcome.tokens.refreshToken ?? held.refreshToken,
					idToken: outcome.tokens.idToken ?? held.idToken,
				});
			case 'permanent': {
				const newer = await this.#newerInVault(accountId, held);
				if (newer) return newer.access;
				if (closedAccountCodes.has(outcome.code)) {
					this.#accounts.transition(accountId, ['active', 'limited', 'paused'], 'disabled', outcome.code);
					throw new PoolError('no_account', 'The provider has closed this account.');
				}
				this.#needsSignIn(accountId, outcome.code);
				throw new PoolError('no_account', 'The provider has ended this sign-in. Sign in again.');
			}
			case 'transient':
				this.log.warn('token refresh failed', { accountId, code: outcome.code, sent: outcome.sent });
				throw new PoolError('upstream_failed', 'The sign-in service could not renew the token just now.');
			default:
				return outcome satisfies never;
		}
	}

	/** Throws, and keeps nothing, when the account was removed while its refresh ran. */
	async #keep(accountId: string, entry: Entry): Promise<AccountAccess> {
		const { chatgptAccountId } = this.#accounts.get(accountId);
		this.#unsaved.set(accountId, entry);
		await this.#write(accountId, entry);
		this.#unsaved.delete(accountId);
		this.#accounts.change(accountId, { generation: entry.generation, refreshedAt: this.clock.now() });
		this.log.info('token refreshed', { accountId, generation: entry.generation });
		return this.#hold(accountId, chatgptAccountId, entry).access;
	}

	/** Another window may have rotated the pair since we read it: adopt its pair before giving up. */
	async #newerInVault(accountId: string, held: Held): Promise<Held | undefined> {
		const secret = await this.vault.read(vaultName(accountId));
		const entry = secret === undefined ? undefined : parseEntry(secret);
		if (!entry || entry.refreshToken === held.refreshToken) return undefined;
		return this.#hold(accountId, held.access.chatgptAccountId, entry);
	}

	async #write(accountId: string, entry: Entry): Promise<void> {
		try {
			await this.vault.write(vaultName(accountId), JSON.stringify(entry));
		} catch (error) {
			throw new PoolError('vault_failed', 'The secret storage refused the new tokens. See the log for the reason.', {
				cause: error,
			});
		}
	}

	#hold(accountId: string, chatgptAccountId: string, entry: Entry): Held {
		const access = { accountId, chatgptAccountId, accessToken: entry.accessToken };
		const held = { ...entry, access, expiresAt: expiryOf(entry.accessToken) };
		this.#held.set(accountId, held);
		return held;
	}

	#isOver(held: Held): boolean {
		return held.expiresAt !== null && held.expiresAt <= this.clock.now();
	}

	#expiresSoon(held: Held): boolean {
		return held.expiresAt !== null && held.expiresAt - refreshMarginMs <= this.clock.now();
	}

	#needsSignIn(accountId: string, reason: string): void {
		if (this.#accounts.transition(accountId, ['active', 'limited', 'paused'], 'needs_sign_in', reason)) {
			this.log.warn('account needs sign-in', { accountId, reason });
		}
	}
}

function vaultName(accountId: string): string {
	return `account/${accountId}`;
}

function parseEntry(secret: string): Entry | undefined {
	try {
		return entrySchema.parse(JSON.parse(secret));
	} catch {
		// A damaged entry is as good as none: the account asks for a new sign-in.
		return undefined;
	}
}
