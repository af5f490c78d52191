import assert from 'node:assert/strict';
import { CorePool } from '../support/corePool.js';
import { completed, created, delta, failed, stream, success } from '../support/scriptedUpstream.js';

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
