import assert from 'node:assert/strict';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import { created, delta, faulty, refuse, success, whole } from '../support/scriptedUpstream.js';

describe('forwardRequest', () => {
	it('brings an answer through byte for byte and writes down what it cost', async () => {
		const pool = await CorePool.of('a');
		pool.upstream.answer(success);
		const reply = await pool.forward();
		assert.deepEqual([reply.status, reply.text, reply.state], [200, whole, 'ended']);
		assert.equal(reply.headers['x-codex-pool-account'], 'a');
		const { status, outcome, model, inputTokens, cachedTokens, outputTokens, reasoningTokens, client } = pool.record;
		assert.deepEqual(
			{ status, outcome, model, inputTokens, cachedTokens, outputTokens, reasoningTokens, client },
			{
				status: 200,
				outcome: 'succeeded',
				model: 'gpt-5.5',
				inputTokens: 100,
				cachedTokens: 80,
				outputTokens: 7,
				reasoningTokens: 3,
				client: 'codex_exec',
			},
		);
		assert.deepEqual(pool.attempts, [['a', 'succeeded', 200]]);
	});

	it("sends the account's own credentials and the client's bytes", async () => {
		const pool = await CorePool.of('a');
		pool.upstream.answer(success);
		const { accessToken } = await pool.tokens.access('a');
		const body = Buffer.from('{"model":"m", "unknown":1.0}');
		await pool.forward({ body });
		const { last } = pool.upstream;
		assert.equal(last.request.body, body);
		assert.deepEqual(
			[last.header('authorization'), last.header('chatgpt-account-id')],
			[`Bearer ${accessToken}`, 'workspace-a'],
		);
	});

	it('punishes nobody when this machine is offline', async () => {
		const pool = await CorePool.of('a', 'b');
		pool.upstream.answer(faulty('offline', 'ENOTFOUND'));
		const reply = await pool.forward();
		assert.deepEqual([reply.status, pool.asked], [502, ['a']]);
		assert.deepEqual(
			pool.accounts.candidates().map(({ cooldowns, state }) => [cooldowns, state]),
			[
				[[], 'active'],
				[[], 'active'],
			],
		);
	});

	it('punishes nobody when this machine goes offline in the middle of an answer', async () => {
		const pool = await CorePool.of('a');
		pool.upstream.answer(call => {
			call.head(200, { 'content-type': 'text/event-stream' }).chunk(created + delta);
			faulty('offline', 'ENETUNREACH')(call);
		});
		const reply = await pool.forward();
		assert.deepEqual(
			[reply.state, pool.record.error, pool.accounts.candidates()[0]?.cooldowns],
			['cut', 'stream_cut', []],
		);
	});

	describe("the caller's own faults", () => {
		it('come back as they are, and the account is untouched', async () => {
			const pool = await CorePool.of('a', 'b');
			const body = { error: { code: 'context_length_exceeded', message: 'Too long' } };
			pool.upstream.answer(refuse(400, body, { 'x-request-id': 'r' }));
			const reply = await pool.forward();
			assert.deepEqual([pool.asked, reply.status, reply.json, reply.headers['x-request-id']], [['a'], 400, body, 'r']);
			assert.deepEqual([pool.accounts.get('a').state, pool.accounts.candidates()[0]?.cooldowns], ['active', []]);
			assert.equal(pool.record.error, 'context_length_exceeded');
		});

		it('come back in a form that an SDK can read', async () => {
			const pool = await CorePool.of('a');
			pool.upstream.answer(refuse(400, { detail: 'Unsupported parameter: x' }));
			const reply = await pool.forward({ route: '/v1/responses', headers: {} });
			assert.equal(reply.error.message, 'Unsupported parameter: x');
		});
	});

	describe('a client that leaves', () => {
		it('aborts what runs and is written down as cancelled', async () => {
			const pool = await CorePool.of('a', 'b');
			pool.upstream.answer(call => void call.head(200, { 'content-type': 'text/event-stream' }).chunk(created + delta));
			const { reply, done } = pool.start();
			await settle();
			await settle();
			reply.leave();
			await done;
			assert.ok(pool.upstream.last.isAborted);
			const { outcome, status, error } = pool.record;
			assert.deepEqual(
				[outcome, status, error, pool.accounts.candidates()[0]?.cooldowns],
				['cancelled', 499, null, []],
			);
		});
	});

	it('answers with a sentence and logs the details when something unexpected fails', async () => {
		const pool = await CorePool.of('a');
		pool.upstream.send = () => {
			throw new TypeError('a secret detail');
		};
		const reply = await pool.forward();
		assert.deepEqual([reply.status, reply.error.code], [500, 'internal']);
		assert.ok(!reply.text.includes('secret'));
		assert.equal(pool.log.count('request failed'), 1);
		assert.equal(pool.record.error, 'internal');
	});

	it('carries 200 requests at once to their ends and releases every slot', async () => {
		const pool = await CorePool.of('a', 'b', 'c');
		pool.settings.change({ routing: { inFlightLimit: 0 } });
		pool.upstream.answer(...Array.from({ length: 200 }, () => success));
		const replies = await Promise.all(
			Array.from({ length: 200 }, (_, at) =>
				pool.forward({ headers: { ...pool.request().headers, 'thread-id': `t${at}` } }),
			),
		);
		assert.ok(replies.every(reply => reply.text === whole));
		assert.equal(pool.accounts.inFlight, 0);
		const perAccount = ['a', 'b', 'c'].map(id => pool.asked.filter(asked => asked === id).length);
		assert.ok(Math.max(...perAccount) - Math.min(...perAccount) <= 2, perAccount.join());
	});
});
