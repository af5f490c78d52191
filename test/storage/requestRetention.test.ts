import assert from 'node:assert/strict';
import { mock } from 'node:test';
import Database from 'better-sqlite3';
import type { Retention } from '../../src/shared/retention.js';
import type { SqliteStore } from '../../src/storage/sqliteStore.js';
import { eachTestGetsADatabase, explainedRequest, noon } from './storageFixtures.js';

const day = 24 * 3_600_000;

describe('retention of requests', () => {
	const { file, open: opening } = eachTestGetsADatabase();
	let now: number;

	const open = (retention: Retention) => opening({ clock: { now: () => now }, retention });
	const append = (store: SqliteStore, count: number, startedAt = now, accountId = 'account-1'): void => {
		for (let at = 0; at < count; at++) store.appendRequest(explainedRequest({ startedAt, accountId }));
	};
	/** A moment so quiet that everything is done. */
	const quiet = (): void => {
		mock.timers.tick(5000);
		for (let step = 0; step < 10; step++) mock.timers.tick(20);
	};
	/** What is on the disk, hidden or not. */
	const rowsOnDisk = (): unknown => {
		const observer = new Database(file(), { readonly: true });
		const count = observer.prepare('SELECT count(*) FROM requests').pluck().get();
		observer.close();
		return count;
	};

	beforeEach(() => {
		now = noon;
		mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
	});
	afterEach(() => {
		mock.timers.reset();
	});

	it('lets go of what is older than its days once it is quiet, a few hundred at a time', async () => {
		const store = await open({ days: 30, rows: 100_000 });
		append(store, 1200, now - 31 * day);
		append(store, 10);
		const before = store.totals(0);

		mock.timers.tick(4999);
		assert.equal(rowsOnDisk(), 1210);
		mock.timers.tick(1);
		assert.equal(rowsOnDisk(), 710);
		mock.timers.tick(20);
		assert.equal(rowsOnDisk(), 210);
		mock.timers.tick(20);

		assert.equal(rowsOnDisk(), 10);
		assert.deepEqual(store.totals(0), before);
	});

	it('keeps no more rows than it is told, the newest', async () => {
		const store = await open({ days: 30, rows: 3 });
		for (const id of ['1', '2', '3', '4', '5']) store.appendRequest(explainedRequest({ id }));
		store.totals(0);

		mock.timers.tick(5000);

		assert.deepEqual(
			store.recentRequests(10).map(({ id }) => id),
			['5', '4', '3'],
		);
		assert.equal(store.totals(0).requests, 5);
	});

	it('stops in the middle for requests that settle, and goes on when it is quiet again', async () => {
		const store = await open({ days: 30, rows: 10 });
		append(store, 1200);
		store.totals(0);
		mock.timers.tick(5000);
		append(store, 1);
		store.totals(0);

		mock.timers.tick(4999);
		assert.equal(rowsOnDisk(), 701);
		mock.timers.tick(1);
		mock.timers.tick(20);

		assert.equal(rowsOnDisk(), 10);
	});

	it('does not wait for ever for a quiet moment', async () => {
		const store = await open({ days: 30, rows: 10 });
		append(store, 1200);
		for (let second = 0; second < 700; second++) {
			now += 1000;
			append(store, 1);
			mock.timers.tick(1000);
		}

		assert.ok(Number(rowsOnDisk()) < 100, String(rowsOnDisk()));
	});

	it('goes on growing old in a pool that nobody uses', async () => {
		const store = await open({ days: 1, rows: 100_000 });
		append(store, 5);
		store.totals(0);
		mock.timers.tick(5000);

		now += 2 * day;
		mock.timers.tick(6 * 3_600_000);

		assert.equal(rowsOnDisk(), 0);
	});

	it('lets go of old requests behind one of a clock that was ahead', async () => {
		const store = await open({ days: 30, rows: 100_000 });
		append(store, 1, now + 400 * day);
		append(store, 700, now - 31 * day);
		append(store, 1);
		store.totals(0);

		quiet();

		assert.equal(rowsOnDisk(), 2);
	});

	it('hides the requests of a forgotten account at once, and takes them off the disk step by step', async () => {
		const store = await open({ days: 30, rows: 100_000 });
		append(store, 900, now, 'gone');
		append(store, 5, now, 'kept');
		append(store, 900, now, 'gone');

		store.forgetUsage('gone');

		assert.equal(store.recentRequests(50).length, 5);
		assert.equal(store.listRequests({ limit: 50, accountId: 'kept' }).requests.length, 5);
		assert.equal(store.listRequests({ limit: 50, accountId: 'gone' }).requests.length, 0);
		assert.equal(store.totals(0).requests, 5);
		assert.equal(rowsOnDisk(), 1805);
		quiet();
		assert.equal(rowsOnDisk(), 5);
	});

	it('keeps what an account does after it was forgotten', async () => {
		const store = await open({ days: 30, rows: 100_000 });
		append(store, 700, now, 'again');
		store.forgetUsage('again');
		append(store, 3, now, 'again');

		const seen = store.recentRequests(50).length;
		quiet();
		append(store, 2, now, 'again');
		quiet();

		assert.equal(seen, 3);
		assert.equal(rowsOnDisk(), 5);
		assert.equal(store.recentRequests(50).length, 5);
		assert.equal(store.totals(0).requests, 5);
	});

	it('goes on forgetting after a restart', async () => {
		const store = await open({ days: 30, rows: 100_000 });
		append(store, 1200, now, 'gone');
		store.forgetUsage('gone');
		store.close();

		const second = await open({ days: 30, rows: 100_000 });
		assert.equal(second.recentRequests(50).length, 0);
		quiet();

		assert.equal(rowsOnDisk(), 0);
	});
});
