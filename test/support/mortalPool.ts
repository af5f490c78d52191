import { AccountBook } from '../../src/core/accounts/accountBook.js';
import { forwardRequest, type ForwardContext } from '../../src/core/forwardRequest.js';
import { PoolSettings } from '../../src/core/poolSettings.js';
import type { Issuer } from '../../src/core/issuerPort.js';
import type { Clock, Vault } from '../../src/core/ports.js';
import type { Store } from '../../src/core/storePort.js';
import { SessionTable } from '../../src/core/routing/sessionTable.js';
import { TokenKeepAlive } from '../../src/core/tokens/tokenKeepAlive.js';
import { TokenKeeper } from '../../src/core/tokens/tokenKeeper.js';
import { TurnQueue } from '../../src/core/routing/turnQueue.js';
import { UsagePoller } from '../../src/core/quota/usagePoller.js';
import type { CorePool } from './corePool.js';
import { settle } from './fakeClock.js';
import { RecordingReply } from './recordingReply.js';
import { ScriptedIssuer } from './scriptedIssuer.js';
import { StrictProvider, StrictUpstream } from './strictProvider.js';

/** What outlives a window. */
export interface Lasting {
	/** Lends its clock, log, vault and requests. */
	readonly core: CorePool;
	readonly store: Store;
	readonly provider: StrictProvider;
}

/** The pool in one window: over the database and vault of the window before, and gone from one moment to the next when it crashes. */
export class MortalPool {
	readonly accounts: AccountBook;
	readonly tokens: TokenKeeper;
	readonly usage: UsagePoller;
	readonly keepAlive: TokenKeepAlive;
	readonly replies: RecordingReply[] = [];
	readonly #core: CorePool;
	readonly #provider: StrictProvider;
	readonly #context: ForwardContext;
	/** What each account's newest token was exchanged for. */
	readonly #exchanged = new Map<string, { readonly shown: string; readonly given: string }>();
	#isDead = false;

	constructor({ core, store: lastingStore, provider }: Lasting) {
		this.#core = core;
		this.#provider = provider;
		const store = this.#mortalStore(lastingStore);
		const clock = this.#mortalClock(core.clock);
		const turns = new TurnQueue(clock);
		const upstream = new StrictUpstream(provider);
		this.accounts = new AccountBook(store, clock, () => turns.serve());
		this.tokens = new TokenKeeper(
			this.accounts,
			this.#mortalVault(core.vault),
			this.#mortalIssuer(provider),
			clock,
			core.log,
		);
		this.usage = new UsagePoller(this.accounts, this.tokens, upstream, clock, core.log, () => 0.5);
		this.keepAlive = new TokenKeepAlive(this.accounts, this.tokens, clock, core.log, () => 0.5);
		this.#context = {
			...core.context,
			accounts: this.accounts,
			tokens: this.tokens,
			sessions: new SessionTable(store, clock),
			settings: new PoolSettings(store),
			turns,
			upstream,
			store,
			clock,
		};
	}

	/** A request of a session; `preference` decides which account a new session meets. */
	async request(session: string, preference: number): Promise<void> {
		const headers = { originator: 'codex_exec', 'user-agent': 'codex_exec/0.169.0', 'thread-id': session };
		const reply = new RecordingReply();
		this.replies.push(reply);
		await forwardRequest({ ...this.#context, random: () => preference }, this.#core.request({ headers }), reply);
	}

	/** Nothing of it runs on; what it had sent stays sent, and what it had not saved is lost. */
	async crash(): Promise<void> {
		this.#isDead = true;
		for (const [accountId, { shown, given }] of this.#exchanged) {
			const kept = await this.#core.vault.read(`account/${accountId}`);
			if (kept?.includes(given) !== true) this.#provider.lose(shown);
		}
	}

	/** Whoever waits for something when the window dies waits for ever. Each wait takes a turn, in which that may happen. */
	async #live(): Promise<void> {
		await settle();
		if (this.#isDead) await new Promise(() => undefined);
	}

	#mortalVault(vault: Vault): Vault {
		const mortal = async <T>(work: () => Promise<T>): Promise<T> => {
			await this.#live();
			const result = await work();
			await this.#live();
			return result;
		};
		return {
			read: name => mortal(() => vault.read(name)),
			write: (name, secret) => mortal(() => vault.write(name, secret)),
			forget: name => mortal(() => vault.forget(name)),
		};
	}

	#mortalIssuer(provider: StrictProvider): Issuer {
		const issuer = new ScriptedIssuer();
		issuer.onRefresh = async shown => {
			await this.#live();
			const outcome = provider.refresh(shown);
			if (outcome.kind === 'rotated') {
				const given = outcome.tokens.refreshToken ?? '';
				this.#exchanged.set(StrictProvider.accountOf(given), { shown, given });
			}
			await this.#live();
			return outcome;
		};
		return issuer;
	}

	#mortalStore(store: Store): Store {
		return new Proxy(store, {
			get: (target, name) => {
				const member: unknown = Reflect.get(target, name);
				if (typeof member !== 'function') return member;
				return (...args: unknown[]): unknown => (this.#isDead ? undefined : Reflect.apply(member, target, args));
			},
		});
	}

	#mortalClock(clock: Clock): Clock {
		return {
			now: () => clock.now(),
			sleep: async (ms, signal) => {
				await clock.sleep(ms, signal);
				await this.#live();
			},
			after: (ms, task) => clock.after(ms, () => this.#isDead || task()),
		};
	}
}
