import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SecretVault } from '../../src/editor/secretVault.js';
import { WorkerRuntime } from '../../src/editor/workerRuntime.js';
import type { RuntimeOptions } from '../../src/shared/runtimeMessages.js';

const script = fileURLToPath(new URL('fakeRuntimeWorker.mjs', import.meta.url));

interface Logged {
	readonly event: string;
	readonly fields: Readonly<Record<string, unknown>>;
}

describe('WorkerRuntime', () => {
	let running: WorkerRuntime | undefined;
	let secrets: Map<string, string>;
	let logged: Logged[];
	let logs: EventEmitter;

	beforeEach(() => {
		secrets = new Map();
		logged = [];
		logs = new EventEmitter();
	});

	afterEach(async () => {
		await running?.close(0, 0);
	});

	const start = (behaviour: string, vault = new SecretVault(storeIn(secrets))): WorkerRuntime => {
		running = new WorkerRuntime(options(behaviour), {
			script,
			vault,
			log: (_level, event, fields) => {
				logged.push({ event, fields });
				logs.emit('entry');
			},
		});
		return running;
	};

	const loggedFor = async (event: string, count: number): Promise<Logged[]> => {
		for (;;) {
			const entries = logged.filter(entry => entry.event === event);
			if (entries.length >= count) return entries;
			await once(logs, 'entry');
		}
	};

	it('starts the worker with its options and says who owns the port', async () => {
		const outcome = await start('starts').started;

		assert.deepEqual(outcome, { kind: 'ready', owner: { port: 2456 } });
	});

	it('passes on why the runtime could not start', async () => {
		const outcome = await start('fails').started;

		assert.deepEqual(outcome, { kind: 'failed', code: 'port_taken', message: 'Port 2456 is taken.' });
	});

	it('tells a crash from a refusal', async () => {
		const runtime = start('crashes');

		assert.deepEqual(await runtime.started, { kind: 'crashed' });
		assert.equal(await runtime.exited, 1);
		assert.match(JSON.stringify(logged), /Broken on purpose/);
	});

	it("serves the runtime's vault from the editor's secrets, under names of its own", async () => {
		const stores: string[] = [];
		const watched = storeIn(secrets);
		const store = (key: string, secret: string): Promise<void> => {
			stores.push(key);
			return watched.store(key, secret);
		};
		start('asks the vault', new SecretVault({ ...watched, store }));

		const answers = await loggedFor('vault answered', 4);

		assert.deepEqual(
			answers.map(({ fields }) => [fields['id'], fields['secret']]),
			[
				[1, undefined],
				[2, 'token'],
				[3, undefined],
				[4, undefined],
			],
		);
		assert.deepEqual(stores, ['codexPool.vault.account']);
	});

	it('answers without the details when the secret storage fails', async () => {
		const fails = (): Promise<never> => Promise.reject(new TypeError('refused: token'));
		start('asks the vault', new SecretVault({ get: fails, store: fails, delete: fails }));

		const answers = await loggedFor('vault answered', 4);

		assert.match(String(answers[0]?.fields['error']), /could not reach its secret storage/);
		assert.doesNotMatch(JSON.stringify(logged), /refused: token/);
	});

	it('lets the worker drain and waits for its end', async () => {
		const runtime = start('starts');
		await runtime.started;

		await runtime.close(3_000, 60_000);

		assert.equal(await runtime.exited, 0);
		assert.deepEqual((await loggedFor('closing', 1))[0]?.fields, { drainMs: 3_000 });
	});

	it('ends a worker that does not end itself', async () => {
		const runtime = start('ignores close');
		await runtime.started;

		await runtime.close(0, 50);

		assert.equal(await runtime.exited, 1);
	});
});

function options(behaviour: string): RuntimeOptions {
	return {
		port: 2456,
		dataDir: '',
		homeDir: '',
		upstreamUrl: behaviour,
		issuerUrl: '',
		launcher: 'editor',
		version: '0.0.0',
		network: { proxyUrl: null, noProxy: [], extraCertificates: [] },
	};
}

function storeIn(secrets: Map<string, string>) {
	return {
		get: (key: string) => Promise.resolve(secrets.get(key)),
		store: (key: string, secret: string) => Promise.resolve(void secrets.set(key, secret)),
		delete: (key: string) => Promise.resolve(void secrets.delete(key)),
	};
}
