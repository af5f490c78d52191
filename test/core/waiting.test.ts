import assert from 'node:assert/strict';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import { completed, created, failed, refuse, success, whole, type ScriptedCall } from '../support/scriptedUpstream.js';

const second = 1_000;
const minute = 60 * second;
const usageLimit = { error: { type: 'usage_limit_reached', message: 'The usage limit has been reached' } };

/** What the upstream does with a request whose answer the test gives later. */
function later(calls: ScriptedCall[]): (call: ScriptedCall) => void {
	return call => void calls.push(call);
}

async function fullHouse(limit: number, ...ids: string[]): Promise<{ pool: CorePool; running: ScriptedCall[] }> {
	const pool = await CorePool.of(...ids);
	pool.settings.change({ routing: { inFlightLimit: limit } });
	const running: ScriptedCall[] = [];
	pool.upstream.answer(...Array.from({ length: limit * ids.length }, () => later(running)));
	for (let request = 0; request < limit * ids.length; request++) pool.start(session(`running-${request}`));
	await settle();
	await settle();
	assert.equal(running.length, limit * ids.length);
	return { pool, running };
}

function session(thread: string) {
	return { id: `req_${thread}`, headers: { originator: 'codex_exec', 'thread-id': thread } };
}

describe('a request that finds every account busy', () => {
	it('waits for its turn, in the order of arrival', async () => {
		const { pool, running } = await fullHouse(1, 'a', 'b');
		pool.upstream.answer(success, success);
		const first = pool.start(session('first'));
		const second_ = pool.start(session('second'));
		await settle();
		assert.equal(pool.upstream.calls.length, 2, 'nobody goes before a place is free');

		success(running[1] as ScriptedCall);
		await Promise.all([first.done, second_.done]);

		assert.deepEqual([first.reply.status, second_.reply.status], [200, 200]);
		assert.deepEqual(pool.asked.slice(2), ['b', 'b'], 'one after the other on the account that was freed');
		assert.deepEqual(
			pool.store.requests.slice(1).map(({ id }) => id),
			['req_first', 'req_second'],
		);
	});

	it('shares an account after half a minute: a limit of ours never fails a turn', async () => {
		const { pool } = await fullHouse(1, 'a', 'b');
		pool.upstream.answer(success);
		const { reply, done } = pool.start(session('patient'));
		await settle();
		await pool.clock.advance(30 * second);
		await done;
		assert.equal(reply.status, 200);
		assert.equal(pool.store.requests.at(-1)?.choices[0]?.waitedMs, 30 * second);
	});

	it('gives its turn up when the client leaves', async () => {
		const { pool } = await fullHouse(1, 'a');
		const { reply, done } = pool.start(session('leaving'));
		await settle();
		reply.leave();
		await done;
		assert.deepEqual([pool.store.requests[0]?.status, pool.upstream.calls.length], [499, 1]);
	});

	it('goes at once when the user lets another account in', async () => {
		const { pool } = await fullHouse(1, 'a');
		pool.accounts.put({ ...pool.accounts.get('a'), id: 'b', chatgptAccountId: 'workspace-b' });
		pool.accounts.change('b', { selected: false });
		await pool.keep('b', { generation: 1, accessToken: pool.jwt(), refreshToken: 'rt-b-1' });
		pool.upstream.answer(success);
		const { reply, done } = pool.start(session('waiting'));
		await settle();
		pool.accounts.change('b', { selected: true });
		await done;
		assert.deepEqual([reply.status, pool.asked.at(-1)], [200, 'b']);
	});

	it('leaves a session on its account although it went elsewhere for once', async () => {
		const { pool } = await fullHouse(1, 'a', 'b');
		pool.sessions.record('known', 'a');
		const { headers } = session('thread-of-a');
		pool.upstream.answer(success);
		const { done } = pool.start({ headers });
		await pool.clock.advance(30 * second);
		await done;
		const spilled = pool.sessions.list()[0];
		const owner = spilled?.accountId;
		pool.upstream.answer(success);
		assert.ok(owner);
		pool.accounts.end(owner === 'a' ? 'b' : 'a');
		const again = pool.start({ headers });
		await again.done;
		assert.deepEqual([pool.asked.at(-1) === owner, pool.sessions.list()[0]?.accountId], [false, owner]);
	});
});

describe('an account whose limit may be over', () => {
	it('is tried by one request; the others wait for what it learns', async () => {
		const pool = await CorePool.of('a');
		pool.accounts.limit('a', pool.clock.now() + minute, 'usage_limit_reached');
		await pool.clock.advance(minute);
		const calls: ScriptedCall[] = [];
		pool.upstream.answer(later(calls), success, success);
		const requests = ['probe', 'second', 'third'].map(thread => pool.start(session(thread)));
		await settle();
		await settle();
		assert.equal(pool.upstream.calls.length, 1);

		success(calls[0] as ScriptedCall);
		await Promise.all(requests.map(({ done }) => done));

		assert.deepEqual(
			requests.map(({ reply }) => reply.status),
			[200, 200, 200],
		);
		assert.equal(pool.accounts.get('a').state, 'active');
	});

	it('spares the others a try when it is not', async () => {
		const pool = await CorePool.of('a');
		pool.accounts.limit('a', pool.clock.now() + minute, 'usage_limit_reached');
		await pool.clock.advance(minute);
		const resetsAt = Math.round((pool.clock.now() + 60 * minute) / 1000);
		pool.upstream.answer(refuse(429, { error: { ...usageLimit.error, resets_at: resetsAt } }));
		const requests = ['probe', 'second', 'third'].map(thread => pool.start(session(thread)));
		await Promise.all(requests.map(({ done }) => done));
		assert.deepEqual(
			requests.map(({ reply }) => reply.status),
			[429, 429, 429],
		);
		assert.equal(pool.upstream.calls.length, 1);
	});
});

describe('when every account is spent', () => {
	const spent = async (holdMinutes: number, resetMinutes: number): Promise<CorePool> => {
		const pool = await CorePool.of('a', 'b');
		pool.settings.change({ routing: { holdMinutes } });
		pool.accounts.limit('a', pool.clock.now() + resetMinutes * minute, 'usage_limit_reached');
		pool.accounts.limit('b', pool.clock.now() + 300 * minute, 'usage_limit_reached');
		return pool;
	};

	it('a request fails at once unless the user wants it to wait', async () => {
		const pool = await spent(0, 10);
		assert.equal((await pool.forward()).status, 429);
	});

	it('a request is held until the earliest reset, and the client is kept alive', async () => {
		const pool = await spent(15, 10);
		pool.upstream.answer(success);
		const { reply, done } = pool.start();
		await pool.clock.advance(9 * minute);
		assert.match(reply.text, /^(data: \{"type":"keepalive"\}\n\n){18}$/);
		await pool.clock.advance(minute);
		await done;
		assert.ok(reply.text.endsWith(completed));
		assert.deepEqual([reply.state, reply.starts, pool.asked], ['ended', 1, ['a']]);
		assert.equal(pool.store.requests[0]?.choices[0]?.waitedMs, 10 * minute);
	});

	it('a request is not held for a reset that is too far away', async () => {
		assert.equal((await (await spent(15, 16)).forward()).status, 429);
	});

	it('a held request goes on as soon as an account is free before its time', async () => {
		const pool = await spent(15, 10);
		pool.upstream.answer(success);
		const { reply, done } = pool.start();
		await pool.clock.advance(minute);
		pool.accounts.change('b', { limitedUntil: pool.clock.now() });
		await done;
		assert.deepEqual([reply.status, pool.asked], [200, ['b']]);
	});

	it('a held request that is refused again is told so, and does not wait for ever', async () => {
		const pool = await spent(15, 10);
		const resetsAt = Math.round((pool.clock.now() + 400 * minute) / 1000);
		pool.upstream.answer(refuse(429, { error: { ...usageLimit.error, resets_at: resetsAt } }));
		const { reply, done } = pool.start();
		await pool.clock.advance(10 * minute);
		await done;
		assert.match(reply.text, /"code":"usage_limit_reached"/);
		assert.deepEqual([reply.status, reply.state], [200, 'ended']);
	});

	it('what is kept as a reserve is not touched, and said to be one', async () => {
		const pool = await CorePool.of('a');
		pool.accounts.change('a', { reservePercent: 10 });
		const resetsAt = pool.clock.now() + 60 * minute;
		pool.accounts.recordWindows('a', [
			{ limit: 'codex', durationMinutes: 300, usedPercent: 91, resetsAt, source: 'poll', observedAt: pool.clock.now() },
		]);
		const reply = await pool.forward();
		const { error } = reply.json as { error: { type: string; message: string; resets_at: number } };
		assert.deepEqual(
			[reply.status, error.type, error.resets_at],
			[429, 'usage_limit_reached', Math.ceil(resetsAt / 1000)],
		);
		assert.match(error.message, /reserve/);
		assert.deepEqual(pool.asked, []);
	});
});

describe('an upstream that keeps silent before it says that it is overloaded', () => {
	it('is left for another account minutes later, without the client noticing', async () => {
		const pool = await CorePool.of('a', 'b');
		const calls: ScriptedCall[] = [];
		pool.upstream.answer(later(calls), success);
		const { reply, done } = pool.start();
		while (calls.length === 0) await settle();
		const call = calls[0] as ScriptedCall;
		call.head(200, { 'content-type': 'text/event-stream' }).chunk(created);
		await pool.clock.advance(100 * second);
		call.chunk(failed('server_is_overloaded'));
		call.end();
		await done;
		assert.deepEqual([pool.asked, reply.state, reply.starts], [['a', 'b'], 'ended', 1]);
		assert.equal(reply.text.replaceAll('data: {"type":"keepalive"}\n\n', ''), whole);
	});
});

describe('what is written down of a choice', () => {
	it('names every candidate with its score or why it was out, for every choice of a request', async () => {
		const pool = await CorePool.of('a', 'b', 'c');
		pool.accounts.change('c', { selected: false });
		pool.upstream.answerFor('a', refuse(500));
		pool.upstream.answerFor('b', success);
		const reply = await pool.forward();
		const [first, second_] = pool.store.requests[0]?.choices ?? [];
		assert.deepEqual(
			first?.considered.map(({ accountId, out }) => [accountId, out]),
			[
				['a', null],
				['b', null],
				['c', 'not_selected'],
			],
		);
		assert.ok(first.considered.every(({ score, out }) => (score === null) === (out !== null)));
		assert.deepEqual([first.reason, first.accountId, second_?.accountId], ['least_used', 'a', 'b']);
		assert.deepEqual(second_?.considered[0]?.out, 'tried');
		assert.equal(reply.headers['x-codex-pool-reason'], 'least_used');
	});

	it('says so when nobody could serve', async () => {
		const pool = await CorePool.of('a');
		pool.accounts.change('a', { state: 'paused' });
		await pool.forward();
		assert.deepEqual(pool.store.requests[0]?.choices, [
			{ reason: 'none', accountId: null, considered: [{ accountId: 'a', score: null, out: 'paused' }], waitedMs: 0 },
		]);
	});
});
