import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { PoolClient } from '../../src/client/poolClient.js';
import { startRuntime, type Runtime } from '../../src/runtime.js';
import { defaultIssuerUrl, defaultUpstreamUrl } from '../../src/shared/runtimeMessages.js';
import type { RequestListQuery } from '../../src/shared/requestApi.js';
import { PoolError } from '../../src/shared/poolError.js';
import { MemoryVault } from '../support/memoryVault.js';
import { codexTurn } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { RecordingLog } from '../support/recordingLog.js';
import { turnBody } from '../support/upstream/turn.js';

describe('the requests a pool remembers', () => {
	let pool: PoolUnderTest;

	beforeEach(async () => {
		pool = await PoolUnderTest.start();
	});
	afterEach(() => closeWithoutViolations(pool));

	it('are listed page by page, also after a restart, and found by what they were', async () => {
		for (const thread of ['a', 'b', 'c']) await codexTurn(pool, thread);
		await codexTurn(pool, 'd', { body: turnBody('hello', { model: 'gpt-5.4' }) });
		const newest = (await pool.control.state()).recentRequests;

		const first = await pool.control.listRequests({ limit: 3 });
		await pool.restart();
		const second = await pool.control.listRequests({ limit: 3, before: first.next ?? '' });
		const byModel = await pool.control.listRequests({ model: 'gpt-5.4' });
		const byText = await pool.control.listRequests({ text: newest[3]?.id ?? '' });

		assert.deepEqual([...first.requests, ...second.requests], newest);
		assert.deepEqual([newest.length, second.next, second.isCutShort], [4, null, false]);
		assert.deepEqual(byModel.requests, [newest[0]]);
		assert.deepEqual(byText.requests, [newest[3]]);
	});

	it('are not listed for a query that makes no sense', async () => {
		const queries: Partial<RequestListQuery>[] = [
			{ limit: 0 },
			{ limit: 201 },
			{ before: '-1' },
			{ before: 'x'.repeat(11) },
		];
		for (const query of queries) {
			await assert.rejects(
				pool.control.listRequests(query),
				(thrown: unknown) => thrown instanceof PoolError && thrown.code === 'invalid_request',
			);
		}
	});
});

describe('a runtime and its database', () => {
	const started: Runtime[] = [];
	let folder: string;
	let log: RecordingLog;

	const start = async (): Promise<Runtime> => {
		const runtime = await startRuntime(
			{
				port: 0,
				dataDir: join(folder, 'data'),
				homeDir: join(folder, 'home'),
				upstreamUrl: defaultUpstreamUrl,
				issuerUrl: defaultIssuerUrl,
				launcher: 'cli',
				version: '0.0.0-test',
				acceptOwnLogins: false,
				network: { proxyUrl: null, noProxy: [], extraCertificates: [] },
			},
			{ vault: new MemoryVault(), log },
		);
		started.push(runtime);
		return runtime;
	};

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'pool-ledger-'));
		await mkdir(join(folder, 'data'));
		log = new RecordingLog();
	});
	afterEach(async () => {
		for (const runtime of started.splice(0)) await runtime.close(0);
		await rm(folder, { recursive: true, force: true });
	});

	it('starts without a database that is damaged, keeps it, and says so to every face', async () => {
		await writeFile(join(folder, 'data', 'pool.sqlite'), 'damaged '.repeat(1000));

		const { owner } = await start();
		const face = await PoolClient.attach({ port: owner.port, homeDir: join(folder, 'home') });
		const { notices, accounts } = await face.state();
		face.dispose();

		const [, kept = ''] = /kept as (\S+)\. /.exec(notices[0]?.message ?? '') ?? [];
		assert.deepEqual([notices.length, notices[0]?.code, accounts], [1, 'database_set_aside', []]);
		assert.match(await readFile(kept, 'utf8'), /^damaged /);
		assert.equal(log.count('corrupt database set aside'), 1);
	});

	it('has nothing to tell of a database that is whole', async () => {
		const { owner } = await start();
		const face = await PoolClient.attach({ port: owner.port, homeDir: join(folder, 'home') });
		const { notices } = await face.state();
		face.dispose();

		assert.deepEqual(notices, []);
	});

	it('does not start on a database of a newer version, and says what to do', async () => {
		const database = new Database(join(folder, 'data', 'pool.sqlite'));
		database.pragma('user_version = 1000');
		database.close();

		await assert.rejects(
			start(),
			(thrown: unknown) =>
				thrown instanceof PoolError && thrown.code === 'storage_failed' && /Update/.test(thrown.message),
		);
	});
});
