import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { openStore } from '../../src/storage/sqliteStore.js';
import { RecordingLog } from '../support/recordingLog.js';
import { eachTestGetsAFolder, explainedRequest, stillClock } from './storageFixtures.js';

const program = fileURLToPath(new URL('appendUntilKilled.ts', import.meta.url));

describe('the database under several programs', function () {
	this.timeout(60_000);
	const folder = eachTestGetsAFolder();
	const started: ChildProcess[] = [];
	const file = (): string => join(folder(), 'pool.sqlite');

	const start = (...rows: string[]): ReturnType<typeof spawn> & { stdout: NodeJS.ReadableStream } => {
		const child = spawn(process.execPath, ['--import', 'tsx', program, file(), ...rows], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		started.push(child);
		return child;
	};

	afterEach(() => {
		for (const child of started.splice(0)) child.kill('SIGKILL');
	});

	it('loses no row that was written, and stays whole, when the program is killed while it writes', async () => {
		const child = start();
		let written = 0;
		for await (const line of createInterface({ input: child.stdout })) {
			written = Number(line);
			if (written > 3000) child.kill('SIGKILL');
		}

		const log = new RecordingLog();
		const store = await openStore(file(), { clock: stillClock, log });
		const rows = store.recentRequests(1_000_000).length;
		const { requests } = store.totals(0);
		const reports = (['account', 'model', 'key', 'client', 'hour', 'day'] as const).map(
			by => store.usage({ since: 0, by }).rows[0],
		);
		store.close();

		assert.ok(rows >= written, `${rows} rows of ${written} are left`);
		assert.equal(requests, rows);
		assert.deepEqual(
			reports.map(row => [row?.requests, row?.inputTokens, row?.costNanoUsd]),
			reports.map(() => [rows, rows * 1000, rows * 1_250_000]),
		);
		assert.equal(rows % 37, 0, 'a batch is written whole or not at all');
		assert.deepEqual(log.entries, []);
	});

	it('takes the rows of two programs that write at the same time', async () => {
		const children = [start('3700'), start('3700')];
		const ends = children.map(child => once(child, 'exit'));
		children.forEach(child => child.stdout.resume());
		const log = new RecordingLog();
		const store = await openStore(file(), { clock: stillClock, log });

		for (let i = 0; i < 50; i++) {
			store.appendRequest(explainedRequest());
			store.totals(0);
			await new Promise(resolve => setImmediate(resolve));
		}
		const codes = (await Promise.all(ends)).map(([code]: unknown[]) => code);
		store.close();

		const observer = new Database(file(), { readonly: true });
		const rows = observer.prepare('SELECT count(*) FROM requests').pluck().get();
		const total = observer.prepare('SELECT sum(requests) FROM hourlyUsage').pluck().get();
		const check = observer.prepare('PRAGMA integrity_check').pluck().get();
		observer.close();
		assert.deepEqual(codes, [0, 0]);
		assert.deepEqual([rows, total, check], [7450, 7450, 'ok']);
	});
});
