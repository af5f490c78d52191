import assert from 'node:assert/strict';
import { CorePool } from '../support/corePool.js';
import {
	completed,
	created,
	delta,
	refuse,
	sse,
	stream,
	success,
	usageLimit,
	whole,
	type Answer,
} from '../support/scriptedUpstream.js';

const hour = 3_600_000;

describe('sessions', () => {
	it('stay on the account that answered first', async () => {
		const pool = await CorePool.of('a', 'b', 'c');
		pool.upstream.answer(success, success, success);
		pool.accounts.begin('a');
		await pool.forward();
		const [first] = pool.asked;
		pool.accounts.end('a');
		for (const id of ['a', 'b', 'c']) if (id !== first) pool.accounts.end(id);
		await pool.clock.advance(5_000);
		await pool.forward();
		await pool.forward();
		assert.deepEqual(new Set(pool.asked), new Set([first]));
	});

	it('come back to their account after one bad moment of it', async () => {
		const pool = await CorePool.of('a', 'b');
		pool.upstream.answer(success, refuse(500), success, success);
		await pool.forward();
		await pool.forward();
		await pool.clock.advance(31_000);
		await pool.forward();
		assert.deepEqual(pool.asked, ['a', 'a', 'b', 'a']);
	});

	it('move for good when their account is spent', async () => {
		const pool = await CorePool.of('a', 'b');
		pool.upstream.answer(success, usageLimit(pool.clock.now() + hour), success, success);
		await pool.forward();
		await pool.forward();
		await pool.clock.advance(2 * hour);
		pool.issuer.onRefresh = () => ({ kind: 'rotated', tokens: { accessToken: pool.jwt() } });
		await pool.forward();
		assert.deepEqual(pool.asked, ['a', 'a', 'b', 'b']);
	});

	const inHead: Answer = call => {
		call.head(200, { 'content-type': 'text/event-stream', 'x-codex-turn-state': 'ts-a' });
		call.chunk(whole);
		call.end();
	};
	const metadata = { type: 'response.metadata', headers: { 'X-Codex-Turn-State': 'ts-a' } };
	for (const [where, issue] of [
		['the head of a reply', inHead],
		['its events', stream(created, sse(metadata), delta, completed)],
	] as const) {
		it(`never show a turn state from ${where} to an account that did not issue it`, async () => {
			const pool = await CorePool.of('a', 'b');
			pool.upstream.answer(issue, usageLimit(pool.clock.now() + hour), success);
			await pool.forward();
			const { headers } = pool.request();
			await pool.forward({ headers: { ...headers, 'x-codex-turn-state': 'ts-a' } });
			assert.deepEqual(
				pool.upstream.calls.map(call => [call.accountId, call.header('x-codex-turn-state')]),
				[
					['a', undefined],
					['a', 'ts-a'],
					['b', undefined],
				],
			);
		});
	}
});
