import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { WebSocketServer } from 'ws';
import type { HeaderMap } from '../../src/core/ports.js';
import type { ByteSocket, UpstreamFault } from '../../src/core/upstreamPort.js';
import { encodeFrame, encodeText, opcodes } from '../../src/core/socket/webSocketFrames.js';
import { Network } from '../../src/upstream/network.js';
import { listenLocally, portOf, freePort } from './localServer.js';
import { selfSignedCertificate } from './selfSignedCertificate.js';
import { UpstreamFixture } from './upstreamFixture.js';

type Outcome =
	| { readonly kind: 'open'; readonly headers: HeaderMap; readonly socket: ByteSocket }
	| { readonly kind: 'refused'; readonly status: number; readonly headers: HeaderMap; readonly body: string }
	| { readonly kind: 'fault'; readonly fault: UpstreamFault };

describe('DispatchUpstream.openSocket', () => {
	const fixture = new UpstreamFixture();
	afterEach(() => fixture.close());

	/** Says hello and then repeats what it hears. */
	function echo(server: Server): WebSocketServer {
		const sockets = new WebSocketServer({ server });
		sockets.on('connection', peer => {
			peer.send('hello');
			peer.on('message', (data: Buffer) => peer.send(data, { binary: false }));
		});
		return sockets;
	}

	async function listen(server: Server): Promise<URL> {
		const { url, close } = await listenLocally(server);
		fixture.closeLater(close);
		return url;
	}

	function open(url: URL, network?: Network): Promise<Outcome> {
		const upstream = fixture.upstreamAt(url, network ? { network } : {});
		return new Promise(resolve => {
			upstream.openSocket(
				{ accountId: 'a', path: '/codex/responses?x=1', headers: ['authorization', 'Bearer t', 'originator', 'codex'] },
				{
					onOpen: (headers, socket) => resolve({ kind: 'open', headers, socket }),
					onRefused: (status, headers, body) =>
						resolve({ kind: 'refused', status, headers, body: body.toString('utf8') }),
					onFault: fault => resolve({ kind: 'fault', fault }),
				},
			);
		});
	}

	/** Sends a message and gives all bytes up to the answer. */
	async function converse(outcome: Outcome): Promise<Buffer> {
		assert.ok(outcome.kind === 'open');
		const expected = Buffer.concat([encodeText('hello'), encodeText('größer')]);
		const heard: Buffer[] = [];
		await new Promise<void>(resolve => {
			outcome.socket.listen({
				onBytes: chunk => {
					heard.push(Buffer.from(chunk));
					if (Buffer.concat(heard).length >= expected.length) resolve();
				},
				onDrain: () => undefined,
				onGone: () => resolve(),
			});
			outcome.socket.write(encodeFrame(opcodes.text, Buffer.from('größer'), Buffer.from([1, 2, 3, 4])));
		});
		outcome.socket.destroy();
		assert.ok(Buffer.concat(heard).equals(expected));
		return expected;
	}

	it('shakes hands with the headers it was given and then carries bytes', async () => {
		const server = createServer();
		const sockets = echo(server);
		const asked = once(sockets, 'connection');
		const url = await listen(server);

		await converse(await open(new URL('/backend-api', url)));

		const [, request] = (await asked) as [unknown, { url?: string; headers: Record<string, string> }];
		assert.equal(request.url, '/backend-api/codex/responses?x=1');
		assert.deepEqual([request.headers['authorization'], request.headers['originator']], ['Bearer t', 'codex']);
		assert.equal(request.headers['sec-websocket-extensions'], undefined);
	});

	it('gives a refusal with its body', async () => {
		const server = createServer();
		server.on('upgrade', (_request, socket) =>
			socket.end('HTTP/1.1 429 Too Many\r\nretry-after: 3\r\ncontent-length: 2\r\nset-cookie: a=b\r\n\r\n{}'),
		);

		const outcome = await open(await listen(server));

		assert.deepEqual(outcome, {
			kind: 'refused',
			status: 429,
			headers: { 'retry-after': '3', 'content-length': '2' },
			body: '{}',
		});
	});

	it('takes an answer from a server that knows no upgrades for a refusal', async () => {
		const server = createServer((_request, response) => response.writeHead(404).end('no'));
		const outcome = await open(await listen(server));
		assert.deepEqual([outcome.kind, outcome.kind === 'refused' && outcome.status], ['refused', 404]);
	});

	it('distrusts a handshake that proves nothing', async () => {
		const server = createServer();
		server.on('upgrade', (_request, socket) =>
			socket.end('HTTP/1.1 101 Fine\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: x\r\n\r\n'),
		);
		const outcome = await open(await listen(server));
		assert.deepEqual(outcome, { kind: 'fault', fault: { kind: 'reset', code: 'BAD_HANDSHAKE' } });
	});

	it('says what kept it from connecting', async () => {
		const outcome = await open(new URL(`http://127.0.0.1:${await freePort()}`));
		assert.deepEqual(outcome, { kind: 'fault', fault: { kind: 'refused', code: 'ECONNREFUSED' } });
	});

	it('says nothing more after an abort', async () => {
		const server = createServer();
		const asked = once(server, 'upgrade');
		const upstream = fixture.upstreamAt(await listen(server));
		const fail = (): void => assert.fail('It was aborted');
		const call = upstream.openSocket(
			{ accountId: 'a', path: '/', headers: [] },
			{ onOpen: fail, onRefused: fail, onFault: fail },
		);
		const [, socket] = (await asked) as [unknown, Duplex];
		socket.on('error', () => undefined).resume();
		call.abort();
		await once(socket, 'end');
	});

	it('goes through the proxy and trusts the additional certificates', async () => {
		const { key, cert } = selfSignedCertificate(['backend.invalid']);
		const server = createTlsServer({ key, cert });
		echo(server);
		await listen(server);
		const asked: (string | undefined)[] = [];
		const proxy = createServer();
		proxy.on('connect', (incoming, socket) => {
			asked.push(incoming.url);
			const target = connect(portOf(server), '127.0.0.1', () => {
				socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
				socket.pipe(target).pipe(socket);
			});
			target.on('error', () => socket.destroy());
			socket.on('error', () => target.destroy());
		});
		const proxyUrl = (await listen(proxy)).origin;
		const network = new Network({ proxyUrl, noProxy: [], extraCertificates: [cert] }, {});

		await converse(await open(new URL('https://backend.invalid:8443'), network));

		assert.deepEqual(asked, ['backend.invalid:8443']);
	});
});
