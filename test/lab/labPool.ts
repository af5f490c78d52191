import { AccountBook } from '../../src/core/accounts/accountBook.js';
import type { ForwardContext } from '../../src/core/forwardRequest.js';
import { KeyBudgets } from '../../src/core/keys/keyBudgets.js';
import { PoolControl } from '../../src/core/poolControl.js';
import { PoolFeed } from '../../src/core/poolFeed.js';
import { PoolKeys } from '../../src/core/keys/poolKeys.js';
import { PoolSettings } from '../../src/core/poolSettings.js';
import { priceTable } from '../../src/core/models/price.js';
import type { Issuer, RefreshOutcome } from '../../src/core/issuerPort.js';
import type { Clock, Log, Vault } from '../../src/core/ports.js';
import type { Store } from '../../src/core/storePort.js';
import type { JsonReply, Upstream } from '../../src/core/upstreamPort.js';
import { SessionTable } from '../../src/core/routing/sessionTable.js';
import { SignIns } from '../../src/core/accounts/signIns.js';
import { TokenKeeper } from '../../src/core/tokens/tokenKeeper.js';
import { ToldQuota } from '../../src/core/quota/toldQuota.js';
import { TurnQueue } from '../../src/core/routing/turnQueue.js';
import { UsagePoller } from '../../src/core/quota/usagePoller.js';
import type { Owner } from '../../src/shared/poolApi.js';
import { openKeys } from '../support/openKeys.js';
import type { InProcessUpstream } from '../support/upstream/inProcessUpstream.js';

export interface LabPoolParts {
	readonly clock: Clock;
	readonly store: Store;
	readonly vault: Vault;
	readonly upstream: InProcessUpstream;
	readonly log: Log;
	readonly random: () => number;
	readonly refreshed: (refreshToken: string, outcome: RefreshOutcome) => void;
	readonly polled: (accountId: string, reply: JsonReply) => void;
	readonly settled: () => void;
}

const owner: Owner = {
	pid: 1,
	launcher: 'cli',
	version: '0.0.0',
	port: 1,
	startedAt: 0,
	baseUrl: '',
	codexBaseUrl: '',
	openaiBaseUrl: '',
};

/** The pool as the runtime puts it together, over the simulator in the same process. */
export class LabPool {
	readonly accounts: AccountBook;
	readonly sessions: SessionTable;
	readonly settings: PoolSettings;
	readonly tokens: TokenKeeper;
	readonly turns: TurnQueue;
	readonly quota: ToldQuota;
	/** Not started: figures come with replies, and from whoever starts it. */
	readonly usage: UsagePoller;
	readonly control: PoolControl;
	readonly context: ForwardContext;

	constructor({ clock, store, vault, upstream, log, random, refreshed, polled, settled }: LabPoolParts) {
		const issuer: Issuer = {
			refresh: async token => {
				const outcome = await upstream.refresh(token);
				refreshed(token, outcome);
				return outcome;
			},
			startSignIn: () => Promise.reject(new Error('Nobody signs in here')),
			revoke: () => Promise.resolve(false),
			close: () => Promise.resolve(),
		};
		const asked: Upstream = {
			send: (request, observer) => upstream.send(request, observer),
			openSocket: (request, observer) => upstream.openSocket(request, observer),
			readUsage: async access => {
				const reply = await upstream.readUsage(access);
				polled(access.accountId, reply);
				return reply;
			},
			readResetCredits: access => upstream.readResetCredits(access),
			redeemReset: (access, redeemRequestId) => upstream.redeemReset(access, redeemRequestId),
			readModels: (access, version) => upstream.readModels(access, version),
			forget: accountId => upstream.forget(accountId),
			close: () => upstream.close(),
		};
		const feed = new PoolFeed(clock);
		this.turns = new TurnQueue(clock);
		this.settings = new PoolSettings(store);
		this.accounts = new AccountBook(store, clock, () => this.turns.serve());
		this.sessions = new SessionTable(store, clock);
		this.tokens = new TokenKeeper(this.accounts, vault, issuer, clock, log);
		this.quota = new ToldQuota(this.accounts, this.settings, openKeys(), clock);
		this.usage = new UsagePoller(this.accounts, this.tokens, asked, clock, log, random);
		this.control = new PoolControl(
			{
				accounts: this.accounts,
				sessions: this.sessions,
				tokens: this.tokens,
				keys: new PoolKeys({
					store,
					vault,
					budgets: new KeyBudgets(store, clock),
					clock,
					newSecret: () => 'cpk_lab',
					secretEnded: () => undefined,
				}),
				offer: { refuseUnknown: () => Promise.resolve() },
				settings: this.settings,
				signIns: new SignIns(issuer, () => 'sign-in', log),
				usage: this.usage,
				feed,
				changed: () => this.turns.serve(),
				accountRemoved: () => undefined,
				upstream: asked,
				issuer,
				store,
				clock,
				log,
			},
			() => owner,
		);
		this.context = {
			accounts: this.accounts,
			sessions: this.sessions,
			tokens: this.tokens,
			settings: this.settings,
			turns: this.turns,
			keys: openKeys(),
			names: { resolve: () => undefined, fitEffort: (_model, effort) => Promise.resolve(effort) },
			prices: priceTable({}),
			lacksModel: () => false,
			upstream,
			store,
			clock,
			log,
			random,
			userAgent: 'codex-account-pool/0.0.0',
			modelsEtag: () => undefined,
			quota: this.quota,
			settled,
		};
	}
}
