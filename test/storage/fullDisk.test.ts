import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mock } from 'node:test';
import type Database from 'better-sqlite3';
import { openDatabase } from '../../src/storage/openDatabase.js';
import { SqliteStore } from '../../src/storage/sqliteStore.js';
import { RecordingLog } from '../support/recordingLog.js';
import { accountRow, eachTestGetsAFolder, explainedRequest, stillClock } from './storageFixtures.js';

describe('a full disk', () => {
	const folder = eachTestGetsAFolder();
	let log: RecordingLog;
	let database: Database.Database;
	let store: SqliteStore;

	/** No page more than there are: SQLite answers as it does when the disk has none. */
	const fill = (): void => {
		const pages = Number(database.pragma('page_count', { simple: true }));
		database.pragma(`max_page_count = ${pages}`);
	};
	const makeRoom = (): void => {
		database.pragma('max_page_count = 1000000');
	};
	const append = (count: number): void => {
		for (let at = 0; at < count; at++) store.appendRequest(explainedRequest());
	};

	beforeEach(async () => {
		mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
		log = new RecordingLog();
		const opened = await openDatabase(join(folder(), 'pool.sqlite'), stillClock, log);
		database = opened.database;
		store = new SqliteStore(opened, { clock: stillClock, log });
	});
	afterEach(() => {
		mock.timers.reset();
		store.close();
	});

	it('loses nothing: requests wait until there is room, and then count once', () => {
		append(50);
		const before = store.totals(0).requests;
		fill();

		append(500);
		mock.timers.tick(100);
		mock.timers.tick(1000);
		const meanwhile = store.totals(0).requests;
		makeRoom();
		mock.timers.tick(2000);

		assert.deepEqual([before, meanwhile, store.totals(0).requests], [50, 50, 550]);
		assert.equal(store.usage({ since: 0, by: 'account' }).rows[0]?.requests, 550);
		assert.equal(store.recentRequests(1000).length, 550);
		assert.deepEqual(
			log.entries.map(({ event }) => event),
			['database not writable', 'database writable again'],
		);
		assert.equal(log.entries[0]?.fields['code'], 'SQLITE_FULL');
	});

	it('does not stop what is asked of accounts', () => {
		store.saveAccount(accountRow());
		store.loadAccounts();
		fill();

		append(500);
		mock.timers.tick(100);

		assert.equal(store.loadAccounts().length, 1);
	});

	it('keeps the newest ten thousand requests in memory, and says that others were dropped', () => {
		fill();

		append(10_200);
		mock.timers.tick(100);
		makeRoom();
		mock.timers.tick(30_000);

		assert.equal(store.totals(0).requests, 10_000);
		assert.equal(log.count('oldest rows dropped'), 1);
	});

	it('says at the end how many requests were lost', () => {
		fill();
		append(500);

		store.close();

		const [lost] = log.entries.filter(({ level }) => level === 'error');
		assert.deepEqual([lost?.event, lost?.fields], ['rows lost at close', { rows: 500 }]);
	});
});
