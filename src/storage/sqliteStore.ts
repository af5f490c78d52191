import type Database from 'better-sqlite3';
import type { Clock, Log } from '../core/ports.js';
import type { AccountRow, Cooldown, HistorySample, KeyRow, SessionRow, Store } from '../core/storePort.js';
import type { WindowHistory } from '../shared/forecastApi.js';
import type { ExplainedRequest, RequestList, RequestListQuery, RequestRecord } from '../shared/requestApi.js';
import { defaultRetention, type Retention } from '../shared/retention.js';
import type { UsageQuery, UsageReport, UsageTotals } from '../shared/usageApi.js';
import type { AccountQuota, UsageWindow } from '../shared/accountApi.js';
import type { PoolNotice } from '../shared/poolApi.js';
import { PoolError } from '../shared/poolError.js';
import { AccountTable } from './accountTable.js';
import { cooldownTexts, quotaTexts, windowTexts, type AccountTexts } from './accountTexts.js';
import { Housekeeping } from './housekeeping.js';
import { KeyTable } from './keyTable.js';
import { openDatabase, patientMs, type Damage, type OpenedDatabase } from './openDatabase.js';
import { RequestRetention } from './requestRetention.js';
import { RequestTable } from './requestTable.js';
import { SessionTable } from './sessionTable.js';
import { SettingTable } from './settingTable.js';
import { sqliteCode } from './sqliteCode.js';
import { UsageTable } from './usageTable.js';
import { WindowHistoryTable } from './windowHistoryTable.js';
import { WriteQueue } from './writeQueue.js';

const pruneSessionsEveryMs = 6 * 3_600_000;

export interface StoreOptions {
	readonly clock: Pick<Clock, 'now'>;
	readonly log: Log;
	readonly retention?: Retention | undefined;
}

/** Opens the pool's database, or rejects with `storage_failed` and a sentence that says what to do. */
export async function openStore(file: string, options: StoreOptions): Promise<SqliteStore> {
	return new SqliteStore(await openDatabase(file, options.clock, options.log), options);
}

/** The pool's memory. Saving is queued and never waits for the disk; loading and removing go to the disk at once. */
export class SqliteStore implements Store {
	readonly notices: readonly PoolNotice[];
	readonly #database: Database.Database;
	readonly #clock: Pick<Clock, 'now'>;
	readonly #log: Log;
	readonly #queue: WriteQueue;
	// The tables hold every statement for as long as the store lives: statements that are collected while the
	// process ends have crashed it before.
	readonly #accounts: AccountTable;
	readonly #windows: AccountTexts<UsageWindow[]>;
	readonly #quotas: AccountTexts<AccountQuota>;
	readonly #cooldowns: AccountTexts<Cooldown[]>;
	readonly #keys: KeyTable;
	readonly #sessions: SessionTable;
	readonly #settings: SettingTable;
	readonly #requests: RequestTable;
	readonly #usage: UsageTable;
	readonly #windowHistory: WindowHistoryTable;
	readonly #retention: RequestRetention;
	readonly #housekeeping: Housekeeping;
	#sessionsPrunedAt = -Infinity;
	#closed = false;

	constructor({ database, damage }: OpenedDatabase, { clock, log, retention = defaultRetention }: StoreOptions) {
		this.notices = damage ? [databaseSetAside(damage, clock.now())] : [];
		this.#database = database;
		this.#clock = clock;
		this.#log = log;
		this.#accounts = new AccountTable(database);
		this.#windows = windowTexts(database);
		this.#quotas = quotaTexts(database);
		this.#cooldowns = cooldownTexts(database);
		this.#keys = new KeyTable(database);
		this.#sessions = new SessionTable(database);
		this.#settings = new SettingTable(database);
		this.#requests = new RequestTable(database);
		this.#usage = new UsageTable(database);
		this.#windowHistory = new WindowHistoryTable(database);
		this.#retention = new RequestRetention(database, retention);
		this.#housekeeping = new Housekeeping({
			step: () => this.#tidy(),
			finish: () => database.exec('PRAGMA wal_checkpoint(PASSIVE)'),
			clock,
			log,
		});
		const transaction = database.transaction((work: () => void) => this.#usage.sumUp(work));
		this.#queue = new WriteQueue({
			transact: work => transaction.immediate(work),
			onWritten: () => this.#housekeeping.putOff(),
			log,
		});
		this.#housekeeping.start();
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
		this.#queue.forgetState(`quota ${accountId}`);
		this.#queue.forgetState(`cooldowns ${accountId}`);
		this.#now(() => this.#accounts.remove(accountId));
	}

	forgetUsage(accountId: string): void {
		const forget = this.#database.transaction(() => {
			this.#retention.forget(accountId);
			this.#usage.forget(accountId);
		});
		this.#now(() => forget.immediate());
		this.#housekeeping.putOff();
	}

	loadWindows(): Map<string, UsageWindow[]> {
		return this.#now(() => this.#windows.load());
	}

	saveWindows(accountId: string, windows: readonly UsageWindow[]): void {
		this.#queue.setState(`windows ${accountId}`, () => this.#windows.save(accountId, windows));
	}

	loadWindowSamples(since: number): HistorySample[] {
		return this.#now(() => this.#windowHistory.load(since));
	}

	appendWindowSample(sample: HistorySample): void {
		this.#queue.addRow(() => this.#windowHistory.append(sample));
	}

	windowHistory(accountId: string, since: number): WindowHistory {
		return this.#now(() => this.#windowHistory.read(accountId, since));
	}

	loadQuotas(): Map<string, AccountQuota> {
		return this.#now(() => this.#quotas.load());
	}

	saveQuota(accountId: string, quota: AccountQuota): void {
		this.#queue.setState(`quota ${accountId}`, () => this.#quotas.save(accountId, quota));
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

	replaceKey(key: KeyRow): void {
		this.#queue.forgetState(`key ${key.id}`);
		this.#now(() => this.#keys.save(key));
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
		return this.listRequests({ limit }).requests;
	}

	listRequests(query: RequestListQuery): RequestList {
		return this.#now(() => this.#requests.list(query));
	}

	findRequest(idPrefix: string): ExplainedRequest | undefined {
		return this.#now(() => this.#requests.find(idPrefix));
	}

	/** Counts whole hours: from the start of the hour that holds `since`. */
	totals(since: number): UsageTotals {
		return this.#now(() => this.#usage.totals(since));
	}

	/** Counts whole hours, like `totals`. The group of requests without an account, model or client is the empty text. */
	usage(query: UsageQuery): UsageReport {
		return this.#now(() => this.#usage.report(query));
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#housekeeping.stop();
		try {
			this.#database.exec(`PRAGMA busy_timeout = ${patientMs}`);
			this.#queue.close();
			this.#housekeeping.stop();
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

	/** One step of the work for quiet moments; false when nothing is left to do. */
	#tidy(): boolean {
		const now = this.#clock.now();
		if (now - this.#sessionsPrunedAt >= pruneSessionsEveryMs) {
			this.#sessionsPrunedAt = now;
			this.#sessions.prune(now);
			this.#windowHistory.prune(now);
		}
		return this.#retention.step(now);
	}
}

function databaseSetAside({ keptAs, lost }: Damage, at: number): PoolNotice {
	return {
		code: 'database_set_aside',
		message: `The pool's database was damaged and is kept as ${keptAs}. ${consequenceOf(lost)}`,
		at,
	};
}

function consequenceOf(lost: readonly string[]): string {
	if (lost.includes('accounts')) return 'Its accounts could not be read: add your accounts again.';
	return lost.length === 0
		? 'Everything in it could be taken over.'
		: 'Its accounts were taken over, a part of the history is lost.';
}
