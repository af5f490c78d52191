import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import Database from 'better-sqlite3';
import { requestRecordSchema } from '../../src/shared/requestApi.js';
import { PoolError } from '../../src/shared/poolError.js';
import { RecordingLog } from '../support/recordingLog.js';
import { eachTestGetsADatabase, explainedRequest, noon } from './storageFixtures.js';

const hour = 3_600_000;
const day = 24 * hour;

describe('SqliteStore', () => {
	const { file, folder, open: opening } = eachTestGetsADatabase();
	let log: RecordingLog;

	const open = () => opening({ log });

	beforeEach(() => {
		log = new RecordingLog();
	});

	afterEach(() => {
		mock.timers.reset();
	});

	describe('requests', () => {
		it('gives requests back as they were, the last settled first, and a missing figure as null', async () => {
			const store = await open();
			const quick = explainedRequest();
			const slow = explainedRequest({
				startedAt: noon - 1,
				accountId: null,
				client: null,
				model: null,
				inputTokens: null,
				cachedTokens: null,
				outputTokens: null,
				reasoningTokens: null,
				costNanoUsd: null,
				firstByteMs: null,
				outcome: 'failed',
				error: 'upstream_failed',
				status: 502,
				attempts: [],
			});

			store.appendRequest(quick);
			store.appendRequest(slow);

			assert.deepEqual(
				store.recentRequests(10),
				[slow, quick].map(request => requestRecordSchema.parse(request)),
			);
			assert.deepEqual(store.recentRequests(1), [requestRecordSchema.parse(slow)]);
		});

		it('does not touch the disk on the turn of the one who appends, and does so a quarter of a second later', async () => {
			mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
			const store = await open();
			const observer = new Database(file(), { readonly: true });
			const count = observer.prepare<[], number>('SELECT count(*) FROM requests').pluck();

			for (let i = 0; i < 199; i++) store.appendRequest(explainedRequest());
			mock.timers.tick(249);
			const before = count.get();
			mock.timers.tick(1);
			const after = count.get();
			observer.close();

			assert.deepEqual([before, after], [0, 199]);
		});

		it('writes two hundred rows at once as soon as the turn is over', async () => {
			mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
			const store = await open();
			const observer = new Database(file(), { readonly: true });
			const count = observer.prepare<[], number>('SELECT count(*) FROM requests').pluck();

			for (let i = 0; i < 200; i++) store.appendRequest(explainedRequest());
			const before = count.get();
			mock.timers.tick(0);
			const after = count.get();
			observer.close();

			assert.deepEqual([before, after], [0, 200]);
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
