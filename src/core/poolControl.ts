import type { AccountChange, AccountView, ExportShape, RemoveAccount } from '../shared/accountApi.js';
import type { CreatedKey, KeyView } from '../shared/keyApi.js';
import type { ExplainedRequest } from '../shared/requestApi.js';
import type { Owner, PoolChange, PoolState } from '../shared/poolApi.js';
import type { SessionView } from '../shared/sessionApi.js';
import type { SignIn, StartSignIn } from '../shared/signInApi.js';
import type { UsageGrouping, UsageReport } from '../shared/usageApi.js';
import { PoolError } from '../shared/poolError.js';
import type { AccountBook } from './accountBook.js';
import { admitAccount } from './admitAccount.js';
import { parseAuthFile } from './authFile.js';
import { exportAccount } from './exportAccount.js';
import { readIdentity } from './identity.js';
import { startOfLocalDay } from './localTime.js';
import type { PoolFeed } from './poolFeed.js';
import type { PoolKeys } from './poolKeys.js';
import { changedRouting, type PoolSettings } from './poolSettings.js';
import type { Clock, Issuer, Log, Store, Upstream } from './ports.js';
import type { SessionTable } from './sessionTable.js';
import type { SignIns } from './signIns.js';
import type { TokenKeeper } from './tokenKeeper.js';
import type { UsagePoller } from './usagePoller.js';

export interface PoolParts {
	readonly accounts: AccountBook;
	readonly sessions: SessionTable;
	readonly tokens: TokenKeeper;
	readonly keys: PoolKeys;
	readonly settings: PoolSettings;
	readonly signIns: SignIns;
	readonly usage: UsagePoller;
	readonly feed: Pick<PoolFeed, 'revision'>;
	/** Told whenever something has changed that faces show or requests wait for. */
	readonly changed: () => void;
	readonly upstream: Upstream;
	readonly issuer: Issuer;
	readonly store: Store;
	readonly clock: Clock;
	readonly log: Log;
}

const recentRequests = 50;

/** Everything a face can ask of the pool. */
export class PoolControl {
	constructor(
		private readonly parts: PoolParts,
		private readonly owner: () => Owner,
	) {}

	state(): PoolState {
		const { accounts, settings, store, clock, feed } = this.parts;
		return {
			revision: feed.revision,
			owner: this.owner(),
			enabled: settings.enabled,
			routing: settings.routing,
			accounts: accounts.views(),
			inFlight: accounts.inFlight,
			totals: { today: store.totals(startOfLocalDay(clock.now())), allTime: store.totals(0) },
			recentRequests: store.recentRequests(recentRequests),
		};
	}

	changePool(change: PoolChange): PoolState {
		if (change.routing) this.#checkRouting(change.routing);
		this.parts.settings.change(change);
		this.parts.changed();
		return this.state();
	}

	/** All or nothing: every document is read before the first account is added. */
	async importAccounts(documents: readonly string[]): Promise<AccountView[]> {
		const read = documents.map(text => {
			const { tokens, chatgptAccountId } = parseAuthFile(text);
			return { tokens, identity: readIdentity(tokens, chatgptAccountId) };
		});
		const ids: string[] = [];
		for (const { tokens, identity } of read) {
			await admitAccount(this.parts, identity, tokens);
			ids.push(identity.accountId);
		}
		return this.parts.accounts.views().filter(account => ids.includes(account.id));
	}

	changeAccount(accountId: string, change: AccountChange): AccountView {
		const { accounts } = this.parts;
		accounts.get(accountId);
		if (change.selected !== undefined) accounts.change(accountId, { selected: change.selected });
		if (change.name !== undefined) accounts.change(accountId, { name: change.name });
		if (change.priority !== undefined) accounts.change(accountId, { priority: change.priority });
		if (change.reservePercent !== undefined) accounts.change(accountId, { reservePercent: change.reservePercent });
		if (change.paused === true) accounts.transition(accountId, ['active', 'limited'], 'paused', null);
		if (change.paused === false) accounts.resume(accountId, ['paused']);
		return this.#view(accountId);
	}

	/** Forgets the account and its secrets; ends the sign-in and wipes the usage only when asked to. */
	async removeAccount(accountId: string, { revoke = false, forgetUsage = false }: RemoveAccount = {}): Promise<void> {
		const { accounts, sessions, tokens, upstream, store, log } = this.parts;
		accounts.get(accountId);
		if (revoke) await this.#revoke(accountId);
		this.#leaveSingleAccount(accountId);
		accounts.remove(accountId);
		upstream.forget(accountId);
		sessions.forgetAccount(accountId);
		if (forgetUsage) store.forgetUsage(accountId);
		await tokens.forget(accountId);
		log.info('account removed', { accountId, revoked: revoke, forgotUsage: forgetUsage });
	}

	orderAccounts(accountIds: readonly string[]): AccountView[] {
		this.parts.accounts.order(accountIds);
		return this.parts.accounts.views();
	}

	/** The account as a file for another program. Two programs that refresh one sign-in end it: the faces say so. */
	async exportAccount(accountId: string, shape: ExportShape): Promise<string> {
		const { chatgptAccountId, refreshedAt } = this.parts.accounts.get(accountId);
		const tokens = await this.parts.tokens.reveal(accountId);
		this.parts.log.info('account exported', { accountId, shape });
		return exportAccount(shape, { tokens, chatgptAccountId, savedAt: refreshedAt });
	}

	async refreshAccount(accountId: string): Promise<AccountView> {
		const { accounts, usage } = this.parts;
		accounts.get(accountId);
		const isRead = await usage.refresh(accountId);
		const { state } = accounts.get(accountId);
		// An account that has just turned out to need a sign-in was read well enough.
		if (!isRead && state !== 'needs_sign_in' && state !== 'disabled') {
			throw new PoolError(
				'upstream_failed',
				'The usage figures of this account could not be read just now. The log has the reason.',
			);
		}
		return this.#view(accountId);
	}

	startSignIn({ method = 'browser', accountId }: StartSignIn): Promise<SignIn> {
		if (accountId !== undefined) this.parts.accounts.get(accountId);
		return this.parts.signIns.start(method, async tokens => {
			const identity = readIdentity(tokens);
			if (accountId !== undefined && identity.accountId !== accountId) {
				throw new PoolError(
					'sign_in_failed',
					`You signed in as ${identity.email ?? 'another account'}, which is not the account to be renewed. Nothing was changed; sign in again with the right one, or add this one as a new account.`,
				);
			}
			const isKnown = this.parts.accounts.find(identity.accountId) !== undefined;
			await admitAccount(this.parts, identity, tokens);
			const who = identity.email ?? 'The account';
			return { accountId: identity.accountId, sentence: `${who} is ${isKnown ? 'signed in again' : 'in the pool'}.` };
		});
	}

	finishSignIn(id: string, callbackUrl: string): Promise<SignIn> {
		return this.parts.signIns.finish(id, callbackUrl);
	}

	readSignIn(id: string): SignIn {
		return this.parts.signIns.read(id);
	}

	cancelSignIn(id: string): void {
		this.parts.signIns.cancel(id);
	}

	listKeys(): KeyView[] {
		return this.parts.keys.list();
	}

	createKey(name: string): CreatedKey {
		return this.parts.keys.create(name);
	}

	revokeKey(keyId: string): void {
		this.parts.keys.revoke(keyId);
	}

	revealDefaultKey(): Promise<CreatedKey> {
		return this.parts.keys.revealDefault();
	}

	listSessions(): SessionView[] {
		return this.parts.sessions.list();
	}

	/** Ties a session to another account: its next request goes there. */
	moveSession(sessionId: string, accountId: string): SessionView {
		const { accounts, sessions, changed, log } = this.parts;
		accounts.get(accountId);
		const moved = sessions.move(sessionId, accountId);
		log.info('session moved', { sessionId, accountId });
		changed();
		return moved;
	}

	forgetSession(sessionId: string): void {
		const { sessions, changed, log } = this.parts;
		sessions.forget(sessionId);
		log.info('session forgotten', { sessionId });
		changed();
	}

	/** `id` may be the beginning of one, or `latest`. */
	explainRequest(id: string): ExplainedRequest {
		// Every id begins with nothing, so the newest of those is the newest of all.
		const found = this.parts.store.findRequest(id === 'latest' ? '' : id);
		if (found) return found;
		throw new PoolError(
			'request_not_found',
			id === 'latest'
				? 'No request has been settled yet.'
				: `No request that is kept has an id that begins with "${id.slice(0, 100)}".`,
		);
	}

	readUsage(since: number, by: UsageGrouping): UsageReport {
		return this.parts.store.usage(since, by);
	}

	#checkRouting(change: NonNullable<PoolChange['routing']>): void {
		const { accounts, settings } = this.parts;
		const { strategy, singleAccountId } = changedRouting(settings.routing, change);
		if (singleAccountId !== null && !accounts.find(singleAccountId)) {
			throw new PoolError(
				'invalid_request',
				`The single account "${singleAccountId.slice(0, 100)}" is not in the pool. Choose one that is.`,
			);
		}
		if (strategy === 'single_account' && singleAccountId === null) {
			throw new PoolError(
				'invalid_request',
				'The strategy single_account needs to know which account it is to use. Choose the account together with the strategy.',
			);
		}
	}

	/** The single account is about to go: the others serve again. Before it goes, so that a crash between never leaves nobody. */
	#leaveSingleAccount(accountId: string): void {
		const { settings, log } = this.parts;
		const { strategy, singleAccountId } = settings.routing;
		if (singleAccountId !== accountId) return;
		const isInUse = strategy === 'single_account';
		settings.change({ routing: { singleAccountId: null, ...(isInUse && { strategy: 'least_used' as const }) } });
		if (isInUse) log.info('strategy reset', { strategy: 'least_used' });
	}

	async #revoke(accountId: string): Promise<void> {
		const { refreshToken } = await this.parts.tokens.reveal(accountId);
		if (await this.parts.issuer.revoke(refreshToken)) return;
		throw new PoolError(
			'upstream_failed',
			'The provider did not confirm that the sign-in was ended, so nothing was removed. Try again, or remove the account without ending the sign-in.',
		);
	}

	#view(accountId: string): AccountView {
		const view = this.parts.accounts.views().find(account => account.id === accountId);
		if (!view) throw new PoolError('account_not_found', `There is no account "${accountId}" in the pool.`);
		return view;
	}
}
