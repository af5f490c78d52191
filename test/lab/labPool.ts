import { AccountBook } from '../../src/core/accountBook.js';
import type { ForwardContext } from '../../src/core/forwardRequest.js';
import { PoolControl } from '../../src/core/poolControl.js';
import { PoolFeed } from '../../src/core/poolFeed.js';
import { PoolKeys } from '../../src/core/poolKeys.js';
import { PoolSettings } from '../../src/core/poolSettings.js';
import type { Issuer, JsonReply, Log, RefreshOutcome, Upstream } from '../../src/core/ports.js';
import { SessionTable } from '../../src/core/sessionTable.js';
import { SignIns } from '../../src/core/signIns.js';
import { TokenKeeper } from '../../src/core/tokenKeeper.js';
import { TurnQueue } from '../../src/core/turnQueue.js';
import { UsagePoller } from '../../src/core/usagePoller.js';
import type { Owner } from '../../src/shared/poolApi.js';
import type { MemoryStore } from '../support/memoryStore.js';
import type { MemoryVault } from '../support/memoryVault.js';
import type { InProcessUpstream } from '../support/upstream/inProcessUpstream.js';
import type { LabClock } from './labClock.js';

export interface LabPoolParts {
	readonly clock: LabClock;
	readonly store: MemoryStore;
	readonly vault: MemoryVault;
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
		const usage = new UsagePoller(this.accounts, this.tokens, asked, clock, log);
		this.control = new PoolControl(
			{
				accounts: this.accounts,
				sessions: this.sessions,
				tokens: this.tokens,
				keys: new PoolKeys(store, vault, clock, () => 'cpk_lab'),
				settings: this.settings,
				signIns: new SignIns(issuer, () => 'sign-in', log),
				usage,
				feed,
				changed: () => this.turns.serve(),
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
			names: { resolve: () => undefined, fitEffort: (_model, effort) => Promise.resolve(effort) },
			lacksModel: () => false,
			upstream,
			store,
			clock,
			log,
			random,
			userAgent: 'codex-account-pool/0.0.0',
			modelsEtag: () => undefined,
			settled,
		};
	}
}
