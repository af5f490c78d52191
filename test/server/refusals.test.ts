import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { PoolErrorCode } from '../../src/shared/poolError.js';
import { codexHeaders, codexTurn, sdkRequest } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { send, turnBody, type WholeAnswer } from '../support/upstream/turn.js';

const mebibyte = 1024 * 1024;

function expectError(answer: { status: number; text: string }, status: number, code: PoolErrorCode): void {
	assert.equal(answer.status, status, answer.text);
	const { error } = JSON.parse(answer.text) as { error: { code: string; type: string; message: string } };
	assert.equal(error.code, code);
	assert.match(error.message, /\.$/, 'a sentence');
	assert.ok(error.type);
}

describe('a request that the pool refuses', () => {
	let pool: PoolUnderTest;

	before(async () => {
		pool = await PoolUnderTest.start();
	});
	afterEach(() => {
		assert.deepEqual(
			pool.upstream.requests.map(({ method, path }) => `${method} ${path}`),
			[],
			'nothing was forwarded',
		);
	});
	after(() => closeWithoutViolations(pool));

	const responses = () => `${pool.owner.codexBaseUrl}/responses`;
	const bearer = () => ({ authorization: `Bearer ${pool.key}` });

	describe('for its key', () => {
		it('has none, a wrong one, or one in a wrong form', async () => {
			for (const authorization of [
				undefined,
				'Bearer',
				'Bearer ',
				'Bearer cpk_wrong',
				`Basic ${pool.key}`,
				pool.key,
				`Bearer ${pool.key}x`,
			]) {
				const headers = authorization === undefined ? {} : { authorization };
				expectError(await send(responses(), { body: turnBody('x'), headers }), 401, 'pool_key_rejected');
				expectError(await send(`${pool.owner.openaiBaseUrl}/models`, { headers }), 401, 'pool_key_rejected');
			}
		});

		it('is asked for before anything is said about paths', async () => {
			expectError(await send(`${pool.owner.baseUrl}/anything`), 401, 'pool_key_rejected');
			expectError(await send(`${pool.owner.baseUrl}/anything`, { headers: bearer() }), 404, 'not_found');
		});

		it('is told so also in the middle of a large body', async () => {
			const body = Buffer.alloc(20 * mebibyte, 0x20);
			for (let time = 0; time < 3; time++) {
				expectError(
					await send(responses(), { body, headers: { authorization: 'Bearer cpk_wrong' } }),
					401,
					'pool_key_rejected',
				);
			}
		});

		it('was revoked', async () => {
			const { id, key } = await pool.control.createKey('short-lived');
			const answer = await send(`${pool.owner.baseUrl}/anything`, { headers: { authorization: `Bearer ${key}` } });
			assert.equal(answer.status, 404);
			await pool.control.revokeKey(id);
			expectError(
				await send(responses(), { body: turnBody('x'), headers: { authorization: `Bearer ${key}` } }),
				401,
				'pool_key_rejected',
			);
		});
	});

	describe('for where it comes from', () => {
		it('names a host that is not loopback', async () => {
			for (const host of [
				'example.com',
				'evil.test:2456',
				'192.168.1.5',
				'127.0.0.1.nip.io',
				'localhost.evil.test',
				'[::2]',
			]) {
				expectError(
					await send(responses(), { body: turnBody('x'), headers: { ...bearer(), host } }),
					403,
					'host_refused',
				);
			}
		});

		it('is sent by a web page', async () => {
			for (const origin of ['https://example.com', 'null', 'http://127.0.0.1:2456']) {
				const answer = await send(responses(), { body: turnBody('x'), headers: { ...bearer(), origin } });
				expectError(answer, 403, 'origin_refused');
				assert.equal(answer.headers['access-control-allow-origin'], undefined);
			}
			const preflight = await send(responses(), { method: 'OPTIONS', headers: { origin: 'https://example.com' } });
			expectError(preflight, 403, 'origin_refused');
		});

		it('comes in every spelling of loopback, which is welcome', async () => {
			const { port } = pool.owner;
			for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, 'LOCALHOST', '127.0.0.1']) {
				assert.equal((await send(`${pool.owner.baseUrl}/healthz`, { headers: { host } })).status, 200);
			}
			assert.equal((await send(`http://[::1]:${port}/healthz`)).status, 200);
		});
	});

	describe('for its body', () => {
		it('is larger than 64 MiB by its own account', async () => {
			const body = Buffer.alloc(65 * mebibyte, 0x20);
			expectError(await codexTurn(pool, 't', { body }), 413, 'body_too_large');
		});

		it('grows beyond 64 MiB without having said so', async () => {
			const answer = await sendInChunks(responses(), { ...bearer(), ...codexHeaders }, 65);
			expectError(answer, 413, 'body_too_large');
		});

		it('grows beyond 64 MiB when it is unpacked', async () => {
			const bomb = Buffer.alloc(70 * mebibyte, 0x20);
			for (const [encoding, body] of [
				['gzip', gzipSync(bomb, { level: 1 })],
				['br', brotliCompressSync(bomb, { params: { [constants.BROTLI_PARAM_QUALITY]: 0 } })],
				['zstd', zstdCompressSync(bomb)],
			] as const) {
				expectError(await sdkRequest(pool, body, { 'content-encoding': encoding }), 413, 'body_too_large');
			}
		});

		it('is packed in a way we do not know, or not packed as it says', async () => {
			for (const encoding of ['compress', 'gzip, br', 'constructor', '__proto__', 'toString']) {
				expectError(await sdkRequest(pool, '{}', { 'content-encoding': encoding }), 415, 'unsupported_encoding');
			}
			for (const encoding of ['gzip', 'br', 'deflate', 'zstd']) {
				expectError(await sdkRequest(pool, '{}', { 'content-encoding': encoding }), 400, 'invalid_request');
			}
		});

		it('is no JSON object', async () => {
			for (const body of ['', '[]', '"x"', 'null', '{"model":', '{"model":"m"', '<html>', '{"a":1}}']) {
				expectError(await sdkRequest(pool, body), 400, 'invalid_request');
			}
			for (const body of ['', '[]', '{"model":"m"', 'null']) {
				expectError(await codexTurn(pool, 't', { body }), 400, 'invalid_request');
			}
		});

		it('breaks off', async () => {
			const socket = connect(pool.owner.port, '127.0.0.1');
			socket.on('error', () => undefined);
			socket.end(
				`POST /v1/responses HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${pool.key}\r\ncontent-length: 100\r\n\r\n{"model"`,
			);
			socket.resume();
			await once(socket, 'close');
		});
	});

	it('is a path that is not served, never forwarded blindly', async () => {
		for (const path of [
			'/backend-api/codex/unknown',
			'/backend-api/codex/responses/compact2',
			'/v1/chat',
			'/',
			'/v1/responses/resp_1',
		]) {
			expectError(await send(`${pool.owner.baseUrl}${path}`, { headers: bearer() }), 404, 'not_found');
		}
		expectError(await send(responses(), { headers: bearer() }), 404, 'not_found');
	});

	it('is a path that cannot be read', async () => {
		for (const path of ['/%', '/v1/%E0%A4%A', '/%00', `/${'x'.repeat(8_000)}`]) {
			const answer = await send(`${pool.owner.baseUrl}${path}`, { headers: bearer() });
			assert.ok(answer.status >= 400 && answer.status < 500, `${path.slice(0, 20)}: ${answer.status}`);
		}
		assert.equal(pool.logLines.filter(line => line.startsWith('error')).length, 0, pool.logLines.join('\n'));
	});

	it('is for a pool that is switched off', async () => {
		await pool.control.changePool({ enabled: false });
		expectError(await codexTurn(pool), 503, 'pool_disabled');
		expectError(await codexTurn(pool, 't', { body: Buffer.alloc(20 * mebibyte, 0x20) }), 503, 'pool_disabled');
		await pool.control.changePool({ enabled: true });
	});

	it('is no HTTP, or has headers without end', async () => {
		const said = async (text: string): Promise<string> => {
			const socket = connect(pool.owner.port, '127.0.0.1');
			socket.end(text);
			return textOf(socket);
		};
		const begin = `GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\nx-codex-turn-metadata: `;
		assert.match(await said('hello\r\n\r\n'), /^HTTP\/1\.1 400 .*"invalid_request"/s);
		assert.match(await said(`${begin}${'x'.repeat(70 * 1024)}\r\n\r\n`), /^HTTP\/1\.1 400 .*headers are larger/s);
		assert.match(await said(`${begin}${'x'.repeat(60 * 1024)}\r\n\r\n`), /^HTTP\/1\.1 200 /);
	});

	describe('for a WebSocket', () => {
		it('is answered with 426, after which Codex uses HTTP at once, while the pool is switched off', async () => {
			await pool.control.changePool({ enabled: false });
			expectError(await upgrade(responses(), bearer()), 426, 'websocket_unsupported');
			await pool.control.changePool({ enabled: true });
		});

		it('is answered with 404 where there is none, and 400 for what is no handshake', async () => {
			expectError(await upgrade(`${pool.owner.baseUrl}/v1/models`, bearer()), 404, 'not_found');
			const old = { ...bearer(), 'sec-websocket-version': '8' };
			expectError(await upgrade(responses(), old), 400, 'invalid_request');
		});

		it('is answered with 401 without a key, and 403 from elsewhere', async () => {
			expectError(await upgrade(responses(), {}), 401, 'pool_key_rejected');
			expectError(await upgrade(responses(), { ...bearer(), host: 'evil.test' }), 403, 'host_refused');
			expectError(await upgrade(responses(), { ...bearer(), origin: 'https://evil.test' }), 403, 'origin_refused');
		});
	});
});

/** As a client without a content-length does. */
function sendInChunks(
	url: string,
	headers: Record<string, string>,
	mebibytes: number,
): Promise<{ status: number; text: string }> {
	return new Promise((resolve, reject) => {
		const request = httpRequest(url, { method: 'POST', headers, agent: false }, response => {
			void textOf(response).then(text => resolve({ status: response.statusCode ?? 0, text }));
		});
		request.on('error', reject);
		const chunk = Buffer.alloc(mebibyte, 0x20);
		const write = (left: number): void => {
			if (left === 0) request.end();
			else request.write(chunk, () => write(left - 1));
		};
		write(mebibytes);
	});
}

function upgrade(url: string, headers: Record<string, string>): Promise<Pick<WholeAnswer, 'status' | 'text'>> {
	return new Promise((resolve, reject) => {
		const request = httpRequest(url, {
			headers: {
				connection: 'Upgrade',
				upgrade: 'websocket',
				'sec-websocket-version': '13',
				'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
				...headers,
			},
			agent: false,
		});
		request.on('error', reject);
		request.on(
			'response',
			response => void textOf(response).then(text => resolve({ status: response.statusCode ?? 0, text })),
		);
		request.on('upgrade', (response, socket) => {
			socket.destroy();
			resolve({ status: response.statusCode ?? 0, text: '' });
		});
		request.end();
	});
}

async function textOf(answer: AsyncIterable<unknown>): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of answer) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString('utf8');
}
