import assert from 'node:assert/strict';
import { PoolError } from '../../src/shared/poolError.js';
import { HostWorld } from '../support/hostWorld.js';
import { poolState } from '../support/managementExamples.js';

describe('RuntimeHost', () => {
	let world: HostWorld;

	beforeEach(() => {
		world = new HostWorld();
	});

	afterEach(() => world.host.close());

	it('runs the pool when the port is free, and watches it like any other face', async () => {
		world.host.start();
		await world.worker(1);
		const status = await world.becomes('owner');
		assert.equal(status.pool, null);

		world.connection(1).listener.onState(poolState(2456));

		assert.equal(world.host.status.kind === 'owner' && world.host.status.pool?.revision, 1);
		assert.equal(await world.host.connected(), world.connection(1));
	});

	it('attaches to the pool that holds the port, and starts nothing', async () => {
		world.holder = 'pool';

		world.host.start();
		await world.becomes('follower');

		assert.equal(world.workers.length, 0);
	});

	it('takes over as soon as the owner has left', async () => {
		world.holder = 'pool';
		world.host.start();
		await world.becomes('follower');

		world.holder = 'free';
		world.connection(1).listener.onClose('The pool has stopped.');

		await world.worker(1);
		await world.becomes('owner');
		assert.deepEqual(world.waits, [75], 'half of the jitter, which random decides');
		assert.equal(world.connection(1).disposed, true);
	});

	it('attaches to the window that was faster', async () => {
		world.nextStart = { kind: 'failed', code: 'port_taken', message: 'Taken' };
		world.host.start();
		const worker = await world.worker(1);
		world.holder = 'pool';

		await world.becomes('follower');

		assert.equal(worker.closed, true);
	});

	it('tries again for a moment when a new owner is not ready to be attached to', async () => {
		world.holder = 'pool';
		world.attachFailures = 3;

		world.host.start();
		await world.becomes('follower');

		assert.deepEqual(world.waits, [250, 250, 250]);
	});

	it('reports a pool that it cannot attach to', async () => {
		world.holder = 'pool';
		world.attachFailures = 13;

		world.host.start();

		const status = await world.becomes('offline');
		assert.equal(status.problem, 'Another home folder.');
	});

	for (const holder of ['foreign', 'silent'] as const) {
		it(`reports a ${holder} holder of the port and looks again later, without fighting it`, async () => {
			world.holder = holder;
			world.holdWaits = true;

			world.host.start();

			const status = await world.becomes('offline');
			assert.equal(status.reason, holder);
			assert.match(status.problem, /2456/);
			assert.equal(world.workers.length, 0);
			await assert.rejects(world.host.connected(), (error: unknown) => {
				return error instanceof PoolError && error.code === 'runtime_not_running' && error.message === status.problem;
			});

			world.holder = 'free';
			world.releaseWaits();
			await world.becomes('owner');
			assert.deepEqual(world.waits, [15_000]);
		});
	}

	it('looks again at once when asked to', async () => {
		world.holder = 'foreign';
		world.holdWaits = true;
		world.host.start();
		await world.becomes('offline');

		world.holder = 'free';
		world.host.restart();

		await world.becomes('owner');
	});

	it('starts a crashed worker again, ever more slowly, and tells why it is away', async () => {
		world.nextStart = { kind: 'crashed' };
		world.host.start();
		for (const number of [1, 2, 3, 4, 5, 6, 7]) await world.worker(number);
		world.nextStart = undefined;

		await world.becomes('owner');

		assert.deepEqual(world.waits.slice(0, 7), [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
		assert.ok(world.seen.some(status => status.kind === 'offline' && status.reason === 'crashed'));
	});

	it('forgets earlier crashes once a worker has run for a while', async () => {
		world.host.start();
		for (const number of [1, 2]) {
			const worker = await world.worker(number);
			await world.becomes('owner');
			world.time += 61_000;
			worker.exit(1);
		}
		await world.worker(3);

		assert.deepEqual(
			world.waits.filter(ms => ms >= 1_000),
			[1_000, 1_000],
		);
	});

	it('watches its own worker again when only the watch was lost', async () => {
		world.host.start();
		await world.worker(1);
		await world.becomes('owner');

		world.connection(1).listener.onClose('Broken');
		await world.becomes('owner');

		assert.equal(world.workers.length, 1);
		assert.equal(world.connections.length, 2);
	});

	it('starts anew with the settings of the moment', async () => {
		world.host.start();
		const first = await world.worker(1);
		await world.becomes('owner');

		world.port = 3000;
		world.host.restart();
		await world.worker(2);
		await world.becomes('owner');

		assert.equal(first.closed, true);
		assert.equal(world.connection(2).port, 3000);
	});

	it('does not let a command wait for ever', async () => {
		const patience = new AbortController();
		const connecting = world.host.connected(patience.signal);

		patience.abort();

		await assert.rejects(connecting, /still starting/);
	});

	it('closes its worker and is done', async () => {
		world.host.start();
		const worker = await world.worker(1);
		await world.becomes('owner');

		await world.host.close();

		assert.equal(worker.closed, true);
		assert.equal(world.connection(1).disposed, true);
		assert.equal(world.workers.length, 1);
	});
});
