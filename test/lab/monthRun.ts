import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readIdentity } from '../../src/core/accounts/identity.js';
import type { HeaderMap, Log } from '../../src/core/ports.js';
import { openStore, type SqliteStore } from '../../src/storage/sqliteStore.js';
import { MemoryVault } from '../support/memoryVault.js';
import type { SimulatedAccount } from '../support/upstream/accounts.js';
import { differences } from './differences.js';
import { LabClock } from './labClock.js';
import { LabPool } from './labPool.js';
import { MachineClock } from './machineClock.js';
import { MonthBooks } from './monthBooks.js';
import { judgeCommandLine } from './monthCommandLine.js';
import { MonthFaces } from './monthFaces.js';
import { ForecastErrors, judgeFigures, judgeHistory } from './monthFigures.js';
import { befallMonth } from './monthIncidents.js';
import { happeningsOf } from './monthHappenings.js';
import type { MonthTurn } from './monthLoad.js';
import { monthAccounts, monthStartsAt } from './monthPlan.js';
import { judgeQuota, judgeQuotaHeaders } from './monthQuota.js';
import { talkOverSocket } from './monthSocket.js';
import { MonthReply, talkOverHttp } from './monthTurn.js';
import { MonthTruth } from './monthTruth.js';
import { MonthUpstream } from './monthUpstream.js';
import { judgeEachRequest, judgeUsage } from './monthUsage.js';
import { randomFrom } from './randomFrom.js';

export interface MonthAccount {
	/** The pool's. */
	readonly id: string;
	readonly simulated: SimulatedAccount;
	/** Whether the user has it in the pool. */
	isIn: boolean;
	/** When something last happened that its figures need time to follow, by the provider's clock. */
	disturbedAt: number;
}

export interface MonthOptions {
	readonly days: number;
	readonly seed: number;
	/** Breaks the pool, to see whether the month notices. Called again after each restart. */
	readonly sabotage?: ((run: MonthRun) => void) | undefined;
}

const hourMs = 3_600_000;
const retention = { days: 10, rows: 5_000 };
const mostFindings = 50;
const mostLetters = 500;

/** A month of a pool: made-up time, real parts, the store on disk, the figures as faces read them. */
export class MonthRun {
	readonly clock = new LabClock(monthStartsAt());
	readonly machine = new MachineClock(this.clock);
	readonly truth = new MonthTruth(this.machine);
	readonly books = new MonthBooks();
	readonly upstream = new MonthUpstream({
		clock: this.clock,
		machine: this.machine,
		truth: this.truth,
		books: this.books,
		used: () => this.used(),
	});
	readonly accounts: MonthAccount[] = [];
	readonly forecasts = new ForecastErrors();
	readonly findings: string[] = [];
	/** How many figures were held against the truth. */
	checks = 0;
	/** The greatest age of a figure of an account that nothing had befallen. */
	oldestMs = 0;
	/** When something last happened to all accounts, by the provider's clock. */
	disturbedAt = this.clock.now();
	/** Since when no quarter of an hour has passed without a request, and when the last one began. */
	inUseSince = -Infinity;
	usedAt = -Infinity;
	/** States of accounts and kinds of figures that were judged. */
	readonly seen = new Set<string>();
	/** How many requests were still kept one by one when the month was over. */
	kept = 0;
	readonly random: () => number;
	/** Requests for which some account had no token. */
	readonly tokenless = new Set<string>();
	readonly #vault = new MemoryVault();
	readonly #running = new Set<Promise<void>>();
	#folder = '';
	#openings = 0;
	#parts: { readonly store: SqliteStore; readonly pool: LabPool; readonly faces: MonthFaces } | undefined;

	private constructor(readonly options: MonthOptions) {
		this.random = randomFrom(options.seed);
	}

	static async play(options: MonthOptions): Promise<MonthRun> {
		const run = new MonthRun(options);
		const root = await mkdtemp(join(tmpdir(), 'pool-month-'));
		try {
			run.#folder = join(root, 'data');
			await mkdir(run.#folder);
			await run.#play();
		} finally {
			run.#close();
			await rm(root, { recursive: true, force: true });
		}
		return run;
	}

	get pool(): LabPool {
		return this.#opened.pool;
	}

	get store(): SqliteStore {
		return this.#opened.store;
	}

	get faces(): MonthFaces {
		return this.#opened.faces;
	}

	find(what: string): void {
		const { length } = this.findings;
		if (length < mostFindings) this.findings.push(`${new Date(this.clock.now()).toLocaleString('sv-SE')} ${what}`);
	}

	/** One figure, or several of them, against the truth. */
	same(what: string, shown: unknown, truth: unknown): void {
		this.checks++;
		if (isDeepStrictEqual(shown, truth)) return;
		this.find(`${what}: ${differences(shown, truth).join(', ').slice(0, mostLetters)}`);
	}

	accountAt(index: number): MonthAccount {
		return this.accounts[index]!;
	}

	/** Something happens until then that figures need time to follow: all of them, or those of one account. */
	disturb(account?: MonthAccount, forMs = 0): void {
		(account ?? this).disturbedAt = this.clock.now() + forMs;
	}

	/** An account was given something to do: only then is the pool in use. */
	used(): void {
		const now = this.clock.now();
		if (now - this.usedAt >= 15 * 60_000) this.inUseSince = now;
		this.usedAt = now;
	}

	/** Nothing is under way, and everything is in the books. */
	async quiet(): Promise<void> {
		if (!(await this.clock.runUntilOver(Promise.all(this.#running), hourMs))) this.find('a request never ends');
		this.books.enter(this.upstream.requests);
		for (const { code, message } of this.upstream.violations) this.find(`${code}: ${message}`);
		this.upstream.clearRecord();
	}

	async reopen(): Promise<void> {
		await this.quiet();
		this.#close();
		await this.#open();
		this.disturb();
	}

	/** The process is killed: what is on the disk is all there is, and nobody closes anything. */
	async crash(): Promise<void> {
		await this.quiet();
		this.store.recentRequests(1);
		const after = `${this.#folder}-after-crash`;
		await mkdir(after);
		for (const part of ['', '-wal', '-shm']) {
			await copyFile(join(this.#folder, `pool.sqlite${part}`), join(after, `pool.sqlite${part}`));
		}
		this.#close();
		this.#folder = after;
		await this.#open();
		this.disturb();
	}

	get #opened() {
		if (!this.#parts) throw new Error('The month has not begun');
		return this.#parts;
	}

	async #open(): Promise<void> {
		const log = this.#log();
		const store = await openStore(join(this.#folder, 'pool.sqlite'), { clock: this.machine, log, retention });
		const pool = new LabPool({
			clock: this.machine,
			store,
			vault: this.#vault,
			upstream: this.upstream,
			log,
			random: this.random,
			refreshed: () => undefined,
			polled: () => undefined,
			settled: () => undefined,
		});
		this.#parts = { store, pool, faces: await MonthFaces.open(pool, `${this.#folder}-home-${this.#openings++}`) };
		pool.usage.start();
		this.options.sabotage?.(this);
	}

	#close(): void {
		this.#parts?.pool.usage.stop();
		this.#parts?.faces.close();
		this.#parts?.store.close();
		this.#parts = undefined;
	}

	async #play(): Promise<void> {
		await this.#open();
		for (const [index, options] of monthAccounts.entries()) {
			const simulated = this.upstream.addAccount({
				...options,
				email: `account${index}@example.com`,
				userId: `user-${index}`,
				chatgptAccountId: `00000000-0000-4000-8000-00000000000${index}`,
			});
			const { accountId } = readIdentity({ accessToken: simulated.accessToken, idToken: null });
			this.accounts.push({ id: accountId, simulated, isIn: true, disturbedAt: this.clock.now() });
			this.truth.follow(accountId, simulated);
			await this.pool.control.accounts.import([JSON.stringify(simulated.authFile())]);
		}
		const from = this.clock.now();
		for (const happening of happeningsOf(from, from + this.options.days * 24 * hourMs, this.random)) {
			const waitMs = happening.at - this.clock.now();
			if (waitMs > 0) await this.clock.runUntilOver(this.clock.pass(waitMs), Infinity);
			switch (happening.kind) {
				case 'turn':
					this.#start(happening.turn);
					break;
				case 'incident':
					await befallMonth(this, happening.incident);
					break;
				case 'check':
					await this.#check();
					break;
				default:
					happening satisfies never;
			}
		}
		await this.#check();
		await judgeHistory(this);
		this.kept = await judgeEachRequest(this);
		if (this.options.sabotage === undefined) await judgeCommandLine(this);
	}

	#start(turn: MonthTurn): void {
		const running: Promise<void> = this.#turn(turn).finally(() => this.#running.delete(running));
		this.#running.add(running);
	}

	async #turn(turn: MonthTurn): Promise<void> {
		const request = this.books.open(turn, this.machine.now());
		const { context } = this.pool;
		// A whole answer has had its head for as long as it took.
		const isWhole = turn.client === 'sdk_whole';
		const told = isWhole ? () => undefined : (headers: HeaderMap) => judgeQuotaHeaders(this, headers);
		const outcome =
			turn.client === 'codex_socket'
				? talkOverSocket(context, this.clock, request)
				: talkOverHttp(context, new MonthReply(this.clock, told), request);
		this.books.close(request, await outcome, this.machine.now());
	}

	async #check(): Promise<void> {
		await this.quiet();
		for (const { id } of this.accounts) this.truth.note(id);
		const state = await this.faces.client.state();
		judgeFigures(this, state);
		judgeQuota(this, state);
		await judgeUsage(this, state);
		this.forecasts.note(state, this.machine.now());
	}

	#log(): Log {
		const hear = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
			if (event === 'request failed' || event === 'unwritable row dropped')
				this.find(`${event}: ${JSON.stringify(fields)}`);
			if (event === 'no access token') this.tokenless.add(String(fields['requestId']));
		};
		return { info: () => undefined, warn: hear, error: hear };
	}
}
