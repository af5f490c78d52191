import type {
	AccountChange,
	AccountView,
	ExportShape,
	RedeemedReset,
	RefreshedAccounts,
	RemoveAccount,
} from '../../shared/accountApi.js';
import type { WindowHistory } from '../../shared/forecastApi.js';
import { PoolError } from '../../shared/poolError.js';
import type { SignIn, StartSignIn } from '../../shared/signInApi.js';
import { admitAccount } from './admitAccount.js';
import { parseAuthFile } from './authFile.js';
import { exportAccount } from './exportAccount.js';
import { readIdentity } from './identity.js';
import type { PoolParts } from '../poolParts.js';
import { ResetRedemptions } from '../quota/resetRedemptions.js';

/** What a face can ask about accounts and signing them in. */
export class AccountControl {
	readonly #redemptions: ResetRedemptions;

	constructor(private readonly parts: PoolParts) {
		this.#redemptions = new ResetRedemptions(parts);
	}

	/** All or nothing: every document is read before the first account is added. */
	async import(documents: readonly string[]): Promise<AccountView[]> {
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

	change(accountId: string, change: AccountChange): AccountView {
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
	async remove(accountId: string, { revoke = false, forgetUsage = false }: RemoveAccount = {}): Promise<void> {
		const { accounts, sessions, tokens, upstream, store, log, accountRemoved } = this.parts;
		accounts.get(accountId);
		if (revoke) await this.#revoke(accountId);
		this.#leaveSingleAccount(accountId);
		accounts.remove(accountId);
		accountRemoved();
		upstream.forget(accountId);
		sessions.forgetAccount(accountId);
		this.#redemptions.forget(accountId);
		if (forgetUsage) store.forgetUsage(accountId);
		await tokens.forget(accountId);
		log.info('account removed', { accountId, revoked: revoke, forgotUsage: forgetUsage });
	}

	order(accountIds: readonly string[]): AccountView[] {
		this.parts.accounts.order(accountIds);
		return this.parts.accounts.views();
	}

	/** The account as a file for another program. Two programs that refresh one sign-in end it: the faces say so. */
	async export(accountId: string, shape: ExportShape): Promise<string> {
		const { chatgptAccountId, refreshedAt } = this.parts.accounts.get(accountId);
		const tokens = await this.parts.tokens.reveal(accountId);
		this.parts.log.info('account exported', { accountId, shape });
		return exportAccount(shape, { tokens, chatgptAccountId, savedAt: refreshedAt });
	}

	async refresh(accountId: string): Promise<AccountView> {
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

	/** Reads the figures of every account, one after the other. */
	async refreshAll(): Promise<RefreshedAccounts> {
		const failedIds = await this.parts.usage.refreshAll();
		return { accounts: this.parts.accounts.views(), failedIds };
	}

	/** Spends a banked reset of the account: only ever because a person has just confirmed it. */
	async redeemReset(accountId: string): Promise<RedeemedReset> {
		this.parts.accounts.get(accountId);
		return { ...(await this.#redemptions.redeem(accountId)), account: this.#view(accountId) };
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

	readWindowHistory(accountId: string, since: number): WindowHistory {
		this.parts.accounts.get(accountId);
		return this.parts.store.windowHistory(accountId, since);
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
