import assert from 'node:assert/strict';
import { PoolClient } from '../../src/client/poolClient.js';
import { watchPool, type PoolWatch } from '../../src/client/watchPool.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import { ManagementServer } from '../support/managementServer.js';

const adminToken = 'admin-token-of-the-test';

describe('watchPool', () => {
	let server: ManagementServer;
	let watch: PoolWatch | undefined;
	let heard: Heard;

	beforeEach(async () => {
		server = await ManagementServer.start();
		heard = new Heard();
	});
	afterEach(async () => {
		watch?.dispose();
		await server.close();
	});

	it('hears the newest state at once and every later one', async () => {
		const pool = await PoolClient.attach({ port: server.port, homeDir: server.homeDir });
		watch = pool.watch(heard);
		await heard.states(1);

		server.broadcast(JSON.stringify({ ...server.state, revision: 2, enabled: false }));
		const states = await heard.states(2);

		assert.deepEqual(
			states.map(state => [state.revision, state.enabled]),
			[
				[1, true],
				[2, false],
			],
		);
		pool.dispose();
	});

	it('says once that the runtime has stopped', async () => {
		watch = watchPool({ port: server.port, adminToken }, heard);
		await heard.states(1);

		await server.stopListening();

		assert.match(await heard.reason(), /has stopped/);
		assert.equal(heard.reasons.length, 1);
	});

	it('notices a suspended owner by its unanswered pings', async () => {
		watch = watchPool({ port: server.port, adminToken, pingEveryMs: 10 }, heard);
		await heard.states(1);

		server.isSuspended = true;

		assert.match(await heard.reason(), /may be suspended/);
	});

	it('stays while pings are answered', async () => {
		watch = watchPool({ port: server.port, adminToken, pingEveryMs: 5 }, heard);
		await heard.states(1);

		await server.pings(6);

		assert.deepEqual(heard.reasons, []);
	});

	it('says that it was refused when the token is not the right one', async () => {
		watch = watchPool({ port: server.port, adminToken: 'stale' }, heard);

		assert.match(await heard.reason(), /refused to be watched \(HTTP 401\)/);
	});

	it('says that nobody can be reached when the port is free', async () => {
		const { port } = server;
		await server.stopListening();

		watch = watchPool({ port, adminToken }, heard);

		assert.match(await heard.reason(), /cannot be reached/);
	});

	for (const [what, frame] of [
		['is not JSON', '{"revision":'],
		['is no state', '{"revision":1}'],
	] as const) {
		it(`ends when a frame ${what}`, async () => {
			watch = watchPool({ port: server.port, adminToken }, heard);
			await heard.states(1);

			server.broadcast(frame);

			assert.match(await heard.reason(), /another version/);
		});
	}

	it('hears nothing after it was disposed, twice even', async () => {
		watch = watchPool({ port: server.port, adminToken }, heard);
		await heard.states(1);

		watch.dispose();
		watch.dispose();
		server.broadcast(JSON.stringify({ ...server.state, revision: 2 }));
		await server.stopListening();

		assert.equal(heard.all.length, 1);
		assert.deepEqual(heard.reasons, []);
	});

	it('can be disposed before it is connected', async () => {
		watch = watchPool({ port: server.port, adminToken }, heard);

		watch.dispose();
		await server.stopListening();

		assert.deepEqual([heard.all, heard.reasons], [[], []]);
	});
});

/** A listener whose news can be waited for. */
class Heard {
	readonly all: PoolState[] = [];
	readonly reasons: string[] = [];
	#wake: () => void = () => undefined;

	onState(state: PoolState): void {
		this.all.push(state);
		this.#wake();
	}

	onClose(reason: string): void {
		this.reasons.push(reason);
		this.#wake();
	}

	async states(count: number): Promise<readonly PoolState[]> {
		await this.#until(() => this.all.length >= count);
		return this.all;
	}

	async reason(): Promise<string> {
		await this.#until(() => this.reasons.length > 0);
		return this.reasons[0] ?? '';
	}

	async #until(isTrue: () => boolean): Promise<void> {
		while (!isTrue()) {
			await new Promise<void>(resolve => {
				this.#wake = resolve;
			});
		}
	}
}
