import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ModelRefusal } from '../../src/client/modelRefusal.js';
import { streamResponse } from '../../src/client/streamResponse.js';
import { PoolError } from '../../src/shared/poolError.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { allOf, rejection } from '../support/sdk.js';
import { isTurn } from '../support/turns.js';

describe('a model that a face asks', () => {
	let pool: PoolUnderTest;

	beforeEach(async () => (pool = await PoolUnderTest.start()));
	afterEach(() => closeWithoutViolations(pool));

	function ask(model: string, { key = pool.key, signal = new AbortController().signal } = {}) {
		const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'größer 🎉' }] }];
		const body = JSON.stringify({ model, stream: true, store: false, input });
		return streamResponse({ port: pool.owner.port, key, userAgent: 'face-under-test/1', body, signal });
	}

	it('is heard event by event, wherever the stream is cut', async () => {
		pool.upstream.style.chunking = 'torture';

		const events = (await allOf(ask('gpt-5.5'))) as { type: string; delta?: string }[];

		assert.equal(events.map(({ delta }) => delta ?? '').join(''), 'Echo: größer 🎉');
		assert.equal(events.at(-1)?.type, 'response.completed');
		const { requests } = await pool.control.listRequests();
		assert.deepEqual(
			requests.map(({ client, outcome }) => [client, outcome]),
			[['face-under-test', 'succeeded']],
		);
	});

	it('refuses in the words and with the code of the pool', async () => {
		const unknown = await rejection(allOf(ask('gpt-nothing')));
		const stranger = await rejection(allOf(ask('gpt-5.5', { key: 'cpk_wrong' })));

		assert.ok(unknown instanceof ModelRefusal && stranger instanceof ModelRefusal);
		assert.deepEqual([stranger.code, stranger.resetsAt], ['pool_key_rejected', null]);
		assert.match(stranger.message, /This pool key is not known here/);
		assert.notEqual(unknown.message, '');
	});

	it('says when a spent pool is back', async () => {
		for (const account of pool.upstream.accounts) account.spend('5h', 100);

		const spent = await rejection(allOf(ask('gpt-5.5')));

		assert.ok(spent instanceof ModelRefusal);
		assert.equal(spent.code, 'usage_limit_reached');
		assert.ok(Number(spent.resetsAt) > Date.now());
	});

	it('is left at once by whoever aborts, before and behind the first event', async () => {
		for (const after of [0, 'output'] as const) {
			pool.upstream.script({ kind: 'silence', after }, { when: isTurn });
			const abort = new AbortController();

			const asking = rejection(allOf(ask('gpt-5.5', abort)));
			const turn = await pool.upstream.waitForRequest(
				request => isTurn(request) && request.answer.outcome === 'pending',
			);
			abort.abort();

			assert.ok((await asking) instanceof PoolError);
			await turn.settled;
			assert.equal(turn.answer.outcome, 'client_left');
		}
	});
});

describe('a pool that a face asks', () => {
	let server: Server;

	const ask = (port: number) => {
		const { signal } = new AbortController();
		return rejection(allOf(streamResponse({ port, key: 'cpk_test', userAgent: 'face/1', body: '{}', signal })));
	};

	afterEach(() => server.close());

	async function serve(answer: string): Promise<number> {
		server = createServer(({ socket }) => socket.end(answer)).listen(0, '127.0.0.1');
		await once(server, 'listening');
		return (server.address() as AddressInfo).port;
	}

	it('is said to be gone when it goes in the middle of the answer, or was not there', async () => {
		const port = await serve('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\ndata: {"type":"response.created"}\n\n');

		assert.match(String(await ask(port)), /broken off the answer/);
		await new Promise(closed => server.close(closed));
		const absent = await ask(port);
		assert.ok(absent instanceof PoolError);
		assert.equal(absent.code, 'runtime_not_running');
		assert.match(absent.message, /cannot be reached/);
	});

	it('is said to have failed when its answer makes no sense', async () => {
		const port = await serve('HTTP/1.1 500 No\r\ncontent-length: 5\r\n\r\n<html');

		assert.match(String(await ask(port)), /failed with HTTP 500/);
	});
});
