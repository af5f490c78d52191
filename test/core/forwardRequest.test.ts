import assert from 'node:assert/strict';
import type { AttemptRecord, RequestRecord } from '../../src/shared/requestApi.js';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import {
	completed,
	created,
	delta,
	failed,
	faulty,
	refuse,
	stream,
	success,
	usageLimit,
	type Answer,
} from '../support/scriptedUpstream.js';

const hour = 3_600_000;
const whole = created + delta + completed;

interface ErrorBody {
	readonly error: {
		readonly type: string;
		readonly code: string | null;
		readonly message: string;
		readonly resets_at?: number;
		readonly resets_in_seconds?: number;
	};
}

describe('forwardRequest', () => {
	const record = (pool: CorePool): RequestRecord => {
		assert.equal(pool.store.requests.length, 1, 'settled exactly once');
		assert.equal(pool.settled, 1);
		assert.equal(pool.accounts.inFlight, 0, 'every slot released');
		const [only] = pool.store.requests;
		assert.ok(only);
		return only;
	};
	const attempts = (pool: CorePool): [AttemptRecord['accountId'], string, number | null][] =>
		record(pool).attempts.map(({ accountId, verdict, status }) => [accountId, verdict, status]);
	const errorOf = (reply: { json: unknown }): ErrorBody['error'] => (reply.json as ErrorBody).error;

	it('brings an answer through byte for byte and writes down what it cost', async () => {
		const pool = await CorePool.of('a');
		pool.upstream.answer(success);
		const reply = await pool.forward();
		assert.deepEqual([reply.status, reply.text, reply.state], [200, whole, 'ended']);
		assert.equal(reply.headers['x-codex-pool-account'], 'a');
		const { status, outcome, model, inputTokens, cachedTokens, outputTokens, reasoningTokens, client } = record(pool);
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
		assert.deepEqual(attempts(pool), [['a', 'succeeded', 200]]);
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
					record(pool).attempts.map(each => each.verdict),
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
			assert.deepEqual([pool.asked, record(pool).outcome], [['a'], 'failed']);
			assert.equal(pool.accounts.candidates()[0]?.cooldowns[0]?.kind, 'overload', 'the next request should know');
		}
	});

	it('cuts a stream that breaks, so that half an answer is not taken for a whole one', async () => {
		const pool = await CorePool.of('a');
		pool.upstream.answer(stream(created, delta));
		const reply = await pool.forward();
		assert.deepEqual([reply.state, record(pool).error], ['cut', 'stream_cut']);
	});

	describe('credentials', () => {
		const rotate = (pool: CorePool): void => {
			pool.issuer.onRefresh = () => ({ kind: 'rotated', tokens: { accessToken: pool.jwt(), refreshToken: 'rt-2' } });
		};
		const refused = refuse(401, { error: { code: 'token_expired' } });

		it('are renewed once, and the request is repeated on the same account', async () => {
			const pool = await CorePool.of('a', 'b');
			rotate(pool);
			pool.upstream.answer(refused, success);
			assert.equal((await pool.forward()).text, whole);
			assert.deepEqual(pool.asked, ['a', 'a']);
			assert.deepEqual(attempts(pool), [
				['a', 'credential', 401],
				['a', 'succeeded', 200],
			]);
			const [first, second] = pool.upstream.calls.map(call => call.header('authorization'));
			assert.notEqual(first, second);
		});

		it('that are refused again send the user to sign in and the request to the next account', async () => {
			const pool = await CorePool.of('a', 'b');
			rotate(pool);
			pool.upstream.answer(refused, refused, success);
			assert.equal((await pool.forward()).text, whole);
			assert.deepEqual([pool.asked, pool.accounts.get('a').state], [['a', 'a', 'b'], 'needs_sign_in']);
		});

		it('that cannot be renewed send the request to the next account', async () => {
			const pool = await CorePool.of('a', 'b');
			pool.issuer.onRefresh = () => ({ kind: 'permanent', code: 'refresh_token_expired' });
			pool.upstream.answer(refused, success);
			assert.equal((await pool.forward()).text, whole);
			assert.deepEqual([pool.asked, pool.accounts.get('a').state], [['a', 'b'], 'needs_sign_in']);
		});

		it('that cannot be renewed just now are no reason to sign in again', async () => {
			const pool = await CorePool.of('a');
			pool.issuer.onRefresh = () => ({ kind: 'transient', code: 'ECONNREFUSED', sent: false });
			pool.upstream.answer(refused);
			const reply = await pool.forward();
			assert.deepEqual(
				[reply.status, errorOf(reply).code, pool.accounts.get('a').state],
				[502, 'upstream_failed', 'active'],
			);
		});
	});

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
				[reply.status, reply.headers['retry-after'], errorOf(reply).code],
				[429, '20', 'rate_limit_exceeded'],
			);
			assert.equal(record(pool).error, 'rate_limit_exceeded');
		});

		it('end at once for a client that leaves while waiting', async () => {
			const pool = await CorePool.of('a', 'b');
			pool.upstream.answer(refuse(429));
			const { reply, done } = pool.start();
			// For the keep-alive of its client, and for the account.
			await pool.clock.untilWaiting(2);
			reply.leave();
			await done;
			assert.deepEqual([pool.asked, record(pool).outcome, pool.clock.waiting], [['a'], 'cancelled', 0]);
		});
	});

	describe('when nobody can serve', () => {
		it('says usage_limit_reached with the earliest reset', async () => {
			const pool = await CorePool.of('a', 'b');
			pool.upstream.answerFor('a', usageLimit(pool.clock.now() + 3 * hour));
			pool.upstream.answerFor('b', usageLimit(pool.clock.now() + 2 * hour));
			const reply = await pool.forward();
			const { type, resets_at, resets_in_seconds } = errorOf(reply);
			assert.deepEqual(
				[reply.status, type, resets_at, resets_in_seconds],
				[429, 'usage_limit_reached', (pool.clock.now() + 2 * hour) / 1000, 7_200],
			);
			assert.equal(reply.headers['retry-after'], undefined);
			assert.equal(record(pool).error, 'usage_limit_reached');
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
			assert.deepEqual([again.status, errorOf(again).code, pool.asked.length], [400, 'model_missing', 1]);
			assert.match(errorOf(again).message, /gpt-5\.5/);
		});

		it('takes no page that came with 200 for an answer', async () => {
			const pool = await CorePool.of('a');
			pool.upstream.answer(call => {
				call.head(200, { 'content-type': 'text/html' }).chunk('<html>Maintenance</html>');
				call.end();
			});
			const reply = await pool.forward();
			assert.deepEqual([reply.status, errorOf(reply).code], [503, 'upstream_overloaded']);
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
			assert.match(errorOf(await empty.forward()).message, /no account yet/);
			const pool = await CorePool.of('a', 'b');
			pool.accounts.change('a', { selected: false });
			pool.accounts.change('b', { state: 'paused' });
			const reply = await pool.forward();
			assert.deepEqual([reply.status, errorOf(reply).code], [503, 'no_account']);
		});
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
			[reply.state, record(pool).error, pool.accounts.candidates()[0]?.cooldowns],
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
			assert.equal(record(pool).error, 'context_length_exceeded');
		});

		it('come back in a form that an SDK can read', async () => {
			const pool = await CorePool.of('a');
			pool.upstream.answer(refuse(400, { detail: 'Unsupported parameter: x' }));
			const reply = await pool.forward({ route: '/v1/responses', headers: {} });
			assert.equal(errorOf(reply).message, 'Unsupported parameter: x');
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
			const { outcome, status, error } = record(pool);
			assert.deepEqual(
				[outcome, status, error, pool.accounts.candidates()[0]?.cooldowns],
				['cancelled', 499, null, []],
			);
		});
	});

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

		it('never show a turn state to an account that did not issue it', async () => {
			const pool = await CorePool.of('a', 'b');
			const issue: Answer = call => {
				call.head(200, { 'content-type': 'text/event-stream', 'x-codex-turn-state': 'ts-a' });
				call.chunk(whole);
				call.end();
			};
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
	});

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
			assert.equal(record(pool).inputTokens, 100);
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
				assert.equal(record(pool).outcome, 'failed');
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
			assert.deepEqual([reply.status, errorOf(reply).code, pool.asked], [400, 'invalid_request', []]);
		});
	});

	it('answers with a sentence and logs the details when something unexpected fails', async () => {
		const pool = await CorePool.of('a');
		pool.upstream.send = () => {
			throw new TypeError('a secret detail');
		};
		const reply = await pool.forward();
		assert.deepEqual([reply.status, errorOf(reply).code], [500, 'internal']);
		assert.ok(!reply.text.includes('secret'));
		assert.equal(pool.log.count('request failed'), 1);
		assert.equal(record(pool).error, 'internal');
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
