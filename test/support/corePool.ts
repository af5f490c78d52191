import { AccountBook } from '../../src/core/accountBook.js';
import { forwardRequest, type ForwardContext } from '../../src/core/forwardRequest.js';
import { PoolSettings } from '../../src/core/poolSettings.js';
import type { AccountRow, HeaderMap } from '../../src/core/ports.js';
import type { ReceivedRequest } from '../../src/core/readRequest.js';
import { SessionTable } from '../../src/core/sessionTable.js';
import { TokenKeeper } from '../../src/core/tokenKeeper.js';
import { TurnQueue } from '../../src/core/turnQueue.js';
import { FakeClock } from './fakeClock.js';
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
	readonly context: ForwardContext;
	settled = 0;
	#made = 0;

	private constructor(rows: readonly AccountRow[]) {
		for (const row of rows) this.store.saveAccount(row);
		const turns = new TurnQueue(this.clock);
		this.accounts = new AccountBook(this.store, this.clock, () => turns.serve());
		this.settings = new PoolSettings(this.store);
		this.sessions = new SessionTable(this.store, this.clock);
		this.tokens = new TokenKeeper(this.accounts, this.vault, this.issuer, this.clock, this.log);
		this.context = {
			accounts: this.accounts,
			sessions: this.sessions,
			tokens: this.tokens,
			settings: this.settings,
			turns,
			lacksModel: (accountId, model) => this.lacking.has(`${accountId} ${model}`),
			names: { resolve: () => undefined, fitEffort: (_model, effort) => Promise.resolve(effort) },
			upstream: this.upstream,
			store: this.store,
			clock: this.clock,
			log: this.log,
			random: () => 0,
			userAgent: 'codex-account-pool/0.0.0',
			modelsEtag: () => undefined,
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

	/** The accounts that were asked, in order. */
	get asked(): string[] {
		return this.upstream.calls.map(call => call.accountId);
	}
}

export function accountRow(fields: Partial<AccountRow> = {}): AccountRow {
	return {
		id: 'a',
		userId: 'user-1',
		chatgptAccountId: 'workspace-1',
		email: 'someone@example.com',
		name: null,
		plan: 'plus',
		state: 'active',
		stateReason: null,
		stateSince: 0,
		limitedUntil: null,
		selected: true,
		position: 0,
		priority: 5,
		reservePercent: 0,
		addedAt: 0,
		lastUsedAt: null,
		generation: 1,
		refreshedAt: 0,
		...fields,
	};
}
