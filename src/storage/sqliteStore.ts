import type Database from 'better-sqlite3';
import type { AccountRow, Clock, Cooldown, KeyRow, Log, SessionRow, Store } from '../core/ports.js';
import type { ExplainedRequest, RequestRecord } from '../shared/requestApi.js';
import type { UsageGrouping, UsageReport, UsageTotals } from '../shared/usageApi.js';
import type { UsageWindow } from '../shared/accountApi.js';
import { PoolError } from '../shared/poolError.js';
import { AccountTable } from './accountTable.js';
import { CooldownTable } from './cooldownTable.js';
import { KeyTable } from './keyTable.js';
import { openDatabase, patientMs } from './openDatabase.js';
import { RequestTable } from './requestTable.js';
import { SessionTable } from './sessionTable.js';
import { SettingTable } from './settingTable.js';
import { sqliteCode } from './sqliteCode.js';
import { UsageTable } from './usageTable.js';
import { WriteQueue } from './writeQueue.js';

const idleAfterMs = 5000;
const pruneEveryMs = 6 * 3_600_000;

/** Opens the pool's database, or rejects with `storage_failed` and a sentence that says what to do. */
export async function openStore(file: string, clock: Pick<Clock, 'now'>, log: Log): Promise<SqliteStore> {
	return new SqliteStore(await openDatabase(file, clock, log), clock, log);
}

/** The pool's memory. Saving is queued and never waits for the disk; loading and removing go to the disk at once. */
export class SqliteStore implements Store {
	readonly #database: Database.Database;
	readonly #clock: Pick<Clock, 'now'>;
	readonly #log: Log;
	readonly #queue: WriteQueue;
	// The tables hold every statement for as long as the store lives: statements that are collected while the
	// process ends have crashed it before.
	readonly #accounts: AccountTable;
	readonly #cooldowns: CooldownTable;
	readonly #keys: KeyTable;
	readonly #sessions: SessionTable;
	readonly #settings: SettingTable;
	readonly #requests: RequestTable;
	readonly #usage: UsageTable;
	#prunedAt = -Infinity;
	#idleTimer: NodeJS.Timeout | undefined;
	#closed = false;

	constructor(database: Database.Database, clock: Pick<Clock, 'now'>, log: Log) {
		this.#database = database;
		this.#clock = clock;
		this.#log = log;
		this.#accounts = new AccountTable(database);
		this.#cooldowns = new CooldownTable(database);
		this.#keys = new KeyTable(database);
		this.#sessions = new SessionTable(database);
		this.#settings = new SettingTable(database);
		this.#requests = new RequestTable(database);
		this.#usage = new UsageTable(database);
		const transaction = database.transaction((work: () => void) => this.#usage.sumUp(work));
		this.#queue = new WriteQueue({
			transact: work => transaction.immediate(work),
			onWritten: () => this.#awaitIdle(),
			log,
		});
		this.#tidy();
	}

	loadAccounts(): AccountRow[] {
		return this.#now(() => this.#accounts.load());
	}

	saveAccount(account: AccountRow): void {
		this.#queue.setState(`account ${account.id}`, () => this.#accounts.save(account));
	}

	removeAccount(accountId: string): void {
		this.#queue.forgetState(`account ${accountId}`);
		this.#queue.forgetState(`windows ${accountId}`);
		this.#queue.forgetState(`cooldowns ${accountId}`);
		this.#now(() => this.#accounts.remove(accountId));
	}

	forgetUsage(accountId: string): void {
		this.#now(() => {
			this.#requests.forget(accountId);
			this.#usage.forget(accountId);
		});
	}

	loadWindows(): Map<string, UsageWindow[]> {
		return this.#now(() => this.#accounts.loadWindows());
	}

	saveWindows(accountId: string, windows: readonly UsageWindow[]): void {
		this.#queue.setState(`windows ${accountId}`, () => this.#accounts.saveWindows(accountId, windows));
	}

	loadCooldowns(): Map<string, Cooldown[]> {
		return this.#now(() => this.#cooldowns.load());
	}

	saveCooldowns(accountId: string, cooldowns: readonly Cooldown[]): void {
		this.#queue.setState(`cooldowns ${accountId}`, () => this.#cooldowns.save(accountId, cooldowns));
	}

	loadKeys(): KeyRow[] {
		return this.#now(() => this.#keys.load());
	}

	saveKey(key: KeyRow): void {
		this.#queue.setState(`key ${key.id}`, () => this.#keys.save(key));
	}

	removeKey(keyId: string): void {
		this.#queue.forgetState(`key ${keyId}`);
		this.#now(() => this.#keys.remove(keyId));
	}

	loadSessions(limit: number): SessionRow[] {
		return this.#now(() => this.#sessions.load(limit));
	}

	saveSession(session: SessionRow): void {
		this.#queue.addRow(() => this.#sessions.save(session), session.id);
	}

	removeSession(sessionId: string): void {
		this.#queue.forgetRow(sessionId);
		this.#now(() => this.#sessions.remove(sessionId));
	}

	loadSetting(name: string): string | undefined {
		return this.#now(() => this.#settings.load(name));
	}

	saveSetting(name: string, value: string): void {
		this.#queue.setState(`setting ${name}`, () => this.#settings.save(name, value));
	}

	appendRequest(request: ExplainedRequest): void {
		this.#queue.addRow(() => {
			this.#requests.insert(request);
			this.#usage.add(request);
		});
	}

	recentRequests(limit: number): RequestRecord[] {
		return this.#now(() => this.#requests.recent(limit));
	}

	findRequest(idPrefix: string): ExplainedRequest | undefined {
		return this.#now(() => this.#requests.find(idPrefix));
	}

	/** Counts whole hours: from the start of the hour that holds `since`. */
	totals(since: number): UsageTotals {
		return this.#now(() => this.#usage.totals(since));
	}

	/** Counts whole hours, like `totals`. The group of requests without an account, model or client is the empty text. */
	usage(since: number, by: UsageGrouping): UsageReport {
		return this.#now(() => this.#usage.report(since, by));
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		clearTimeout(this.#idleTimer);
		try {
			this.#database.exec(`PRAGMA busy_timeout = ${patientMs}`);
			this.#queue.close();
			clearTimeout(this.#idleTimer);
			this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
		} catch (thrown) {
			this.#log.warn('last checkpoint failed', { code: sqliteCode(thrown) });
		} finally {
			this.#database.close();
		}
	}

	/** What is queued comes first, so that every read sees every write before it. */
	#now<T>(work: () => T): T {
		this.#queue.catchUp();
		try {
			return work();
		} catch (thrown) {
			throw new PoolError('storage_failed', 'The database of the pool did not answer; the log has the details.', {
				cause: thrown,
			});
		}
	}

	#awaitIdle(): void {
		clearTimeout(this.#idleTimer);
		this.#idleTimer = setTimeout(() => this.#tidy(), idleAfterMs).unref();
	}

	/** Work for a quiet moment: old rows go, and the log is written back so that no busy moment has to do it. */
	#tidy(): void {
		const now = this.#clock.now();
		try {
			if (now - this.#prunedAt >= pruneEveryMs) {
				this.#prunedAt = now;
				this.#sessions.prune(now);
				this.#requests.prune(now);
			}
			this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
		} catch (thrown) {
			this.#log.warn('database not tidied', { code: sqliteCode(thrown) });
		}
	}
}
