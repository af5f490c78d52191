import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { brotliCompress, deflate, gzip, zstdCompress } from 'node:zlib';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PoolUnderTest, closeWithoutViolations } from '../support/poolUnderTest.js';
import { codexTurn, sdkRequest } from '../support/poolRequests.js';
import { isTurn } from '../support/turns.js';
import { cutInBadPlaces, encodeComment, encodeEvent } from '../support/upstream/sse.js';
import { readEvents, readText, send, turnBody } from '../support/upstream/turn.js';

const compress = {
	zstd: promisify<Buffer, Buffer>(zstdCompress),
	gzip: promisify<Buffer, Buffer>(gzip),
	br: promisify<Buffer, Buffer>(brotliCompress),
	deflate: promisify<Buffer, Buffer>(deflate),
} as const;

describe('the responses routes', () => {
	let pool: PoolUnderTest;

	beforeEach(async () => {
		pool = await PoolUnderTest.start();
	});
	afterEach(() => closeWithoutViolations(pool));

	const turns = () => pool.upstream.requests.filter(isTurn);

	it('answer a Codex turn with the stream of one account', async () => {
		const answer = await codexTurn(pool);
		assert.deepEqual([answer.status, answer.isWhole, readText(answer.text)], [200, true, 'Echo: hello from thread-1']);
		assert.equal(answer.headers['content-type'], 'text/event-stream');
		assert.equal(answer.headers['openai-model'], 'gpt-5.5');
		assert.ok(answer.headers['x-codex-primary-used-percent']);
		assert.deepEqual(
			[answer.headers['set-cookie'], answer.headers['x-powered-by'], answer.headers['content-encoding']],
			[undefined, undefined, undefined],
		);
		const [served] = turns();
		assert.equal(
			answer.headers['x-codex-pool-account'],
			await pool.accountId(served?.account ?? pool.upstream.addAccount()),
		);
		assert.equal(answer.headers['x-models-etag'], undefined, 'only the etag of our own catalogue');
	});

	it('bring events through in pieces that were cut in the worst places', async () => {
		Object.assign(pool.upstream.style, { chunking: 'torture', noise: true });
		const answer = await codexTurn(pool, 't', { body: turnBody('größer ✓ 日本 🎉') });
		assert.equal(readText(answer.text), 'Echo: größer ✓ 日本 🎉');
		assert.match(answer.text, /: a comment with ünïcödé ✓ 🎉\r\n/);
		const [request] = (await pool.control.state()).recentRequests;
		assert.equal(request?.outcome, 'succeeded');
		assert.ok((request.inputTokens ?? 0) > 0);
	});

	it('send the bytes of Codex on as they are', async () => {
		const body = Buffer.from(` {"model":"gpt-5.5","stream":true,"store":false,"unknown":1.50,"input":[]}\n`);
		await codexTurn(pool, 't', { body });
		assert.deepEqual(turns()[0]?.bytes, body);
	});

	it('pass zstd of Codex on without a look at it', async () => {
		const body = await compress.zstd(Buffer.from(JSON.stringify(turnBody('compressed'))));
		const answer = await codexTurn(pool, 't', { body, headers: { 'content-encoding': 'zstd' } });
		assert.equal(readText(answer.text), 'Echo: compressed');
		assert.deepEqual([turns()[0]?.bytes, turns()[0]?.header('content-encoding')], [body, 'zstd']);
	});

	for (const encoding of ['gzip', 'br', 'deflate', 'zstd'] as const) {
		it(`decode ${encoding} of an SDK`, async () => {
			const body = await compress[encoding](Buffer.from('{"model":"gpt-5.5","input":"packed","stream":true}'));
			const answer = await sdkRequest(pool, body, { 'content-encoding': encoding });
			assert.equal(readText(answer.text), 'Echo: packed');
			assert.equal(turns()[0]?.header('content-encoding'), undefined);
		});
	}

	it('give an SDK one JSON reply when it does not want a stream', async () => {
		const answer = await sdkRequest(pool, { model: 'gpt-5.5', input: 'collect me', temperature: 0.5, store: true });
		const response = JSON.parse(answer.text) as { status: string; output: { content?: { text: string }[] }[] };
		assert.deepEqual(
			[answer.status, response.status, response.output.at(-1)?.content?.[0]?.text],
			[200, 'completed', 'Echo: collect me'],
		);
		assert.equal(answer.headers['x-codex-pool-dropped'], 'temperature');
	});

	it('take old messages of an SDK as the backend wants them', async () => {
		const input = [
			{ role: 'system', content: 'Be brief.' },
			{ role: 'user', content: 'one' },
			{ role: 'assistant', content: [{ type: 'input_text', text: 'two' }] },
			{ role: 'user', content: 'three' },
		];
		const answer = await sdkRequest(pool, { model: 'gpt-5.5', input, stream: true });
		assert.equal(readText(answer.text), 'Echo: three');
	});

	it('say honestly to the provider who is asking', async () => {
		await sdkRequest(pool, { model: 'gpt-5.5', input: 'hi' }, { originator: 'mine', cookie: 'a=b' });
		const [sent] = turns();
		assert.deepEqual([sent?.header('originator'), sent?.header('cookie')], ['codex_account_pool', undefined]);
		assert.match(sent?.header('user-agent') ?? '', /^codex-account-pool\//);
	});

	it('pass on what the provider says of a request that is wrong', async () => {
		const codex = await codexTurn(pool, 't', { body: turnBody('x', { top_p: 1 }) });
		assert.deepEqual([codex.status, JSON.parse(codex.text)], [400, { detail: 'Unsupported parameter: top_p' }]);
		const sdk = await sdkRequest(pool, { model: 'gpt-5.5', input: 'x', service_tier: 'flex' });
		assert.equal(
			(JSON.parse(sdk.text) as { error: { message: string } }).error.message,
			'Unsupported service_tier: flex',
		);
	});

	it('stop the provider at once when the client leaves', async () => {
		pool.upstream.script({ kind: 'silence', after: 'output' });
		const leaving = new AbortController();
		const answer = codexTurn(pool, 't', { signal: leaving.signal }).catch(() => undefined);
		const request = await pool.upstream.waitForRequest(isTurn);
		await pool.control.state();
		leaving.abort();
		await Promise.all([answer, request.settled]);
		assert.equal(request.answer.outcome, 'client_left');
	});

	it('serve 30 turns at once', async () => {
		const answers = await Promise.all(Array.from({ length: 30 }, (_, at) => codexTurn(pool, `thread-${at}`)));
		for (const [at, answer] of answers.entries()) assert.equal(readText(answer.text), `Echo: hello from thread-${at}`);
		assert.equal((await pool.control.state()).inFlight, 0);
	});
});

describe('a stream through the pool', () => {
	let upstream: Server;
	let pool: PoolUnderTest;
	let pieces: readonly Buffer[];

	beforeEach(async () => {
		pool = await PoolUnderTest.start({ accounts: 1 });
		upstream = createServer((request, response) => {
			request.resume();
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			void (async () => {
				for (const piece of pieces) {
					response.write(piece);
					await nextTurn();
				}
				response.end();
			})();
		});
		await once(upstream.listen(0, '127.0.0.1'), 'listening');
		await pool.restart(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}/backend-api`);
	});
	afterEach(async () => {
		upstream.closeAllConnections();
		upstream.close();
		await closeWithoutViolations(pool);
	});

	it('is the same bytes at both ends but for the rate limits, cut in the worst places', async () => {
		const figures = { used_percent: 33, window_minutes: 300 };
		const text = 'ünïcödé ✓ 日本 🎉 "quoted" \\ \u2028 data: {"type":"response.completed"}';
		const stream = Buffer.concat([
			encodeComment('kept alive ✓', '\r\n'),
			encodeEvent({ type: 'response.created', response: { id: 'r' } }, '\r\n'),
			encodeEvent({ type: 'codex.rate_limits', rate_limits: { primary: figures }, of: 'one account' }),
			encodeEvent({ type: 'response.brand_new', text }, '\r\n'),
			...Array.from({ length: 50 }, (_, at) =>
				encodeEvent({ type: 'response.output_text.delta', delta: `${at} ${text}` }),
			),
			Buffer.from('data: {"type":"response.output_text.delta","delta":"no event line"}\n\n'),
			encodeEvent({ type: 'response.completed', response: { id: 'r', output: [], usage: { input_tokens: 3 } } }),
			encodeEvent({ type: 'response.after_the_end' }),
		]);
		for (const cut of [[stream], cutInBadPlaces(stream)]) {
			pieces = cut;
			const answer = await codexTurn(pool);
			const [, told = ''] = /event: codex\.rate_limits\ndata: (.*)\n\n/.exec(answer.text) ?? [];
			assert.match(told, /"primary":\{"used_percent":33,"window_minutes":300,/);
			const sent = stream.toString('utf8').replace(/\{"type":"codex\.rate_limits".*\}/, told);
			assert.equal(answer.text, sent);
			assert.ok(answer.isWhole);
		}
		const [request] = (await pool.control.state()).recentRequests;
		assert.deepEqual([request?.outcome, request?.inputTokens], ['succeeded', 3]);
	});

	it('of many megabytes is whole also for a client that reads slowly', async () => {
		const delta = encodeEvent({ type: 'response.output_text.delta', delta: 'x'.repeat(60_000) });
		const end = encodeEvent({ type: 'response.completed', response: { id: 'r', output: ['y'.repeat(2_000_000)] } });
		pieces = [...Array.from({ length: 150 }, () => delta), end];
		const answer = await codexTurn(pool);
		assert.equal(Buffer.concat(answer.chunks).length, delta.length * 150 + end.length);
		assert.equal(readEvents(answer.text).at(-1)?.['type'], 'response.completed');
	});

	it('that breaks off looks broken to the client', async () => {
		pieces = [encodeEvent({ type: 'response.output_text.delta', delta: 'half' })];
		const answer = await codexTurn(pool);
		assert.deepEqual([answer.status, answer.isWhole], [200, false]);
	});

	it('is kept from an SDK as far as only Codex knows it', async () => {
		const own = [{ type: 'codex.rate_limits' }, { type: 'response.metadata' }, { type: 'responsesapi.timing' }];
		const open = [
			{ type: 'response.created' },
			{ type: 'response.output_text.delta', delta: '✓ 🎉' },
			{ type: 'response.completed', response: {} },
		];
		const mixed = [open[0], own[0], own[1], open[1], own[2], open[2]].map(event => encodeEvent({ type: '', ...event }));
		for (const cut of [mixed, cutInBadPlaces(Buffer.concat(mixed))]) {
			pieces = cut;
			const answer = await send(`${pool.owner.openaiBaseUrl}/responses`, {
				body: { model: 'gpt-5.5', input: 'x', stream: true },
				headers: { authorization: `Bearer ${pool.key}` },
			});
			assert.equal(answer.text, Buffer.concat(open.map(event => encodeEvent(event))).toString('utf8'));
		}
	});
});
