import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket } from 'ws';
import { EventStream } from '../../src/server/eventStream.js';
import type { PoolState } from '../../src/shared/poolApi.js';

describe('the event stream of a suspended face', () => {
	it('is ended instead of being filled for ever', async () => {
		const large = { padding: 'x'.repeat(1024 * 1024) } as unknown as PoolState;
		let tell: () => void = () => undefined;
		const stream = new EventStream(
			() => large,
			watcher => {
				tell = watcher;
				return () => undefined;
			},
		);
		const server = createServer().listen(0, '127.0.0.1');
		const upgraded = Promise.withResolvers<Socket>();
		server.on('upgrade', (request, socket: Socket, head) => {
			stream.accept(request, socket, head);
			upgraded.resolve(socket);
		});
		await once(server, 'listening');
		const face = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
		face.on('error', () => undefined);
		await once(face, 'open');
		face.pause();
		const socket = await upgraded.promise;

		let told = 0;
		while (!socket.destroyed && told < 100) {
			tell();
			told++;
		}

		assert.ok(socket.destroyed, 'the face is gone');
		assert.ok(told < 20, `${told} snapshots`);
		face.terminate();
		stream.close();
		server.close();
	});
});
