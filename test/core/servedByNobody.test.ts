import assert from 'node:assert/strict';
import { CorePool } from '../support/corePool.js';
import { faulty, refuse, success, usageLimit, whole } from '../support/scriptedUpstream.js';

const hour = 3_600_000;

describe('when nobody can serve', () => {
	it('says usage_limit_reached with the earliest reset', async () => {
		const pool = await CorePool.of('a', 'b');
		pool.upstream.answerFor('a', usageLimit(pool.clock.now() + 3 * hour));
		pool.upstream.answerFor('b', usageLimit(pool.clock.now() + 2 * hour));
		const reply = await pool.forward();
		const { type, resets_at, resets_in_seconds } = reply.error;
		assert.deepEqual(
			[reply.status, type, resets_at, resets_in_seconds],
			[429, 'usage_limit_reached', (pool.clock.now() + 2 * hour) / 1000, 7_200],
		);
		assert.equal(reply.headers['retry-after'], undefined);
		assert.equal(pool.record.error, 'usage_limit_reached');
	});

	it('says it without asking the upstream while the limits last', async () => {
		const pool = await CorePool.of('a');
		pool.accounts.limit('a', pool.clock.now() + 45_000, 'usage_limit_reached');
		const reply = await pool.forward();
		assert.deepEqual([reply.status, reply.headers['retry-after'], pool.asked], [429, '45', []]);
	});

	it('never lets a client wait for hours because one account is spent and the other broken', async () => {
		for (const broken of [refuse(503, { error: { code: 'server_is_overloaded' } }), faulty('reset')]) {
			for (const order of [
				['spent', 'broken'],
				['broken', 'spent'],
			]) {
				const pool = await CorePool.of(...order);
				pool.upstream.answerFor('spent', usageLimit(pool.clock.now() + 50 * hour));
				pool.upstream.answerFor('broken', broken);
				const reply = await pool.forward();
				assert.deepEqual(pool.asked, order);
				assert.ok([502, 503].includes(reply.status ?? 0), `${order.join()} answered ${reply.status}`);
				assert.equal(reply.headers['retry-after'], undefined);
			}
		}
	});

	it('passes on the last overload as it came', async () => {
		const pool = await CorePool.of('a', 'b');
		const overloaded = { error: { code: 'server_is_overloaded', message: 'Busy' } };
		pool.upstream.answer(
			refuse(503, overloaded, { 'retry-after': '3' }),
			refuse(503, overloaded, { 'retry-after': '3' }),
		);
		const reply = await pool.forward();
		assert.deepEqual([reply.status, reply.json, reply.headers['retry-after']], [503, overloaded, '3']);
	});

	it('says that nobody has the model, also to those who ask again', async () => {
		const pool = await CorePool.of('a', 'b');
		pool.accounts.change('b', { state: 'paused' });
		pool.upstream.answer(refuse(400, { detail: "The 'gpt-5.5' model is not supported when using Codex." }));
		assert.equal((await pool.forward()).status, 400);
		const again = await pool.forward();
		assert.deepEqual([again.status, again.error.code, pool.asked.length], [400, 'model_missing', 1]);
		assert.match(again.error.message, /gpt-5\.5/);
	});

	it('takes no page that came with 200 for an answer', async () => {
		const pool = await CorePool.of('a');
		pool.upstream.answer(call => {
			call.head(200, { 'content-type': 'text/html' }).chunk('<html>Maintenance</html>');
			call.end();
		});
		const reply = await pool.forward();
		assert.deepEqual([reply.status, reply.error.code], [503, 'upstream_overloaded']);
	});

	it('lets Codex come back to what is overloaded, which gives up at a 429 without Retry-After', async () => {
		const pool = await CorePool.of('a');
		const slowDown = { error: { code: 'slow_down', message: 'Slow down.' } };
		pool.upstream.answer(refuse(429, slowDown));
		const reply = await pool.forward();
		assert.deepEqual([reply.status, reply.json, reply.headers['retry-after']], [429, slowDown, '2']);
	});

	it('asks an account once more whose short limit is over by now', async () => {
		const pool = await CorePool.of('a', 'b');
		pool.upstream.answerFor('a', refuse(429, {}, { 'retry-after': '6' }), success);
		pool.upstream.answerFor('b', call => void pool.clock.advance(7_000).then(() => refuse(500)(call)));
		assert.equal((await pool.forward()).text, whole);
		assert.deepEqual(pool.asked, ['a', 'b', 'a']);
	});

	it('says what to do when there is no account, or none that may be used', async () => {
		const empty = await CorePool.of();
		assert.match((await empty.forward()).error.message, /no account yet/);
		const pool = await CorePool.of('a', 'b');
		pool.accounts.change('a', { selected: false });
		pool.accounts.change('b', { state: 'paused' });
		const reply = await pool.forward();
		assert.deepEqual([reply.status, reply.error.code], [503, 'no_account']);
	});
});
