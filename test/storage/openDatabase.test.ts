import assert from 'node:assert/strict';
import {
	chmodSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmdirSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { PoolError } from '../../src/shared/poolError.js';
import { migrations } from '../../src/storage/migrations.js';
import { loadSqlite } from '../../src/storage/openDatabase.js';
import { salvage } from '../../src/storage/salvage.js';
import { openStore } from '../../src/storage/sqliteStore.js';
import { asOrdinaryUser } from '../support/asOrdinaryUser.js';
import { RecordingLog } from '../support/recordingLog.js';
import { accountRow, eachTestGetsAFolder, explainedRequest, stillClock } from './storageFixtures.js';

const storageFailed = (thrown: unknown): boolean => thrown instanceof PoolError && thrown.code === 'storage_failed';

describe('opening the database', () => {
	const folder = eachTestGetsAFolder();
	const file = (): string => join(folder(), 'data', 'pool.sqlite');
	const open = (log = new RecordingLog()): ReturnType<typeof openStore> =>
		openStore(file(), { clock: stillClock, log });

	/** A database with one account and enough requests to fill pages; gives its file back closed. */
	const fillDatabase = async (): Promise<void> => {
		const store = await open();
		store.saveAccount(accountRow());
		store.saveWindows('account-1', []);
		for (let i = 0; i < 2000; i++) store.appendRequest(explainedRequest());
		store.close();
	};

	it('makes a private folder and a private file', async () => {
		(await open()).close();

		if (process.platform === 'win32') return;
		assert.equal(statSync(join(folder(), 'data')).mode & 0o777, 0o700);
		assert.equal(statSync(file()).mode & 0o777, 0o600);
	});

	it('refuses a database of a newer version, says to update, and leaves it as it is', async () => {
		mkdirSync(join(folder(), 'data'));
		const newer = new Database(file());
		newer.exec(`CREATE TABLE fromTheFuture (id); PRAGMA user_version = ${migrations.length + 1}`);
		newer.close();

		await assert.rejects(open(), (thrown: unknown) => storageFailed(thrown) && /Update/.test(String(thrown)));

		const kept = new Database(file(), { readonly: true });
		const tables = kept.prepare('SELECT name FROM sqlite_schema').pluck().all();
		kept.close();
		assert.deepEqual(tables, ['fromTheFuture']);
	});

	it('refuses a Node that would crash, before anything is loaded', async () => {
		await assert.rejects(loadSqlite('9'), storageFailed);
		await assert.rejects(loadSqlite('none'), storageFailed);
	});

	for (const [name, spoil] of Object.entries({
		'text in place of a database': () =>
			writeFileSync(file(), 'this is not a database, however long it is'.repeat(500)),
		'a database with a broken header': () => {
			const bytes = readFileSync(file());
			bytes.fill(0, 0, 64);
			writeFileSync(file(), bytes);
		},
		'a database that was cut short': () => truncateSync(file(), 20_480),
		'pages that were overwritten': () => {
			const bytes = readFileSync(file());
			bytes.fill(0xa5, 4096, bytes.length - 4096);
			writeFileSync(file(), bytes);
		},
	})) {
		it(`sets ${name} aside and goes on`, async () => {
			await fillDatabase();
			spoil();
			const spoiled = readFileSync(file());
			const log = new RecordingLog();

			const store = await open(log);
			store.saveAccount(accountRow());
			const accounts = store.loadAccounts();
			const [notice] = store.notices;
			store.close();

			assert.equal(accounts.length, 1);
			assert.equal(notice?.code, 'database_set_aside');
			assert.match(notice.message, /pool\.sqlite\.corrupt-2026-03-10T12-00-00\.000Z\. /);
			assert.equal(log.count('corrupt database set aside'), 1);
			const aside = readdirSync(join(folder(), 'data')).filter(entry => entry.includes('.corrupt-'));
			assert.deepEqual(aside, ['pool.sqlite.corrupt-2026-03-10T12-00-00.000Z']);
			assert.ok(readFileSync(join(folder(), 'data', aside[0] ?? '')).equals(spoiled));
		});
	}

	/** Makes the first page of a table unreadable, and with it the table. */
	const spoilTable = (table: string): void => {
		const database = new Database(file());
		const page = Number(database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table));
		database.close();
		const bytes = readFileSync(file());
		bytes.fill(0xa5, (page - 1) * 4096, page * 4096);
		writeFileSync(file(), bytes);
	};
	const remains = async () => {
		const store = await open();
		const [notice] = store.notices;
		const found = {
			accounts: store.loadAccounts().length,
			windows: store.loadWindows().size,
			requests: store.recentRequests(5000).length,
			total: store.totals(0).requests,
			byModel: store.usage({ since: 0, by: 'model' }).rows[0]?.requests ?? 0,
		};
		store.close();
		return { found, message: notice?.message ?? '' };
	};

	it('takes over everything else when the requests cannot be read', async () => {
		await fillDatabase();
		spoilTable('requests');

		const { found, message } = await remains();

		assert.deepEqual(found, { accounts: 1, windows: 1, requests: 0, total: 2000, byModel: 2000 });
		assert.match(message, /accounts were taken over, a part of the history is lost/);
	});

	it('takes over all sums of usage or none', async () => {
		await fillDatabase();
		spoilTable('dailyUsage');

		const { found } = await remains();

		assert.deepEqual(found, { accounts: 1, windows: 1, requests: 2000, total: 0, byModel: 0 });
	});

	it('asks for the accounts when they cannot be read', async () => {
		await fillDatabase();
		spoilTable('accounts');

		const { found, message } = await remains();

		assert.deepEqual(found, { accounts: 0, windows: 0, requests: 2000, total: 2000, byModel: 2000 });
		assert.match(message, /add your accounts again/);
	});

	it('takes over everything when only an index is broken', async () => {
		await fillDatabase();
		spoilTable('requestsById');

		const { found, message } = await remains();

		assert.deepEqual(found, { accounts: 1, windows: 1, requests: 2000, total: 2000, byModel: 2000 });
		assert.match(message, /Everything in it could be taken over/);
	});

	it('leaves a damaged database where it is until everything has been taken over', async () => {
		await fillDatabase();
		spoilTable('requestsById');
		const damaged = readFileSync(file());
		const inTheWay = `${file()}.new-${process.pid}`;
		mkdirSync(inTheWay);

		await assert.rejects(open(), storageFailed);
		const kept = readFileSync(file()).equals(damaged);
		rmdirSync(inTheWay);
		const { found, message } = await remains();

		assert.ok(kept);
		assert.deepEqual(found, { accounts: 1, windows: 1, requests: 2000, total: 2000, byModel: 2000 });
		assert.match(message, /Everything in it could be taken over/);
		assert.deepEqual(
			readdirSync(join(folder(), 'data')).filter(entry => entry.includes('.new-')),
			[],
		);
	});

	it('does not take a full disk for a table that cannot be read', async () => {
		await fillDatabase();
		const fresh = new Database(':memory:');
		for (const step of migrations) fresh.exec(step);
		fresh.pragma(`max_page_count = ${Number(fresh.pragma('page_count', { simple: true })) + 5}`);

		assert.throws(() => salvage(fresh, file()), { code: 'SQLITE_FULL' });
		fresh.close();
	});

	it('says what to do when the folder cannot be written', async function () {
		// Windows has no file modes that would refuse the owner.
		if (process.platform === 'win32') this.skip();
		await loadSqlite();
		mkdirSync(join(folder(), 'data'));
		chmodSync(folder(), 0o755);
		chmodSync(join(folder(), 'data'), 0o555);

		await asOrdinaryUser(async () => {
			await assert.rejects(
				open(),
				(thrown: unknown) =>
					storageFailed(thrown) &&
					/can be written/.test(String(thrown)) &&
					/EACCES/.test(String((thrown as PoolError).cause)),
			);
		});
	});

	it('says what to do when the file belongs to someone else and cannot be written', async function () {
		// Only root can make a file that belongs to someone else.
		if (process.platform === 'win32' || process.geteuid?.() !== 0) this.skip();
		await loadSqlite();
		(await open()).close();
		const before = readFileSync(file());
		chmodSync(folder(), 0o755);
		chmodSync(join(folder(), 'data'), 0o777);
		chmodSync(file(), 0o444);

		await asOrdinaryUser(() => assert.rejects(open(), storageFailed));

		assert.ok(readFileSync(file()).equals(before));
		assert.deepEqual(readdirSync(join(folder(), 'data')), ['pool.sqlite']);
	});

	it('makes a file of its own writable again', async () => {
		(await open()).close();
		chmodSync(file(), 0o444);

		const store = await open();
		store.saveAccount(accountRow());

		assert.equal(store.loadAccounts().length, 1);
		store.close();
	});

	it('makes do with what is whole of a log that was left behind with garbage in it', async () => {
		const store = await open();
		for (let batch = 0; batch < 20; batch++) {
			for (let at = 0; at < 10; at++) store.appendRequest(explainedRequest());
			store.totals(0);
		}
		const left = join(folder(), 'left');
		mkdirSync(left);
		const wal = readFileSync(`${file()}-wal`);
		wal.fill(0xa5, Math.floor(wal.length / 2));
		writeFileSync(join(left, 'pool.sqlite-wal'), wal);
		writeFileSync(join(left, 'pool.sqlite'), readFileSync(file()));
		store.close();

		const log = new RecordingLog();
		const opened = await openStore(join(left, 'pool.sqlite'), { clock: stillClock, log });
		const rows = opened.recentRequests(1000).length;
		const { requests } = opened.totals(0);
		const [byClient] = opened.usage({ since: 0, by: 'client' }).rows;
		opened.close();

		assert.ok(rows > 0 && rows < 200, String(rows));
		assert.deepEqual([requests, byClient?.requests], [rows, rows]);
		assert.deepEqual(log.entries, []);
	});

	it('says what to do when the folder is a file', async () => {
		writeFileSync(join(folder(), 'data'), '');

		await assert.rejects(open(), storageFailed);
	});
});
