import assert from 'node:assert/strict';
import { CorePool } from '../support/corePool.js';
import { refuse, success, whole } from '../support/scriptedUpstream.js';

describe('rate limits', () => {
	it('of up to five seconds are waited out on the same account', async () => {
		const pool = await CorePool.of('a', 'b');
		pool.upstream.answer(refuse(429, {}, { 'retry-after': '5' }), success);
		const { reply, done } = pool.start();
		// For the keep-alive of its client, and for the account.
		await pool.clock.untilWaiting(2);
		await pool.clock.advance(4_999);
		assert.deepEqual(pool.asked, ['a']);
		await pool.clock.advance(1);
		await done;
		assert.deepEqual([pool.asked, reply.text], [['a', 'a'], whole]);
	});

	it('are not waited out on an account that the user has paused meanwhile', async () => {
		const pool = await CorePool.of('a', 'b');
		pool.upstream.answer(refuse(429, {}, { 'retry-after': '5' }), success);
		const { reply, done } = pool.start();
		await pool.clock.untilWaiting(2);
		pool.accounts.transition('a', ['active'], 'paused', null);
		await pool.clock.advance(5_000);
		await done;
		assert.deepEqual([pool.asked, reply.text], [['a', 'b'], whole]);
	});

	it('are waited out only once', async () => {
		const pool = await CorePool.of('a', 'b');
		pool.upstream.answer(refuse(429), refuse(429), success);
		const { reply, done } = pool.start();
		// For the keep-alive of its client, and for the account.
		await pool.clock.untilWaiting(2);
		await pool.clock.advance(1_000);
		await done;
		assert.deepEqual([pool.asked, reply.text], [['a', 'a', 'b'], whole]);
	});

	it('of everyone become a 429 with Retry-After', async () => {
		const pool = await CorePool.of('a', 'b');
		pool.upstream.answerFor('a', refuse(429, {}, { 'retry-after': '40' }));
		pool.upstream.answerFor('b', refuse(429, {}, { 'retry-after': '20' }));
		const reply = await pool.forward();
		assert.deepEqual(
			[reply.status, reply.headers['retry-after'], reply.error.code],
			[429, '20', 'rate_limit_exceeded'],
		);
		assert.equal(pool.record.error, 'rate_limit_exceeded');
	});

	it('end at once for a client that leaves while waiting', async () => {
		const pool = await CorePool.of('a', 'b');
		pool.upstream.answer(refuse(429));
		const { reply, done } = pool.start();
		// For the keep-alive of its client, and for the account.
		await pool.clock.untilWaiting(2);
		reply.leave();
		await done;
		assert.deepEqual([pool.asked, pool.record.outcome, pool.clock.waiting], [['a'], 'cancelled', 0]);
	});
});
