import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { askSocket, createMessage, eachTestClosesItsSockets, responseIdIn, saidIn } from '../support/modelSocket.js';
import { codexHeaders } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { isMessage, isTurn, isUpgrade } from '../support/turns.js';
import { objectAt, textAt } from '../support/upstream/json.js';

const mebibyte = 1024 * 1024;

describe('a WebSocket of the pool', () => {
	let pool: PoolUnderTest;
	const dialTo = eachTestClosesItsSockets();

	beforeEach(async () => {
		pool = await PoolUnderTest.start({ sockets: true });
	});
	afterEach(() => closeWithoutViolations(pool));

	const address = (path = '/backend-api/codex/responses') => `ws://127.0.0.1:${pool.owner.port}${path}`;
	const key = () => ({ authorization: `Bearer ${pool.key}`, ...codexHeaders });
	const asked = (of: typeof isTurn) => pool.upstream.requests.filter(of);
	const dial = (headers: Record<string, string> = key(), url = address()) => dialTo(url, headers);

	for (const path of ['/backend-api/codex/responses', '/v1/responses']) {
		it(`warms up, answers and goes on with the chain at ${path}`, async () => {
			const socket = await dial(key(), address(path));

			const warm = await askSocket(socket, createMessage('', { input: [], generate: false }));
			const first = await askSocket(socket, createMessage('größer 🎉', { previous_response_id: responseIdIn(warm) }));
			const second = await askSocket(socket, createMessage('again', { previous_response_id: responseIdIn(first) }));

			assert.deepEqual([saidIn(first), saidIn(second)], ['Echo: größer 🎉', 'Echo: again']);
			assert.equal(pool.upstream.requests.filter(isUpgrade).length, 1);
			assert.equal((await pool.control.state()).recentRequests.length, 3);
		});
	}

	it('takes the key beside the bearer of a client that keeps its login', async () => {
		const socket = await dial({ ...key(), authorization: 'Bearer its-own', 'x-codex-pool-key': pool.key });
		assert.equal(saidIn(await askSocket(socket, createMessage('hello'))), 'Echo: hello');
	});

	it('agrees to no extension that a client offers', async () => {
		const socket = await dial();
		assert.equal(socket.extensions, '');
	});

	it('carries a message of 20 MB over HTTP, as the provider takes none of that size otherwise', async () => {
		const socket = await dial();
		const closed = once(socket, 'close');
		const events = await askSocket(socket, createMessage('x'.repeat(20 * mebibyte)));
		assert.match(saidIn(events), /^Echo: x{400}$/);
		assert.deepEqual([asked(isUpgrade).length, asked(isTurn).length], [0, 1]);

		assert.deepEqual(((await closed) as [number])[0], 1000);
		assert.equal(saidIn(await askSocket(await dial(), createMessage('hello'))), 'Echo: hello');
	});

	describe('whose message the provider finds too long', () => {
		const long = 'x'.repeat(2 * mebibyte);
		const verdicts = async () =>
			(await pool.control.state()).recentRequests.map(({ attempts }) => attempts.map(({ verdict }) => verdict));

		beforeEach(() => {
			pool.upstream.sockets.style.messageLimit = mebibyte;
		});

		it('is brought to the same account over HTTP, and no account rests for it', async () => {
			const socket = await dial();
			const closed = once(socket, 'close');

			const events = await askSocket(socket, createMessage(long));

			assert.match(saidIn(events), /^Echo: x{400}$/);
			const [upgrade, turn] = [asked(isUpgrade), asked(isTurn)];
			assert.deepEqual([upgrade.length, turn.length, turn[0]?.account], [1, 1, upgrade[0]?.account]);
			assert.deepEqual(await verdicts(), [['succeeded']]);
			// Codex opens another without a word, and sends everything.
			assert.deepEqual(((await closed) as [number])[0], 1000);
			const next = await dial();
			const first = await askSocket(next, createMessage('hello'));
			const second = await askSocket(next, createMessage('again', { previous_response_id: responseIdIn(first) }));
			assert.deepEqual([saidIn(first), saidIn(second)], ['Echo: hello', 'Echo: again']);
		});

		it('asks for the whole conversation when it built on an earlier response, and goes on with that', async () => {
			const socket = await dial();
			const first = await askSocket(socket, createMessage('hello'));

			const refused = await askSocket(socket, createMessage(long, { previous_response_id: responseIdIn(first) }));
			const whole = await askSocket(socket, createMessage(long));

			assert.equal(textAt(objectAt(refused.at(-1), 'error'), 'code'), 'previous_response_not_found');
			assert.match(saidIn(whole), /^Echo: x{400}$/);
			assert.deepEqual(await verdicts(), [['succeeded'], ['caller'], ['succeeded']]);
			assert.equal(new Set(pool.upstream.requests.map(({ account }) => account).filter(Boolean)).size, 1);
		});
	});

	it('closes at a message that is too long, before it has come', async () => {
		const socket = await dial();
		const raw = (socket as unknown as { _socket: Socket })._socket;
		const head = Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4]);
		raw.write(head);
		const [code] = (await once(socket, 'close')) as [number];
		assert.equal(code, 1009);
	});

	it('answers several threads at once', async () => {
		const sockets = await Promise.all([1, 2, 3, 4].map(() => dial()));
		const answers = await Promise.all(
			sockets.map((socket, at) =>
				askSocket(socket, createMessage(`thread ${at}`, { prompt_cache_key: `thread-${at}` })),
			),
		);
		assert.deepEqual(answers.map(saidIn), ['Echo: thread 0', 'Echo: thread 1', 'Echo: thread 2', 'Echo: thread 3']);
		const accounts = pool.upstream.requests.filter(isMessage).map(({ account }) => account);
		assert.equal(new Set(accounts).size, 2);
	});

	it('answers a ping while a response runs', async () => {
		const goOn = Promise.withResolvers<undefined>();
		pool.upstream.script({ kind: 'silence', after: 'output', until: goOn.promise }, { when: isMessage });
		const socket = await dial();
		const answer = askSocket(socket, createMessage('hello'));
		socket.ping('still there?');
		const [data] = (await once(socket, 'pong')) as [Buffer];
		assert.equal(data.toString('utf8'), 'still there?');
		goOn.resolve(undefined);
		assert.equal(saidIn(await answer), 'Echo: hello');
	});

	it('stops the provider at once when the client is gone', async () => {
		pool.upstream.script({ kind: 'silence', after: 'output' }, { when: isMessage });
		const socket = await dial();
		socket.send(JSON.stringify(createMessage('hello')));
		await once(socket, 'message');
		socket.terminate();
		const request = await pool.upstream.waitForRequest(isMessage);
		await request.settled;
		assert.equal(request.answer.outcome, 'client_left');
	});

	it('waits for a client that does not read, and loses nothing', async () => {
		pool.upstream.style.deltas = 2_000;
		const socket = await dial();
		socket.pause();
		const answer = askSocket(socket, createMessage('y'.repeat(100)));
		const request = await pool.upstream.waitForRequest(isMessage);
		await request.settled;
		socket.resume();
		assert.equal(saidIn(await answer), `Echo: ${'y'.repeat(100)}`);
	});

	it('is closed when the pool closes, and lets a response come to its end', async () => {
		const goOn = Promise.withResolvers<undefined>();
		pool.upstream.script({ kind: 'silence', after: 'output', until: goOn.promise }, { when: isMessage });
		const [idle, busy] = [await dial(), await dial()];
		const answer = askSocket(busy, createMessage('hello'));
		await once(busy, 'message');

		const closing = pool.runtime.close(60_000);
		const [code] = (await once(idle, 'close')) as [number];
		assert.equal(code, 1001);
		goOn.resolve(undefined);
		assert.equal(saidIn(await answer), 'Echo: hello');
		await closing;
	});

	it('does not outlive the pool when nobody answers its close', async () => {
		const socket = connect(pool.owner.port, '127.0.0.1');
		const lines = ['GET /backend-api/codex/responses HTTP/1.1', 'host: 127.0.0.1', 'connection: upgrade'];
		const rest = ['upgrade: websocket', 'sec-websocket-version: 13', 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA=='];
		socket.write([...lines, ...rest, `authorization: Bearer ${pool.key}`, '', ''].join('\r\n'));
		await once(socket, 'data');
		const gone = once(socket, 'close');
		socket.resume();

		await pool.runtime.close(0);
		await gone;
	});
});
