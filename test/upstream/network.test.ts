import assert from 'node:assert/strict';
import { createServer as createTlsServer } from 'node:https';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { RuntimeOptions } from '../../src/shared/runtimeMessages.js';
import { DispatchUpstream } from '../../src/upstream/dispatchUpstream.js';
import { Network } from '../../src/upstream/network.js';
import { freePort, listenLocally, portOf } from './localServer.js';
import { RecordingObserver } from './recordingObserver.js';
import { selfSignedCertificate } from './selfSignedCertificate.js';

const { key, cert } = selfSignedCertificate(['backend.invalid']);

describe('Network', () => {
	const closers: (() => Promise<void>)[] = [];

	afterEach(async () => {
		await Promise.all(closers.splice(0).map(close => close()));
	});

	async function startBackend(): Promise<number> {
		const server = createTlsServer({ key, cert }, (incoming, response) =>
			response.end(`host ${incoming.headers.host}`),
		);
		const { close } = await listenLocally(server);
		closers.push(close);
		return portOf(server);
	}

	/** A forward proxy that reaches every name on 127.0.0.1 and remembers what it was asked for. */
	async function startProxy(refusal?: string): Promise<{ url: string; asked: string[] }> {
		const asked: string[] = [];
		const server = createServer();
		server.on('connect', (incoming, socket) => {
			asked.push(`${incoming.url} ${incoming.headers['proxy-authorization'] ?? '-'}`);
			if (refusal !== undefined) {
				socket.end(refusal);
				return;
			}
			const target = connect(Number(incoming.url?.split(':')[1]), '127.0.0.1', () => {
				socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
				socket.pipe(target).pipe(socket);
			});
			target.on('error', () => socket.destroy());
			socket.on('error', () => target.destroy());
		});
		const { url, close } = await listenLocally(server);
		closers.push(close);
		return { url: url.origin, asked };
	}

	function networkOf(change: Partial<RuntimeOptions['network']>, env: NodeJS.ProcessEnv = {}): Network {
		return new Network({ proxyUrl: null, noProxy: [], extraCertificates: [], ...change }, env);
	}

	function get(network: Network, url: string): RecordingObserver {
		const upstream = new DispatchUpstream({ url: new URL(url), network, version: '0.0.0' });
		closers.push(() => upstream.close());
		const observer = new RecordingObserver();
		upstream.send({ accountId: 'a', method: 'GET', path: '/', headers: ['x-a', 'b'], body: null }, observer);
		return observer;
	}

	it('distrusts a certificate that nobody vouches for', async () => {
		const port = await startBackend();

		const fault = await get(networkOf({}), `https://127.0.0.1:${port}`).fault();

		assert.deepEqual(fault, { kind: 'tls', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
	});

	it('distrusts a certificate of another name', async () => {
		const port = await startBackend();

		const fault = await get(networkOf({ extraCertificates: [cert] }), `https://localhost:${port}`).fault();

		assert.deepEqual(fault, { kind: 'tls', code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
	});

	it('trusts the additional certificates', async () => {
		const port = await startBackend();

		const body = await get(networkOf({ extraCertificates: [cert] }), `https://127.0.0.1:${port}`).wholeBody();

		assert.equal(body.toString(), `host 127.0.0.1:${port}`);
	});

	it('tunnels through the proxy of the editor’s settings with its credentials', async () => {
		const port = await startBackend();
		const proxy = await startProxy();
		const proxyUrl = proxy.url.replace('://', '://user:pass@');

		const body = await get(
			networkOf({ proxyUrl, extraCertificates: [cert] }, { HTTPS_PROXY: 'http://unused.invalid' }),
			`https://backend.invalid:${port}`,
		).wholeBody();

		assert.equal(body.toString(), `host backend.invalid:${port}`);
		assert.deepEqual(proxy.asked, [`backend.invalid:${port} Basic ${btoa('user:pass')}`]);
	});

	it('falls back on the environment’s proxy', async () => {
		const port = await startBackend();
		const proxy = await startProxy();
		const env = { https_proxy: proxy.url.replace('http://', '') };

		await get(networkOf({ extraCertificates: [cert] }, env), `https://backend.invalid:${port}`).wholeBody();

		assert.equal(proxy.asked.length, 1);
	});

	it('goes directly to hosts that need no proxy', async () => {
		const proxy = await startProxy();
		const network = networkOf({ proxyUrl: proxy.url, noProxy: ['.example.com', '.invalid'] });

		const fault = await get(network, 'https://backend.invalid').fault();

		assert.equal(fault.kind, 'offline');
		assert.deepEqual(proxy.asked, []);
	});

	it('never sends loopback through a proxy', async () => {
		const port = await startBackend();
		const proxyUrl = `http://127.0.0.1:${await freePort()}`;

		const observer = get(networkOf({ proxyUrl, extraCertificates: [cert] }), `https://127.0.0.1:${port}`);

		assert.equal((await observer.head).status, 200);
	});

	it('blames no account for a proxy that refuses', async () => {
		const proxy = await startProxy('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');

		const fault = await get(networkOf({ proxyUrl: proxy.url }), 'https://backend.invalid').fault();

		assert.equal(fault.kind, 'offline');
	});

	it('refuses settings that cannot work, without repeating a password', () => {
		const unusable = [
			{ proxyUrl: 'ftp://user:secret@host' },
			{ proxyUrl: 'http://' },
			{ extraCertificates: ['not PEM'] },
		];

		for (const change of unusable) {
			assert.throws(
				() => networkOf(change),
				(thrown: Error & { code?: unknown }) => thrown.code === 'invalid_request' && !thrown.message.includes('secret'),
			);
		}
	});
});
