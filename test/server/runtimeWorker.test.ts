import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { HostMessage, RuntimeOptions, WorkerMessage } from '../../src/shared/runtimeMessages.js';
import { send } from '../support/upstream/turn.js';

describe('the runtime in a worker thread', () => {
	let folder: string;
	let worker: Worker;
	let heard: WorkerMessage[];

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'pool-worker-'));
	});
	afterEach(async () => {
		await worker.terminate();
		await rm(folder, { recursive: true, force: true });
	});

	function start(change: Partial<RuntimeOptions> = {}): void {
		const workerData: RuntimeOptions = {
			port: 0,
			dataDir: join(folder, 'data'),
			homeDir: join(folder, 'home'),
			upstreamUrl: 'http://127.0.0.1:9/backend-api',
			issuerUrl: 'http://127.0.0.1:9',
			launcher: 'editor',
			version: '0.0.0-test',
			network: { proxyUrl: null, noProxy: [], extraCertificates: [] },
			...change,
		};
		heard = [];
		worker = new Worker(new URL('../../src/runtimeWorker.ts', import.meta.url), { workerData });
		worker.on('message', (message: WorkerMessage) => heard.push(message));
	}

	const tell = (message: HostMessage): void => worker.postMessage(message);
	const hear = async <T extends WorkerMessage['type']>(type: T): Promise<Extract<WorkerMessage, { type: T }>> => {
		for (;;) {
			const found = heard.find((message): message is Extract<WorkerMessage, { type: T }> => message.type === type);
			if (found) return found;
			await once(worker, 'message');
		}
	};

	it('says when it is ready, serves, and ends when it is told to', async () => {
		start();
		const { owner } = await hear('ready');
		assert.equal((await send(`${owner.baseUrl}/healthz`)).status, 200);
		const ended = once(worker, 'exit');
		tell({ type: 'close', drainMs: 0 });
		await hear('stopped-listening');
		assert.deepEqual(await ended, [0]);
	});

	it('ends also when it is told to before it has started', async () => {
		start();
		const ended = once(worker, 'exit');
		tell({ type: 'close', drainMs: 0 });
		assert.deepEqual(await ended, [0]);
	});

	it('says why it cannot start', async () => {
		start({ upstreamUrl: 'http://example.com/' });
		const ended = once(worker, 'exit');
		assert.match((await hear('failed')).message, /https/);
		await ended;
	});
});
