import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { WriteQueue } from '../../src/storage/writeQueue.js';
import { RecordingLog } from '../support/recordingLog.js';

/** How long writes are held back. */
const waitMs = 250;

describe('WriteQueue', () => {
	let log: RecordingLog;
	let written: string[];
	let failure: Error | undefined;
	let tries: number;
	let queue: WriteQueue;

	const row = (text: string) => (): void => void written.push(text);

	beforeEach(() => {
		mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
		log = new RecordingLog();
		written = [];
		failure = undefined;
		tries = 0;
		queue = new WriteQueue({
			// As a transaction does it: all of the work or none.
			transact: work => {
				tries++;
				if (failure) throw failure;
				const before = [...written];
				try {
					work();
				} catch (thrown) {
					written = before;
					throw thrown;
				}
			},
			onWritten: () => undefined,
			log,
		});
	});

	afterEach(() => mock.timers.reset());

	it('writes state once per key and every row, in one go', () => {
		queue.setState('a', row('a1'));
		queue.addRow(row('r1'));
		queue.addRow(row('s1'), 's');
		queue.setState('a', row('a2'));
		queue.addRow(row('s2'), 's');
		queue.addRow(row('r2'));

		mock.timers.tick(waitMs);

		assert.deepEqual(written, ['a2', 'r1', 's2', 'r2']);
		assert.equal(tries, 1);
	});

	it('drops a row of a key that is forgotten before it was written, and no other', () => {
		queue.addRow(row('s'), 's');
		queue.addRow(row('t'), 't');
		queue.addRow(row('r'));

		queue.forgetRow('s');
		mock.timers.tick(waitMs);

		assert.deepEqual(written, ['t', 'r']);
	});

	it('tries again ever more slowly while the disk refuses, and reads do not make it try', () => {
		failure = Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
		queue.addRow(row('r1'));

		const triesAfter = [waitMs, 999, 1, 1999, 1, 3999, 1].map(ms => {
			mock.timers.tick(ms);
			queue.catchUp();
			return tries;
		});

		assert.deepEqual(triesAfter, [1, 1, 2, 2, 3, 3, 4]);
		assert.equal(log.count('database not writable'), 1);
	});

	it('never waits longer than half a minute between tries', () => {
		failure = Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
		queue.addRow(row('r1'));
		for (let i = 0; i < 10; i++) mock.timers.tick(30_000);
		const before = tries;

		mock.timers.tick(30_000);

		assert.equal(tries, before + 1);
	});

	it('keeps ten thousand rows, drops the oldest, and says so once', () => {
		failure = Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
		queue.setState('account', row('account'));
		for (let i = 0; i < 10_005; i++) queue.addRow(row(String(i)));
		mock.timers.tick(waitMs);

		failure = undefined;
		mock.timers.tick(1000);

		assert.equal(written.length, 10_001);
		assert.deepEqual(written.slice(0, 2), ['account', '5']);
		assert.equal(log.count('oldest rows dropped'), 1);
		assert.deepEqual(log.entries.at(-1)?.fields, { droppedRows: 5 });
	});

	it('drops a row that can never be written and writes the others', () => {
		queue.addRow(row('r1'));
		queue.addRow(() => {
			throw new TypeError('SQLite3 can only bind numbers, strings, bigints, buffers, and null');
		});
		queue.addRow(row('r2'));

		mock.timers.tick(waitMs);

		assert.deepEqual(written, ['r1', 'r2']);
		assert.equal(log.count('unwritable row dropped'), 1);
	});

	it('makes a last try when it is closed, and says how many rows are lost', () => {
		failure = Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
		queue.addRow(row('r1'));

		queue.close();

		assert.deepEqual(log.entries.at(-1), { level: 'error', event: 'rows lost at close', fields: { rows: 1 } });
	});
});
