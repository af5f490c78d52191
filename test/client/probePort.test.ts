import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { probePort } from '../../src/client/probePort.js';
import { listenOn, type Listening } from '../support/listenOn.js';
import { ManagementServer } from '../support/managementServer.js';

describe('probePort', () => {
	let holder: Listening;
	let onSocket: (socket: Socket) => void;

	beforeEach(async () => {
		onSocket = () => undefined;
		holder = await listenOn(0, socket => onSocket(socket));
	});
	afterEach(() => holder.close());

	it('recognises a pool', async () => {
		const pool = await ManagementServer.start();

		assert.equal(await probePort(pool.port), 'pool');

		await pool.close();
	});

	it('calls a port where nobody listens free', async () => {
		await holder.close();

		assert.equal(await probePort(holder.port), 'free');
	});

	it('calls a listener that accepts and says nothing silent', async () => {
		assert.equal(await probePort(holder.port, { timeoutMs: 50 }), 'silent');
	});

	it('calls a listener that stops in the middle of its answer silent', async () => {
		onSocket = socket => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"service"');

		assert.equal(await probePort(holder.port, { timeoutMs: 50 }), 'silent');
	});

	for (const [what, answer] of [
		['another web server', 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'],
		['a service with another name', 'HTTP/1.1 200 OK\r\ncontent-length: 33\r\n\r\n{"service":"other","version":"1"}'],
		['something that does not speak HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
	] as const) {
		it(`calls ${what} foreign`, async () => {
			onSocket = socket => socket.end(answer);

			assert.equal(await probePort(holder.port), 'foreign');
		});
	}

	it('calls a listener that hangs up foreign', async () => {
		onSocket = socket => socket.resetAndDestroy();

		assert.equal(await probePort(holder.port), 'foreign');
	});
});
