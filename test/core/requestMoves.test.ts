import assert from 'node:assert/strict';
import { CorePool } from '../support/corePool.js';
import {
	created,
	delta,
	failed,
	faulty,
	refuse,
	stream,
	success,
	usageLimit,
	whole,
	type Answer,
} from '../support/scriptedUpstream.js';

describe('a request', () => {
	describe('moves on while nothing visible has been sent', () => {
		const causes: readonly [string, Answer, string][] = [
			['a usage limit', usageLimit(), 'quota'],
			['a long rate limit', refuse(429, {}, { 'retry-after': '60' }), 'rate'],
			['an overload', refuse(503, { error: { code: 'server_is_overloaded' } }), 'overload'],
			['a broken upstream', refuse(500), 'overload'],
			['a challenge page', refuse(403, '<html>'), 'overload'],
			['a refused connection', faulty('refused'), 'overload'],
			['a reset', faulty('reset'), 'overload'],
			['a timeout', faulty('timeout'), 'overload'],
			['an overload hidden in a 200', stream(created, failed('server_is_overloaded')), 'overload'],
			['a limit hidden in a 200', stream(created, failed('usage_limit_reached')), 'quota'],
			['a stream that ends too soon', stream(created), 'overload'],
			['an empty stream', stream(), 'overload'],
			['a page in place of a stream', refuse(200, '<html>', { 'content-type': 'text/html' }), 'overload'],
			['a closed workspace', refuse(402, { detail: { code: 'deactivated_workspace' } }), 'disabled'],
		];
		for (const [cause, answer, verdict] of causes) {
			it(`after ${cause}`, async () => {
				const pool = await CorePool.of('a', 'b');
				pool.upstream.answer(answer, success);
				const reply = await pool.forward();
				assert.deepEqual([pool.asked, reply.status, reply.text, reply.starts], [['a', 'b'], 200, whole, 1]);
				assert.deepEqual(
					pool.record.attempts.map(each => each.verdict),
					[verdict, 'succeeded'],
				);
			});
		}

		it('through all accounts, not a fixed number', async () => {
			const ids = Array.from({ length: 12 }, (_, at) => `a${at}`);
			const pool = await CorePool.of(...ids);
			pool.upstream.answer(...ids.slice(1).map(() => refuse(500)), success);
			assert.equal((await pool.forward()).text, whole);
			assert.deepEqual(new Set(pool.asked), new Set(ids));
		});

		it('but tries no new account for a request that has waited two minutes', async () => {
			const pool = await CorePool.of('a', 'b', 'c');
			pool.upstream.answer(refuse(500), call => void pool.clock.advance(121_000).then(() => refuse(502)(call)));
			const reply = await pool.forward();
			assert.deepEqual([pool.asked, reply.state], [['a', 'b'], 'ended']);
			assert.match(reply.text, /event: response\.failed/, 'the client was kept alive meanwhile');
		});
	});

	it('never moves after something visible', async () => {
		for (const broken of [stream(created, delta), stream(delta, failed('server_is_overloaded'))]) {
			const pool = await CorePool.of('a', 'b');
			pool.upstream.answer(broken);
			await pool.forward();
			assert.deepEqual([pool.asked, pool.record.outcome], [['a'], 'failed']);
			assert.equal(pool.accounts.candidates()[0]?.cooldowns[0]?.kind, 'overload', 'the next request should know');
		}
	});

	it('cuts a stream that breaks, so that half an answer is not taken for a whole one', async () => {
		const pool = await CorePool.of('a');
		pool.upstream.answer(stream(created, delta));
		const reply = await pool.forward();
		assert.deepEqual([reply.state, pool.record.error], ['cut', 'stream_cut']);
	});
});
