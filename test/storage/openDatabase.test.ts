import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { PoolError } from '../../src/shared/poolError.js';
import { migrate, migrations } from '../../src/storage/migrations.js';
import { loadSqlite } from '../../src/storage/openDatabase.js';
import { openStore } from '../../src/storage/sqliteStore.js';
import {
	accountRow,
	eachTestGetsAFolder,
	noon,
	RecordingLog,
	explainedRequest,
	stillClock,
} from './storageFixtures.js';

const storageFailed = (thrown: unknown): boolean => thrown instanceof PoolError && thrown.code === 'storage_failed';

describe('opening the database', () => {
	const folder = eachTestGetsAFolder();
	const file = (): string => join(folder(), 'data', 'pool.sqlite');
	const open = (log = new RecordingLog()): ReturnType<typeof openStore> => openStore(file(), stillClock, log);

	/** A database with one account and enough requests to fill pages; gives its file back closed. */
	const fillDatabase = async (): Promise<void> => {
		const store = await open();
		store.saveAccount(accountRow());
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
		'a database that was cut short': () => truncateSync(file(), 20_480),
		'pages that were overwritten': () => {
			const bytes = readFileSync(file());
			bytes.fill(0xa5, 4096, bytes.length - 4096);
			writeFileSync(file(), bytes);
		},
	})) {
		it(`sets ${name} aside and starts afresh`, async () => {
			await fillDatabase();
			spoil();
			const spoiled = readFileSync(file());
			const log = new RecordingLog();

			const store = await open(log);
			store.saveAccount(accountRow());
			const accounts = store.loadAccounts();
			store.close();

			assert.equal(accounts.length, 1);
			assert.equal(log.count('corrupt database set aside'), 1);
			const aside = readdirSync(join(folder(), 'data')).filter(entry => entry.includes('.corrupt-'));
			assert.deepEqual(aside, ['pool.sqlite.corrupt-2026-03-10T12-00-00.000Z']);
			assert.ok(readFileSync(join(folder(), 'data', aside[0] ?? '')).equals(spoiled));
		});
	}

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

	it('says what to do when the folder is a file', async () => {
		writeFileSync(join(folder(), 'data'), '');

		await assert.rejects(open(), storageFailed);
	});
});

describe('migrations', () => {
	const folder = eachTestGetsAFolder();

	it('leave the newest database readable with all that version 1 has written', async () => {
		const file = join(folder(), 'pool.sqlite');
		const old = new Database(file);
		old.exec(`
			${migrations[0] ?? ''};
			PRAGMA user_version = 1;
			INSERT INTO accounts (id, userId, chatgptAccountId, state, stateSince, selected, addedAt, generation)
			VALUES ('a1', 'u1', 'c1', 'active', 1, 1, 1, 3);
			INSERT INTO windows (accountId, windows) VALUES ('a1', '[]');
			INSERT INTO keys (id, name, hash, createdAt) VALUES ('k1', 'Default', 'ab', 1);
			INSERT INTO sessions (id, accountId, firstUsedAt, lastUsedAt, turns) VALUES ('s1', 'a1', 1, ${noon}, 1);
			INSERT INTO settings (name, value) VALUES ('strategy', 'round_robin');
			INSERT INTO requests (id, startedAt, keyId, route, transport, status, outcome, totalMs, attempts)
			VALUES ('r1', ${noon}, 'k1', '/codex/responses', 'http', 200, 'succeeded', 5, '[]');
			INSERT INTO hourlyUsage VALUES (${noon}, 'a1', '', 'k1', '', 9, 1, 10, 20, 30, 40);
		`);
		old.close();

		const store = await openStore(file, stillClock, new RecordingLog());
		const found = {
			generation: store.loadAccounts()[0]?.generation,
			windows: store.loadWindows().get('a1'),
			key: store.loadKeys()[0]?.name,
			session: store.loadSessions(1)[0]?.id,
			strategy: store.loadSetting('strategy'),
			request: store.recentRequests(1)[0]?.id,
			requests: store.totals(0).requests,
		};
		store.close();

		assert.deepEqual(found, {
			generation: 3,
			windows: [],
			key: 'Default',
			session: 's1',
			strategy: 'round_robin',
			request: 'r1',
			requests: 9,
		});
	});

	it('give what version 2 has written the priority, reserve, tokens and choices of before', async () => {
		const file = join(folder(), 'pool.sqlite');
		const old = new Database(file);
		old.exec(`
			${migrations.slice(0, 2).join(';')};
			PRAGMA user_version = 2;
			INSERT INTO accounts (id, userId, chatgptAccountId, state, stateSince, selected, addedAt, generation, position, refreshedAt)
			VALUES ('a1', 'u1', 'c1', 'active', 1, 1, 1, 3, 4, 5);
			INSERT INTO sessions (id, accountId, firstUsedAt, lastUsedAt, turns) VALUES ('s1', 'a1', 1, ${noon}, 1);
			INSERT INTO requests (id, startedAt, keyId, route, transport, status, outcome, totalMs, attempts)
			VALUES ('r1', ${noon}, 'k1', '/codex/responses', 'http', 200, 'succeeded', 5, '[]');
		`);
		old.close();

		const store = await openStore(file, stillClock, new RecordingLog());
		const [account] = store.loadAccounts();
		const [session] = store.loadSessions(1);
		const request = store.findRequest('r1');
		const cooldowns = store.loadCooldowns();
		store.saveCooldowns('a1', []);
		const saved = store.loadCooldowns();
		store.close();

		assert.deepEqual(
			[account?.position, account?.refreshedAt, account?.priority, account?.reservePercent],
			[4, 5, 5, 0],
		);
		assert.deepEqual([session?.inputTokens, session?.cachedTokens], [0, 0]);
		assert.deepEqual(request?.choices, []);
		assert.deepEqual([cooldowns.size, saved.size], [0, 1]);
	});

	it('run only the steps that a database has not seen', () => {
		const database = new Database(':memory:');
		migrate(database, ['CREATE TABLE one (id)']);
		database.exec('INSERT INTO one VALUES (1)');

		migrate(database, ['CREATE TABLE one (id)', 'ALTER TABLE one ADD COLUMN name TEXT']);

		assert.deepEqual(database.prepare('SELECT * FROM one').all(), [{ id: 1, name: null }]);
		assert.equal(database.prepare('PRAGMA user_version').pluck().get(), 2);
	});

	it('change nothing when one of them fails', () => {
		const database = new Database(':memory:');

		assert.throws(() => migrate(database, [...migrations, 'CREATE TABLE extra (id)', 'this is not SQL']));

		assert.equal(database.prepare('PRAGMA user_version').pluck().get(), 0);
		assert.deepEqual(database.prepare('SELECT name FROM sqlite_schema').all(), []);
	});

	it('do nothing the second time', () => {
		const database = new Database(':memory:');
		migrate(database);

		assert.doesNotThrow(() => migrate(database));
	});
});

/** Root may write anywhere, so a test about permissions gives up that right for a moment. */
async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
	const isRoot = process.geteuid?.() === 0;
	if (isRoot) process.seteuid?.(65534);
	try {
		await work();
	} finally {
		if (isRoot) process.seteuid?.(0);
	}
}
