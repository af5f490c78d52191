import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { freePort, listenLocally } from './localServer.js';
import { RecordingObserver } from './recordingObserver.js';
import { requestOf, send, UpstreamFixture } from './upstreamFixture.js';

describe('DispatchUpstream', () => {
	const fixture = new UpstreamFixture();

	afterEach(() => fixture.close());

	describe('one attempt', () => {
		it('sends method, path below the base, headers and body as they are', async () => {
			const seen: unknown[] = [];
			const server = await fixture.serve((incoming, response) => {
				void incoming.toArray().then(chunks => {
					seen.push(incoming.method, incoming.url, incoming.headers['x-thread'], Buffer.concat(chunks as Buffer[]));
					response.end();
				});
			});
			const body = randomBytes(300_000);

			const observer = send(fixture.upstreamAt(new URL('/backend-api', server.url)), {
				method: 'POST',
				headers: ['x-thread', 'é', 'content-type', 'application/json'],
				body,
			});
			await observer.wholeBody();

			assert.deepEqual(seen, ['POST', '/backend-api/codex/responses', 'é', body]);
		});

		it('passes every byte on, wherever the chunks are cut', async () => {
			const text = Buffer.from('event: x\r\ndata: {"t":"žluťoučký 🐎"}\r\n\r\n'.repeat(50));
			const server = await fixture.serve((_incoming, response) => void writePieces(response, text));
			const upstream = fixture.upstreamAt(server.url);

			const body = await send(upstream).wholeBody();

			assert.deepEqual(body, text);
		});

		it('gives lower-case header names, joins repeats and drops cookies', async () => {
			const server = await fixture.serve((_incoming, response) => {
				response.setHeader('X-Codex-Plan', 'plus');
				response.setHeader('Warning', ['one', 'two']);
				response.setHeader('Set-Cookie', ['a=1', 'b=2']);
				response.end();
			});

			const { headers } = await send(fixture.upstreamAt(server.url)).head;

			assert.equal(headers['x-codex-plan'], 'plus');
			assert.equal(headers['warning'], 'one, two');
			assert.equal(headers['set-cookie'], undefined);
		});

		it('returns a redirect instead of following it, and keeps early hints to itself', async () => {
			const server = await fixture.serve((_incoming, response) => {
				response.writeEarlyHints({ link: '</style.css>; rel=preload' });
				response.writeHead(302, { location: '/elsewhere' }).end();
			});
			const observer = send(fixture.upstreamAt(server.url));

			await observer.ending;

			assert.equal((await observer.head).status, 302);
			assert.deepEqual(observer.heard, ['head', 'end']);
		});

		it('says nothing before send has returned, not even about a request that cannot be sent', async () => {
			const upstream = fixture.upstreamAt(new URL('http://127.0.0.1:1'));
			const observer = new RecordingObserver();

			upstream.send(requestOf({ headers: ['x-bad', 'line\nbreak'] }), observer);
			const heardAtReturn = [...observer.heard];
			const fault = await observer.fault();

			assert.deepEqual(heardAtReturn, []);
			assert.equal(fault.code, 'UND_ERR_INVALID_ARG');
		});

		it('stops reading while the observer pauses and goes on where it stopped', async () => {
			const text = randomBytes(24 * 1024 * 1024);
			const server = await fixture.serve((incoming, response) => response.end(incoming.url === '/long' ? text : 'ok'));
			const upstream = fixture.upstreamAt(server.url);
			const observer = new RecordingObserver();
			observer.wantsMore = false;

			const call = upstream.send(requestOf({ path: '/long' }), observer);
			await observer.firstChunk;
			for (let others = 0; others < 5; others += 1) await send(upstream, { accountId: 'b' }).wholeBody();
			const chunksWhilePaused = observer.heard.length - 1;
			observer.wantsMore = true;
			call.resume();
			const body = await observer.wholeBody();

			assert.equal(chunksWhilePaused, 1);
			assert.ok(body.equals(text));
		});
	});

	describe('abort', () => {
		it('frees the connection at once and silences the attempt', async () => {
			const requested = Promise.withResolvers<Socket>();
			const server = await fixture.serve((incoming, response) => {
				response.write('first');
				requested.resolve(incoming.socket);
			});
			const observer = new RecordingObserver();
			const call = fixture.upstreamAt(server.url).send(requestOf(), observer);
			await observer.firstChunk;

			call.abort();
			await once(await requested.promise, 'close');

			assert.deepEqual(observer.heard, ['head', 'chunk']);
		});

		it('works from inside a callback', async () => {
			const server = await fixture.serve((_incoming, response) => {
				response.write('first');
				response.write('second');
			});
			const observer = new RecordingObserver();
			const upstream = fixture.upstreamAt(server.url);
			const call = upstream.send(
				requestOf(),
				Object.assign(observer, {
					onHead: () => {
						observer.heard.push('head');
						call.abort();
					},
				}),
			);
			await once(server.server, 'request');
			const [socket] = server.sockets;
			assert.ok(socket);
			await once(socket, 'close');

			assert.deepEqual(observer.heard, ['head']);
		});

		it('before the connection stands never sends the request', async () => {
			const urls: (string | undefined)[] = [];
			const server = await fixture.serve((incoming, response) => {
				urls.push(incoming.url);
				response.end();
			});
			const upstream = fixture.upstreamAt(server.url);
			const observer = new RecordingObserver();

			upstream.send(requestOf({ path: '/dropped' }), observer).abort();
			await once(server.server, 'connection');
			await send(upstream, { path: '/kept' }).wholeBody();

			assert.deepEqual(urls, ['/kept']);
			assert.deepEqual(observer.heard, []);
		});
	});

	describe('faults', () => {
		it('calls a refused connection refused', async () => {
			const upstream = fixture.upstreamAt(new URL(`http://127.0.0.1:${await freePort()}`));

			const fault = await send(upstream).fault();

			assert.deepEqual(fault, { kind: 'refused', code: 'ECONNREFUSED' });
		});

		it('calls a name that does not resolve offline', async () => {
			const upstream = fixture.upstreamAt(new URL('https://nohost.invalid'));

			const fault = await send(upstream).fault();

			assert.equal(fault.kind, 'offline');
		});

		it('calls a connection reset in the middle of a stream a reset, after what had arrived', async () => {
			const server = await fixture.serve((_incoming, response) => response.write('first'));
			const observer = send(fixture.upstreamAt(server.url));
			await observer.firstChunk;

			server.sockets[0]?.resetAndDestroy();
			const fault = await observer.fault();

			assert.deepEqual(fault, { kind: 'reset', code: 'ECONNRESET' });
			assert.equal(observer.body.toString(), 'first');
		});

		it('never takes a stream cut short for a good end', async () => {
			const server = await fixture.serve((_incoming, response) => response.write('first'));
			const observer = send(fixture.upstreamAt(server.url));
			await observer.firstChunk;

			server.sockets[0]?.end();
			const fault = await observer.fault();

			assert.equal(fault.kind, 'reset');
		});

		it('calls an answer that is not HTTP a reset', async () => {
			const server = createServer(socket => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
			const { url, close } = await listenLocally(server);
			fixture.closeLater(close);

			const fault = await send(fixture.upstreamAt(url)).fault();

			assert.equal(fault.kind, 'reset');
		});

		it('gives up on an upstream that says nothing at all, but not on one that the observer paused', async () => {
			const server = await fixture.serve((incoming, response) => {
				if (incoming.url === '/silent') return;
				response.write('first');
			});
			const upstream = fixture.upstreamAt(server.url, { idleTimeoutMs: 200 });
			const paused = new RecordingObserver();
			paused.wantsMore = false;
			upstream.send(requestOf(), paused);
			await paused.firstChunk;

			const fault = await send(upstream, { path: '/silent' }).fault();

			assert.deepEqual(fault, { kind: 'timeout', code: 'IDLE_TIMEOUT' });
			assert.deepEqual(paused.heard, ['head', 'chunk']);
		});

		it('counts the silence from the last byte', async () => {
			const server = await fixture.serve((_incoming, response) => {
				let left = 9;
				const timer = setInterval(() => {
					left -= 1;
					if (left > 0) response.write('.');
					else {
						clearInterval(timer);
						response.end();
					}
				}, 40);
			});

			const body = await send(fixture.upstreamAt(server.url, { idleTimeoutMs: 200 })).wholeBody();

			assert.equal(body.length, 8);
		});
	});
});

/** Writes one byte, two bytes, … per packet, so that characters and line ends are cut everywhere. */
async function writePieces(response: ServerResponse, text: Buffer): Promise<void> {
	for (let at = 0, size = 1; at < text.length; at += size, size = (size % 7) + 1) {
		await new Promise(resolve => response.write(text.subarray(at, at + size), resolve));
	}
	response.end();
}
