import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import Database from 'better-sqlite3';
import type { Cooldown } from '../../src/core/ports.js';
import { requestRecordSchema } from '../../src/shared/requestApi.js';
import { PoolError } from '../../src/shared/poolError.js';
import { openStore, type SqliteStore } from '../../src/storage/sqliteStore.js';
import {
	accountRow,
	eachTestGetsAFolder,
	explainedRequest,
	noon,
	RecordingLog,
	sessionRow,
	stillClock,
} from './storageFixtures.js';

const hour = 3_600_000;
const day = 24 * hour;
const cooldown: Cooldown = { model: 'gpt-5.5', kind: 'limit', until: noon + hour, times: 1 };

describe('SqliteStore', () => {
	const folder = eachTestGetsAFolder();
	const opened: SqliteStore[] = [];
	let log: RecordingLog;

	const file = (): string => join(folder(), 'pool.sqlite');
	const open = async (): Promise<SqliteStore> => {
		const store = await openStore(file(), stillClock, log);
		opened.push(store);
		return store;
	};

	beforeEach(() => {
		log = new RecordingLog();
	});

	afterEach(() => {
		mock.timers.reset();
		for (const store of opened.splice(0)) store.close();
	});

	describe('what it remembers', () => {
		it('gives back accounts, windows, cooldowns, keys, sessions and settings after it was closed and opened again', async () => {
			const account = accountRow({
				name: 'Work',
				limitedUntil: noon + hour,
				selected: false,
				generation: 7,
				priority: 1,
				reservePercent: 20,
			});
			const cooldowns: Cooldown[] = [
				{ model: null, kind: 'overload', until: noon + hour, times: 2 },
				{ model: 'gpt-5.5', kind: 'missing', until: noon + day, times: 1 },
			];
			const window = {
				limit: 'codex',
				durationMinutes: 300,
				usedPercent: 12.5,
				resetsAt: null,
				source: 'header' as const,
				observedAt: noon,
			};
			const key = { id: 'key-1', name: 'Default', hash: 'ab'.repeat(32), createdAt: noon, lastUsedAt: null };
			const session = sessionRow({ accountId: account.id, lastUsedAt: noon + 1, turns: 2 });
			const first = await open();

			first.saveAccount(account);
			first.saveWindows(account.id, [window]);
			first.saveCooldowns(account.id, cooldowns);
			first.saveKey(key);
			first.saveSession(session);
			first.saveSetting('strategy', 'round_robin');
			first.close();

			const second = await open();
			assert.deepEqual(second.loadAccounts(), [account]);
			assert.deepEqual([...second.loadWindows()], [[account.id, [window]]]);
			assert.deepEqual([...second.loadCooldowns()], [[account.id, cooldowns]]);
			assert.deepEqual(second.loadKeys(), [key]);
			assert.deepEqual(second.loadSessions(10), [session]);
			assert.equal(second.loadSetting('strategy'), 'round_robin');
			assert.equal(second.loadSetting('unknown'), undefined);
		});

		it('keeps the last of several writes, and windows, cooldowns and sessions when an account changes', async () => {
			const store = await open();
			const session = sessionRow();
			store.saveAccount(accountRow());
			store.saveWindows('account-1', []);
			store.saveCooldowns('account-1', []);
			store.saveSession(session);
			store.loadAccounts();

			store.saveSession({ ...session, turns: 2 });
			store.saveSession({ ...session, turns: 3 });
			store.saveAccount(accountRow({ plan: 'pro' }));

			assert.equal(store.loadAccounts()[0]?.plan, 'pro');
			assert.equal(store.loadSessions(10)[0]?.turns, 3);
			assert.equal(store.loadWindows().size, 1);
			assert.equal(store.loadCooldowns().size, 1);
		});

		it('forgets an account with its windows, cooldowns and sessions, and keeps its history', async () => {
			const store = await open();
			const session = sessionRow();
			store.saveAccount(accountRow());
			store.saveWindows('account-1', []);
			store.saveCooldowns('account-1', [cooldown]);
			store.saveSession(session);
			store.appendRequest(explainedRequest());

			store.removeAccount('account-1');
			store.saveWindows('account-1', []); // a request that was still running settles
			store.saveCooldowns('account-1', [cooldown]);
			store.saveSession(session);

			assert.deepEqual(store.loadAccounts(), []);
			assert.equal(store.loadWindows().size, 0);
			assert.equal(store.loadCooldowns().size, 0);
			assert.deepEqual(store.loadSessions(10), []);
			assert.equal(store.recentRequests(10).length, 1);
			assert.equal(store.usage(0, 'account').rows[0]?.group, 'account-1');
		});

		it('forgets a key that was only just saved', async () => {
			const store = await open();
			store.saveKey({ id: 'key-1', name: 'Default', hash: 'ab', createdAt: noon, lastUsedAt: null });

			store.removeKey('key-1');

			assert.deepEqual(store.loadKeys(), []);
		});

		it('loads the most recently used sessions first and drops those of long ago', async () => {
			const first = await open();
			first.saveAccount(accountRow());
			for (const [id, age] of Object.entries({ old: 31 * day, middle: 2 * day, fresh: 0 })) {
				first.saveSession(sessionRow({ id, firstUsedAt: 0, lastUsedAt: noon - age }));
			}
			first.close();

			const sessions = (await open()).loadSessions(10);

			assert.deepEqual(
				sessions.map(session => session.id),
				['fresh', 'middle'],
			);
		});
	});

	describe('requests', () => {
		it('gives requests back as they were, newest first, and a missing figure as null', async () => {
			const store = await open();
			const older = explainedRequest({ startedAt: noon - 1 });
			const newer = explainedRequest({
				accountId: null,
				client: null,
				model: null,
				inputTokens: null,
				cachedTokens: null,
				outputTokens: null,
				reasoningTokens: null,
				firstByteMs: null,
				outcome: 'failed',
				error: 'upstream_failed',
				status: 502,
				attempts: [],
			});

			store.appendRequest(newer);
			store.appendRequest(older);

			assert.deepEqual(
				store.recentRequests(10),
				[newer, older].map(request => requestRecordSchema.parse(request)),
			);
			assert.deepEqual(store.recentRequests(1), [requestRecordSchema.parse(newer)]);
		});

		it('does not touch the disk on the turn of the one who appends, and does so 100 ms later', async () => {
			mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
			const store = await open();
			const observer = new Database(file(), { readonly: true });
			const count = observer.prepare<[], number>('SELECT count(*) FROM requests').pluck();

			for (let i = 0; i < 99; i++) store.appendRequest(explainedRequest());
			mock.timers.tick(99);
			const before = count.get();
			mock.timers.tick(1);
			const after = count.get();
			observer.close();

			assert.deepEqual([before, after], [0, 99]);
		});

		it('writes a hundred rows at once as soon as the turn is over', async () => {
			mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
			const store = await open();
			const observer = new Database(file(), { readonly: true });
			const count = observer.prepare<[], number>('SELECT count(*) FROM requests').pluck();

			for (let i = 0; i < 100; i++) store.appendRequest(explainedRequest());
			const before = count.get();
			mock.timers.tick(0);
			const after = count.get();
			observer.close();

			assert.deepEqual([before, after], [0, 100]);
		});

		it('keeps totals when the requests themselves are pruned', async () => {
			const first = await open();
			first.appendRequest(explainedRequest({ startedAt: noon - 91 * day }));
			first.appendRequest(explainedRequest());
			first.close();

			const second = await open();

			assert.equal(second.recentRequests(10).length, 1);
			assert.equal(second.totals(0).requests, 2);
		});

		it('leaves out attempts that are not what they should be, and rows that are not', async () => {
			const first = await open();
			first.appendRequest(explainedRequest({ id: 'attempts', startedAt: noon + 1 }));
			first.appendRequest(explainedRequest({ id: 'transport' }));
			first.close();
			const editor = new Database(file());
			editor.exec(`UPDATE requests SET attempts = '[{"accountId":5}]' WHERE id = 'attempts'`);
			editor.exec(`UPDATE requests SET transport = 'pigeon' WHERE id = 'transport'`);
			editor.close();

			const requests = (await open()).recentRequests(10);

			assert.deepEqual(
				requests.map(request => [request.id, request.attempts]),
				[['attempts', []]],
			);
		});
	});

	describe('trouble', () => {
		it('keeps rows while another program holds the database, says so once, and writes them later', async () => {
			mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
			const store = await open();
			const other = new Database(file());
			other.exec('BEGIN IMMEDIATE');

			store.appendRequest(explainedRequest());
			mock.timers.tick(100);
			store.appendRequest(explainedRequest());
			mock.timers.tick(1000);
			const whileHeld = store.recentRequests(10).length;
			other.exec('COMMIT');
			other.close();
			mock.timers.tick(2000);

			assert.equal(whileHeld, 0);
			assert.equal(store.recentRequests(10).length, 2);
			assert.equal(log.count('database not writable'), 1);
			assert.equal(log.count('database writable again'), 1);
		});

		it('closes more than once, and takes no writes and answers no reads after that', async () => {
			const store = await open();
			store.close();
			store.close();

			store.appendRequest(explainedRequest());

			assert.equal(log.count('write after close ignored'), 1);
			assert.throws(
				() => store.recentRequests(1),
				(thrown: unknown) => thrown instanceof PoolError && thrown.code === 'storage_failed',
			);
		});

		it('leaves one file when it is closed, for the owner alone', async () => {
			const store = await open();
			store.appendRequest(explainedRequest());
			store.totals(0);
			const whileOpen = readdirSync(folder()).map(name => statSync(join(folder(), name)).mode & 0o777);
			store.close();

			if (process.platform !== 'win32') assert.deepEqual(whileOpen, [0o600, 0o600, 0o600]);
			assert.deepEqual(readdirSync(folder()), ['pool.sqlite']);
		});
	});
});
