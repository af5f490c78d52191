import assert from 'node:assert/strict';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import { completed, created, delta, failed, sse, stream, success } from '../support/scriptedUpstream.js';

/** What makes an answer end, and what is said of it. */
const endless: readonly (readonly [name: string, until: (pool: CorePool) => Promise<void>, reason: RegExp])[] = [
	[
		'grows beyond 64 MiB',
		({ upstream }) => {
			const piece = sse({ type: 'response.output_text.delta', delta: 'x'.repeat(1024 * 1024) });
			for (let sent = 0; sent < 64; sent++) upstream.last.chunk(piece);
			return Promise.resolve();
		},
		/more than 64 MiB/,
	],
	['comes to no end within an hour', ({ clock }) => clock.advance(60 * 60_000), /within an hour/],
];

describe('SDK callers', () => {
	const sdk = (body: string) =>
		({ route: '/v1/responses', headers: { 'user-agent': 'OpenAI/JS 6' }, body: Buffer.from(body) }) as const;

	it('get one JSON reply when they do not want a stream', async () => {
		const pool = await CorePool.of('a');
		pool.upstream.answer(success);
		const reply = await pool.forward(sdk('{"model":"m","input":"hi","stream":false,"temperature":1}'));
		assert.deepEqual([reply.status, (reply.json as { id: string }).id], [200, 'resp_1']);
		assert.match(reply.headers['content-type'] ?? '', /^application\/json/);
		assert.equal(reply.headers['x-codex-pool-dropped'], 'temperature');
		assert.equal(reply.headers['content-length'], String(Buffer.concat(reply.chunks).length));
		assert.equal(pool.record.inputTokens, 100);
	});

	it('get an error when the collected stream breaks or cannot be read', async () => {
		for (const answer of [
			stream(created, delta),
			stream(delta, 'data: {broken\n\n'),
			stream(delta, failed('server_error')),
		]) {
			const pool = await CorePool.of('a');
			pool.upstream.answer(answer);
			const reply = await pool.forward(sdk('{"model":"m","input":"hi"}'));
			assert.deepEqual([reply.status, reply.state], [502, 'ended']);
			assert.equal(pool.record.outcome, 'failed');
		}
	});

	for (const [name, until, reason] of endless) {
		it(`are told of an answer that ${name}, which the pool gives up`, async () => {
			const pool = await CorePool.of('a');
			const { reply, done } = pool.start(sdk('{"model":"m","input":"hi"}'));
			while (pool.asked.length === 0) await settle();
			pool.upstream.last.head(200, { 'content-type': 'text/event-stream' }).chunk(created + delta);
			await until(pool);
			await done;

			assert.deepEqual([reply.status, reply.error.code, reply.state], [502, 'upstream_failed', 'ended']);
			assert.match(reply.error.message, reason);
			assert.deepEqual([pool.upstream.last.isAborted, pool.record.outcome], [true, 'failed']);
			assert.equal(reply.chunks.length, 1);
		});
	}

	it('do not wait for the rest of an error that never ends, whatever they want', async () => {
		for (const change of [
			sdk('{"model":"m","input":"hi"}'),
			{ route: '/backend-api/codex/images/generations' } as const,
		]) {
			const pool = await CorePool.of('a');
			const { reply, done } = pool.start(change);
			while (pool.asked.length === 0) await settle();
			pool.upstream.last.head(400, { 'content-type': 'application/json' }).chunk('{"detail":"No."}');
			await pool.clock.advance(15_000);
			await done;
			assert.deepEqual([reply.status, pool.upstream.last.isAborted], [400, true]);
		}
	});

	it('get their answer although a frame of it cannot be read', async () => {
		const pool = await CorePool.of('a');
		pool.upstream.answer(stream(created, delta, 'data: {broken\n\n', completed));
		assert.equal((await pool.forward(sdk('{"model":"m","input":"hi"}'))).status, 200);
	});

	it('are told what is wrong with their body', async () => {
		const pool = await CorePool.of('a');
		const reply = await pool.forward(sdk('{"model":}'));
		assert.deepEqual([reply.status, reply.error.code, pool.asked], [400, 'invalid_request', []]);
	});
});
