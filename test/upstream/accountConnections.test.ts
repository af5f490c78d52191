import assert from 'node:assert/strict';
import type { RequestListener, ServerResponse } from 'node:http';
import { send, UpstreamFixture } from './upstreamFixture.js';

describe('the connections of DispatchUpstream', () => {
	const fixture = new UpstreamFixture();

	afterEach(() => fixture.close());

	const echoPort: RequestListener = (incoming, response) => response.end(String(incoming.socket.remotePort));

	it('are reused by their account and never shared with another', async () => {
		const server = await fixture.serve(echoPort);
		const upstream = fixture.upstreamAt(server.url);

		const first = await send(upstream, { accountId: 'a' }).wholeBody();
		const other = await send(upstream, { accountId: 'b' }).wholeBody();
		const again = await send(upstream, { accountId: 'a' }).wholeBody();

		assert.equal(again.toString(), first.toString());
		assert.notEqual(other.toString(), first.toString());
		assert.equal(server.sockets.length, 2);
	});

	it('are as many as there are open streams', async () => {
		const waiting: ServerResponse[] = [];
		const all = Promise.withResolvers<undefined>();
		const server = await fixture.serve((_incoming, response) => {
			waiting.push(response);
			if (waiting.length === 20) all.resolve(undefined);
		});
		const upstream = fixture.upstreamAt(server.url);

		const observers = Array.from({ length: 20 }, () => send(upstream));
		await all.promise;
		waiting.forEach(response => response.end('done'));
		await Promise.all(observers.map(observer => observer.wholeBody()));

		assert.equal(server.sockets.length, 20);
	});

	it('of a forgotten account let its streams end and serve nothing new', async () => {
		const held = Promise.withResolvers<ServerResponse>();
		const server = await fixture.serve((incoming, response) => {
			if (incoming.url === '/held') held.resolve(response.writeHead(200));
			else response.end();
		});
		const upstream = fixture.upstreamAt(server.url);
		const running = send(upstream, { path: '/held' });
		const response = await held.promise;

		upstream.forget('a');
		response.end('all of it');
		const body = await running.wholeBody();
		await send(upstream).wholeBody();

		assert.equal(body.toString(), 'all of it');
		assert.equal(server.sockets.length, 2);
	});

	it('are not trusted after the machine has slept', async () => {
		let now = 1_800_000_000_000;
		const server = await fixture.serve(echoPort);
		const upstream = fixture.upstreamAt(server.url, { now: () => now });

		const before = await send(upstream).wholeBody();
		now += 3_600_000;
		const after = await send(upstream).wholeBody();

		assert.notEqual(after.toString(), before.toString());
	});

	it('end with a fault when the upstream closes, and so does what comes later', async () => {
		const server = await fixture.serve((_incoming, response) => response.write('first'));
		const upstream = fixture.upstreamAt(server.url);
		const running = send(upstream);
		await running.firstChunk;

		await upstream.close();
		const faults = [
			await running.fault(),
			await send(upstream).fault(),
			await send(upstream, { accountId: 'new' }).fault(),
		];

		assert.deepEqual(
			faults.map(fault => fault.kind),
			['reset', 'reset', 'reset'],
		);
	});
});
