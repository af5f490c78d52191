import assert from 'node:assert/strict';
import { TurnQueue } from '../../src/core/routing/turnQueue.js';
import { FakeClock, settle } from '../support/fakeClock.js';
import { RecordingReply } from '../support/recordingReply.js';

describe('TurnQueue', () => {
	let clock: FakeClock;
	let queue: TurnQueue;
	let places: number;
	let served: string[];

	beforeEach(() => {
		clock = new FakeClock();
		queue = new TurnQueue(clock);
		places = 0;
		served = [];
	});

	/** Waits for one of `places`; taking one is a change, as in the pool. */
	async function wait(name: string, ms = 1_000, client = new RecordingReply()): Promise<void> {
		const got = await queue.wait(
			() => {
				if (places === 0) return undefined;
				places--;
				queue.serve();
				return name;
			},
			ms,
			client,
		);
		served.push(got ?? `${name} without`);
	}

	it('serves in the order of arrival, one for each place', async () => {
		for (const name of ['first', 'second', 'third']) void wait(name);
		places = 2;
		queue.serve();
		await settle();
		assert.deepEqual(served, ['first', 'second']);
		assert.equal(queue.length, 1);
	});

	it('lets those behind pass who can use what the first cannot', async () => {
		void queue.wait(() => undefined, 1_000, new RecordingReply());
		void wait('second');
		places = 1;
		queue.serve();
		await settle();
		assert.deepEqual(served, ['second']);
	});

	it('ends every wait in time', async () => {
		void wait('first', 500);
		await clock.advance(500);
		assert.deepEqual([served, queue.length, clock.waiting], [['first without'], 0, 0]);
	});

	it('ends when the client leaves, or had left before', async () => {
		const client = new RecordingReply();
		void wait('leaving', 1_000, client);
		client.leave();
		const gone = new RecordingReply();
		gone.leave();
		void wait('gone', 1_000, gone);
		await settle();
		assert.deepEqual([served, queue.length, clock.waiting], [['leaving without', 'gone without'], 0, 0]);
	});
});
