import assert from 'node:assert/strict';
import { AccountBook } from '../../src/core/accounts/accountBook.js';
import { forwardRequest, type ForwardContext } from '../../src/core/forwardRequest.js';
import { PoolSettings } from '../../src/core/poolSettings.js';
import { priceTable } from '../../src/core/models/price.js';
import type { RefreshOutcome } from '../../src/core/issuerPort.js';
import type { HeaderMap } from '../../src/core/ports.js';
import type { AccountRow } from '../../src/core/storePort.js';
import type { ReceivedRequest } from '../../src/core/request/readRequest.js';
import { SessionTable } from '../../src/core/routing/sessionTable.js';
import { TokenKeeper } from '../../src/core/tokens/tokenKeeper.js';
import { ToldQuota } from '../../src/core/quota/toldQuota.js';
import { TurnQueue } from '../../src/core/routing/turnQueue.js';
import type { RequestRecord } from '../../src/shared/requestApi.js';
import { accountRow } from './accountRow.js';
import { FakeClock } from './fakeClock.js';
import { openKeys } from './openKeys.js';
import { MemoryStore } from './memoryStore.js';
import { MemoryVault } from './memoryVault.js';
import { RecordingLog } from './recordingLog.js';
import { RecordingReply } from './recordingReply.js';
import { ScriptedIssuer } from './scriptedIssuer.js';
import { ScriptedUpstream } from './scriptedUpstream.js';
import { makeJwt } from './upstream/jwt.js';

/** Core put together over fakes: the ways of requests without a network, a disk or a real clock. */
export class CorePool {
	readonly clock = new FakeClock();
	readonly store = new MemoryStore();
	readonly vault = new MemoryVault();
	readonly issuer = new ScriptedIssuer();
	readonly upstream = new ScriptedUpstream();
	readonly log = new RecordingLog();
	readonly accounts: AccountBook;
	readonly sessions: SessionTable;
	readonly tokens: TokenKeeper;
	readonly settings: PoolSettings;
	/** Accounts and models, as `a gpt-5.5`, that their catalogues do not have. */
	readonly lacking = new Set<string>();
	/** The accounts of keys that may not use all, by the ids of the keys. */
	readonly keyAccounts = new Map<string, ReadonlySet<string>>();
	readonly context: ForwardContext;
	settled = 0;
	#made = 0;

	private constructor(rows: readonly AccountRow[]) {
		for (const row of rows) this.store.saveAccount(row);
		const turns = new TurnQueue(this.clock);
		const keys = openKeys(this.keyAccounts);
		this.accounts = new AccountBook(this.store, this.clock, () => turns.serve());
		this.settings = new PoolSettings(this.store);
		this.sessions = new SessionTable(this.store, this.clock);
		this.tokens = new TokenKeeper(this.accounts, this.vault, this.issuer, this.clock, this.log);
		this.context = {
			accounts: this.accounts,
			sessions: this.sessions,
			tokens: this.tokens,
			settings: this.settings,
			keys,
			turns,
			lacksModel: (accountId, model) => this.lacking.has(`${accountId} ${model}`),
			names: { resolve: () => undefined, fitEffort: (_model, effort) => Promise.resolve(effort) },
			prices: priceTable({}),
			upstream: this.upstream,
			store: this.store,
			clock: this.clock,
			log: this.log,
			random: () => 0,
			userAgent: 'codex-account-pool/0.0.0',
			modelsEtag: () => undefined,
			quota: new ToldQuota(this.accounts, this.settings, keys, this.clock),
			settled: () => this.settled++,
		};
	}

	/** A pool of signed-in accounts with these ids. Without other evidence the first is chosen. */
	static async of(...ids: string[]): Promise<CorePool> {
		const pool = new CorePool(
			ids.map((id, at) => accountRow({ id, chatgptAccountId: `workspace-${id}`, addedAt: at })),
		);
		for (const id of ids) await pool.keep(id, { generation: 1, accessToken: pool.jwt(), refreshToken: `rt-${id}-1` });
		return pool;
	}

	/** Puts tokens into the vault behind the keeper's back. */
	keep(id: string, entry: { generation: number; accessToken: string; refreshToken: string }): Promise<void> {
		return this.vault.write(`account/${id}`, JSON.stringify({ idToken: null, ...entry }));
	}

	/** What the vault has of an account. */
	async inVault(id = 'a'): Promise<Readonly<Record<string, unknown>>> {
		return JSON.parse((await this.vault.read(`account/${id}`)) ?? 'null') as Record<string, unknown>;
	}

	/** For `issuer.onRefresh`: a new pair for account `a`, numbered by how often one was asked for. */
	readonly rotate = (): RefreshOutcome => ({
		kind: 'rotated',
		tokens: { accessToken: this.jwt(), refreshToken: `rt-a-${this.issuer.shown.length + 1}` },
	});

	/** An access token, different each time. */
	jwt(lifetimeMs = 3_600_000): string {
		this.#made++;
		return makeJwt({ exp: (this.clock.now() + lifetimeMs) / 1000, jti: this.#made });
	}

	request(change: Partial<ReceivedRequest> & { headers?: HeaderMap } = {}): ReceivedRequest {
		return {
			id: 'req_1',
			route: '/backend-api/codex/responses',
			keyId: 'key_1',
			headers: { originator: 'codex_exec', 'user-agent': 'codex_exec/0.169.0', 'thread-id': 'thread-1' },
			body: Buffer.from('{"model":"gpt-5.5","stream":true,"store":false,"input":[]}'),
			encoding: null,
			decoded: false,
			receivedAt: this.clock.now(),
			...change,
		};
	}

	/** Starts a request; `done` resolves when it is settled. */
	start(change: Partial<ReceivedRequest> = {}): { readonly reply: RecordingReply; readonly done: Promise<void> } {
		const reply = new RecordingReply();
		return { reply, done: forwardRequest(this.context, this.request(change), reply) };
	}

	/** Carries a request to its end. */
	async forward(change: Partial<ReceivedRequest> = {}): Promise<RecordingReply> {
		const { reply, done } = this.start(change);
		await done;
		return reply;
	}

	/** A request of the account comes and goes. */
	use(id: string): void {
		this.accounts.begin(id);
		this.accounts.end(id);
	}

	/** Another window, or this one after a restart: the same database and vault, and nothing in memory. */
	anotherWindow(): { readonly accounts: AccountBook; readonly tokens: TokenKeeper } {
		const accounts = new AccountBook(this.store, this.clock, () => undefined);
		return { accounts, tokens: new TokenKeeper(accounts, this.vault, this.issuer, this.clock, this.log) };
	}

	/** The only request so far: settled once, and with every place given back. */
	get record(): RequestRecord {
		assert.equal(this.store.requests.length, 1, 'settled exactly once');
		assert.equal(this.settled, 1);
		assert.equal(this.accounts.inFlight, 0, 'every slot released');
		const [only] = this.store.requests;
		assert.ok(only);
		return only;
	}

	/** Its attempts: account, verdict and status of each. */
	get attempts(): [string, string, number | null][] {
		return this.record.attempts.map(({ accountId, verdict, status }) => [accountId, verdict, status]);
	}

	/** The accounts that were asked, in order. */
	get asked(): string[] {
		return this.upstream.calls.map(call => call.accountId);
	}
}
