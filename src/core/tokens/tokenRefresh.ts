import { PoolError } from '../../shared/poolError.js';
import type { AccountBook } from '../accounts/accountBook.js';
import { expiryOf } from '../accounts/identity.js';
import type { Issuer } from '../issuerPort.js';
import type { Clock, Log } from '../ports.js';
import type { AccountRow } from '../storePort.js';
import { RefreshPauses } from './refreshPauses.js';
import type { Showing, TokenEntries, TokenEntry } from './tokenEntries.js';

/** Why a pair is renewed. */
export interface RefreshNeed {
	/** The access token that does not do any more; any other one that works will. */
	readonly refused?: string | undefined;
	/** The access token still works: nothing is risked for a new one. */
	readonly isEarly: boolean;
}

/** Longer than any call to the issuer lasts: after that, whoever showed the token is gone. */
const showingMs = 12_000;
const lookAgainMs = 500;
/** How often the vault is looked at again for what another window may be about to write. */
const looks = 4;
/** A new sign-in would not help these. */
const closedAccountCodes = new Set(['account_deactivated', 'account_suspended', 'account_deleted']);
/** Nobody hurries a look into the vault. */
const untilItIsTime = new AbortController().signal;

/**
 * Exchanges an account's pair for the next one.
 *
 * A refresh token works once, so it is shown once: before that it is noted in the vault, and the new pair is in the
 * vault before anybody gets it. A token whose answer never came may be spent. It is left alone while the access token
 * works, and shown again only when the account would otherwise be lost. Generations in the vault and in the database
 * grow together: an entry that is older than the database knows is stale and is never refreshed with.
 */
export class TokenRefresh {
	/** Pairs that the vault has refused so far. What they were exchanged for is spent, so here alone they exist. */
	readonly #unsaved = new Map<string, TokenEntry>();
	readonly #pauses: RefreshPauses;

	constructor(
		private readonly accounts: AccountBook,
		private readonly entries: TokenEntries,
		private readonly issuer: Issuer,
		private readonly clock: Clock,
		private readonly log: Log,
		/** Tells this window's notes in the vault from those of others. */
		private readonly windowId: string,
	) {
		this.#pauses = new RefreshPauses(clock);
	}

	/** The accounts whose newest pair is not in the vault. */
	get unsaved(): string[] {
		return [...this.#unsaved.keys()];
	}

	/** One at a time per account. `held` is what the caller has in memory. */
	async run(accountId: string, held: TokenEntry | undefined, need: RefreshNeed): Promise<TokenEntry> {
		const unsaved = this.#unsaved.get(accountId);
		if (unsaved) return this.#unlessRemoved(accountId, () => this.#keep(accountId, unsaved));
		const { state } = this.accounts.get(accountId);
		if (state === 'needs_sign_in' || state === 'disabled') {
			// A spent refresh token that is shown again only draws attention.
			throw new PoolError('no_account', 'This account cannot be renewed. Sign in again.');
		}
		if (this.#pauses.isResting(accountId)) throw notNow();
		return this.#unlessRemoved(accountId, () => this.#renew(accountId, held, need));
	}

	/** Tries once more to save a pair that the vault has refused. */
	async save(accountId: string): Promise<void> {
		const unsaved = this.#unsaved.get(accountId);
		if (unsaved) await this.#unlessRemoved(accountId, () => this.#keep(accountId, unsaved));
	}

	/** The pair has been replaced or removed: nothing that happened to it counts any more. */
	forget(accountId: string): void {
		this.#unsaved.delete(accountId);
		this.#pauses.end(accountId);
	}

	needsSignIn(accountId: string, reason: string): void {
		if (this.accounts.transition(accountId, ['active', 'limited', 'paused'], 'needs_sign_in', reason)) {
			this.log.warn('account needs sign-in', { accountId, reason });
		}
	}

	/** Leaves nothing in the vault of an account that is removed while the work writes there. */
	async #unlessRemoved<T>(accountId: string, work: () => Promise<T>): Promise<T> {
		try {
			return await work();
		} finally {
			if (!this.accounts.find(accountId)) await this.entries.forget(accountId);
		}
	}

	async #renew(accountId: string, held: TokenEntry | undefined, need: RefreshNeed): Promise<TokenEntry> {
		for (;;) {
			const { entry, showing } = await this.#newest(accountId, held);
			const works = !isOver(entry, this.clock.now());
			if (works && need.refused !== undefined && entry.accessToken !== need.refused) return entry;
			if (works && need.isEarly && showing) return entry;
			if (showing && showing.refused !== null) return this.#refused(accountId, entry, showing.refused);
			if (await this.#mayShow(accountId, entry)) return this.#exchange(accountId, entry, showing);
		}
	}

	/** False when another window has noted the same in the same moment: the last to do so goes on, the others wait. */
	async #mayShow(accountId: string, { generation }: TokenEntry): Promise<boolean> {
		await this.entries.noteShowing(accountId, this.#showing(generation, null));
		return (await this.entries.showing(accountId, generation))?.by === this.windowId;
	}

	async #exchange(accountId: string, entry: TokenEntry, before: Showing | undefined): Promise<TokenEntry> {
		this.accounts.get(accountId);
		const outcome = await this.issuer.refresh(entry.refreshToken);
		switch (outcome.kind) {
			case 'rotated':
				return this.#keep(accountId, {
					generation: entry.generation + 1,
					accessToken: outcome.tokens.accessToken ?? entry.accessToken,
					refreshToken: outcome.tokens.refreshToken ?? entry.refreshToken,
					idToken: outcome.tokens.idToken ?? entry.idToken,
				});
			case 'permanent': {
				// Then nobody else is to blame: it was we who spent it, and never heard.
				const isOurs = outcome.code === 'refresh_token_reused' && before;
				const code = isOurs ? 'refresh_reply_lost' : outcome.code;
				// So that no window shows it again. One that does not learn of it is told by the issuer.
				await this.entries.noteShowing(accountId, this.#showing(entry.generation, code)).catch(() => undefined);
				return this.#refused(accountId, entry, code);
			}
			case 'transient':
				this.log.warn('token refresh failed', { accountId, code: outcome.code, sent: outcome.sent });
				this.#pauses.failed(accountId);
				// It never left, so it is as unspent as it was before.
				if (!outcome.sent && !before) await this.entries.forgetShowing(accountId);
				throw notNow();
			default:
				return outcome satisfies never;
		}
	}

	/** Throws, and keeps nothing, when the account was removed meanwhile. */
	async #keep(accountId: string, entry: TokenEntry): Promise<TokenEntry> {
		this.accounts.get(accountId);
		this.#unsaved.set(accountId, entry);
		await this.entries.write(accountId, entry);
		this.#unsaved.delete(accountId);
		this.accounts.change(accountId, { generation: entry.generation, refreshedAt: this.clock.now() });
		await this.entries.forgetShowing(accountId);
		this.#pauses.end(accountId);
		this.log.info('token refreshed', { accountId, generation: entry.generation });
		return entry;
	}

	/** The newest pair there is, once no other window is about to exchange it. */
	async #newest(
		accountId: string,
		held: TokenEntry | undefined,
	): Promise<{ readonly entry: TokenEntry; readonly showing: Showing | undefined }> {
		for (let look = 1; ; look++) {
			const kept = await this.entries.read(accountId);
			const entry = held && held.generation > (kept?.generation ?? 0) ? held : kept;
			const row = this.accounts.get(accountId);
			if (!entry) {
				this.needsSignIn(accountId, 'tokens_missing');
				throw new PoolError('no_account', 'The tokens of this account are gone. Sign in again.');
			}
			const showing = await this.entries.showing(accountId, entry.generation);
			const isStale = entry.generation < row.generation;
			if (!isStale && !this.#isShownElsewhere(showing)) {
				catchUp(this.accounts, row, entry);
				return { entry, showing };
			}
			if (isStale && look > looks) {
				this.needsSignIn(accountId, 'tokens_outdated');
				throw new PoolError(
					'no_account',
					'The secret storage has lost the newest tokens of this account. Sign in again.',
				);
			}
			await this.clock.sleep(lookAgainMs, untilItIsTime);
		}
	}

	#isShownElsewhere(showing: Showing | undefined): boolean {
		if (!showing || showing.refused !== null || showing.by === this.windowId) return false;
		const sinceMs = this.clock.now() - showing.at;
		return sinceMs >= 0 && sinceMs < showingMs;
	}

	#showing(generation: number, refused: string | null): Showing {
		return { generation, at: this.clock.now(), by: this.windowId, refused };
	}

	/** Another window may have rotated the pair since we read it: adopt its pair before giving up. */
	async #refused(accountId: string, shown: TokenEntry, code: string): Promise<TokenEntry> {
		// Whoever used a token a moment ago may still be writing what it got for it.
		const times = code === 'refresh_token_reused' || code === 'refresh_reply_lost' ? looks : 0;
		for (let look = 0; ; look++) {
			const entry = await this.entries.read(accountId).catch(() => undefined);
			const row = this.accounts.get(accountId);
			if (entry && entry.refreshToken !== shown.refreshToken && entry.generation >= shown.generation) {
				catchUp(this.accounts, row, entry);
				return entry;
			}
			if (look === times) return this.#giveUp(accountId, code);
			await this.clock.sleep(lookAgainMs, untilItIsTime);
		}
	}

	#giveUp(accountId: string, code: string): never {
		if (closedAccountCodes.has(code)) {
			this.accounts.transition(accountId, ['active', 'limited', 'paused'], 'disabled', code);
			throw new PoolError('no_account', 'The provider has closed this account.');
		}
		this.needsSignIn(accountId, code);
		throw new PoolError('no_account', 'The provider has ended this sign-in. Sign in again.');
	}
}

/** A crash, or another window, may have kept the database from learning of the newest pair. */
function catchUp(accounts: AccountBook, row: AccountRow, { generation }: TokenEntry): void {
	if (generation > row.generation) accounts.change(row.id, { generation });
}

function isOver({ accessToken }: TokenEntry, now: number): boolean {
	const expiresAt = expiryOf(accessToken);
	return expiresAt !== null && expiresAt <= now;
}

function notNow(): PoolError {
	return new PoolError('upstream_failed', 'The sign-in service could not renew the token just now.');
}
