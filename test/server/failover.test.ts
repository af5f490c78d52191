import assert from 'node:assert/strict';
import type { RequestRecord } from '../../src/shared/requestApi.js';
import { codexTurn } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { isTurn } from '../support/turns.js';
import { failedStream, htmlReply, type Fault } from '../support/upstream/faults.js';
import { readText } from '../support/upstream/turn.js';

describe('the pool when an account fails', () => {
	let pool: PoolUnderTest;

	beforeEach(async () => {
		pool = await PoolUnderTest.start();
	});
	afterEach(() => closeWithoutViolations(pool));

	const turns = () => pool.upstream.requests.filter(isTurn);
	const servedBy = () => turns().map(({ account }) => account?.email);
	const lastRecord = async (): Promise<RequestRecord> => {
		const [newest] = (await pool.control.state()).recentRequests;
		assert.ok(newest);
		return newest;
	};

	const faults: readonly (readonly [string, Fault, string])[] = [
		['is overloaded', { kind: 'reply', status: 503, body: { error: { code: 'server_is_overloaded' } } }, 'overload'],
		['is broken', { kind: 'reply', status: 500, body: 'oops' }, 'overload'],
		['shows a challenge page', htmlReply(403), 'overload'],
		['shows a page in place of a stream', htmlReply(200), 'overload'],
		['resets the connection', { kind: 'refuse' }, 'overload'],
		['ends before any output', { kind: 'cut', after: 'lead', how: 'end' }, 'overload'],
		['breaks before any output', { kind: 'cut', after: 'lead', how: 'reset' }, 'overload'],
		['fails inside the stream', failedStream('server_error'), 'overload'],
		['is spent inside the stream', failedStream('usage_limit_reached'), 'quota'],
		['asks for a long rest', { kind: 'reply', status: 429, headers: { 'retry-after': '30' }, body: {} }, 'rate'],
		['has no quota left', { kind: 'reply', status: 429, body: { error: { code: 'insufficient_quota' } } }, 'quota'],
		['was closed', { kind: 'reply', status: 402, body: { detail: { code: 'deactivated_workspace' } } }, 'disabled'],
	];
	for (const [name, fault, verdict] of faults) {
		it(`answers from the other one when it ${name}`, async () => {
			pool.upstream.script(fault, { when: isTurn });
			const answer = await codexTurn(pool);
			assert.deepEqual(
				[answer.status, answer.isWhole, readText(answer.text)],
				[200, true, 'Echo: hello from thread-1'],
			);
			assert.equal(new Set(servedBy()).size, 2);
			assert.deepEqual(
				(await lastRecord()).attempts.map(attempt => attempt.verdict),
				[verdict, 'succeeded'],
			);
		});
	}

	it('renews a token that was revoked and repeats on the same account', async () => {
		for (const account of pool.upstream.accounts) account.revokeAccess();
		const answer = await codexTurn(pool);
		assert.equal(readText(answer.text), 'Echo: hello from thread-1');
		assert.equal(new Set(servedBy()).size, 1);
		assert.equal(pool.upstream.requests.filter(({ path }) => path === '/oauth/token').length, 1);
	});

	it('renews a token once for many turns that meet it expired', async () => {
		for (const account of pool.upstream.accounts) account.revokeAccess();
		const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => codexTurn(pool, `t${at}`)));
		assert.ok(answers.every(({ status }) => status === 200));
		assert.equal(pool.upstream.requests.filter(({ path }) => path === '/oauth/token').length, 2);
	});

	it('asks the user to sign in when the renewal is refused, and answers from the other account', async () => {
		const [first] = pool.upstream.accounts;
		assert.ok(first);
		first.revokeAccess();
		first.breakRefresh('refresh_token_expired');
		for (let turn = 0; turn < 4; turn++) assert.equal((await codexTurn(pool, `t${turn}`)).status, 200);
		const view = (await pool.control.state()).accounts.find(({ email }) => email === first.email);
		assert.deepEqual([view?.state, view?.stateReason], ['needs_sign_in', 'refresh_token_expired']);
	});

	it('adopts tokens of a new import at once', async () => {
		const [first, second] = pool.upstream.accounts;
		assert.ok(first && second);
		second.standing = 'workspace_deactivated';
		first.rotateElsewhere();
		await pool.add([first]);
		assert.equal((await codexTurn(pool)).status, 200);
		assert.equal((await codexTurn(pool, 'other')).status, 200);
	});

	it('never repeats a turn after something visible', async () => {
		pool.upstream.script({ kind: 'cut', after: 'output', how: 'reset' }, { when: isTurn });
		const answer = await codexTurn(pool);
		assert.deepEqual([answer.isWhole, turns().length], [false, 1]);
		assert.deepEqual([(await lastRecord()).outcome, (await lastRecord()).error], ['failed', 'stream_cut']);
	});

	it('says usage_limit_reached with the earliest reset when everyone is spent', async () => {
		const [first, second] = pool.upstream.accounts;
		assert.ok(first && second);
		first.spend('weekly', 100);
		second.spend('5h', 100);
		const answer = await codexTurn(pool);
		const { error } = JSON.parse(answer.text) as {
			error: { type: string; resets_at: number; resets_in_seconds: number };
		};
		const earliest = second.usage.general.windows[0]?.resetAtSeconds;
		assert.deepEqual([answer.status, error.type, error.resets_at], [429, 'usage_limit_reached', earliest]);
		assert.ok(error.resets_in_seconds > 17_900);
		assert.equal(answer.headers['retry-after'], undefined);

		await codexTurn(pool, 'another');
		assert.equal(turns().length, 2, 'the limits are known');
	});

	it('keeps a session on its account, and spreads new ones', async () => {
		for (const thread of ['a', 'b', 'c', 'd']) for (let turn = 0; turn < 3; turn++) await codexTurn(pool, thread);
		const byThread = Map.groupBy(turns(), turn => turn.header('thread-id'));
		for (const sent of byThread.values()) assert.equal(new Set(sent.map(({ account }) => account)).size, 1);
		assert.equal(new Set(servedBy()).size, 2);
	});

	it('knows limits, sessions, keys and usage again after a restart', async () => {
		const { key } = await pool.control.createKey('Laptop');
		const first = await codexTurn(pool, 'sticky', { headers: { authorization: `Bearer ${key}` } });
		const owner = first.headers['x-codex-pool-account'];
		const other = pool.upstream.accounts.find(account => account !== turns()[0]?.account);
		other?.spend('weekly', 100);
		for (let turn = 0; turn < 3; turn++) await codexTurn(pool, `t${turn}`);
		const before = await pool.control.state();

		await pool.restart();

		const after = await pool.control.state();
		assert.deepEqual(after.totals, before.totals);
		assert.deepEqual(after.recentRequests, before.recentRequests);
		assert.deepEqual(
			after.accounts.map(({ state, limitedUntil, windows }) => ({ state, limitedUntil, windows })),
			before.accounts.map(({ state, limitedUntil, windows }) => ({ state, limitedUntil, windows })),
		);
		pool.upstream.clearRecord();
		const again = await codexTurn(pool, 'sticky', { headers: { authorization: `Bearer ${key}` } });
		assert.deepEqual([again.status, again.headers['x-codex-pool-account'], turns().length], [200, owner, 1]);
	});
});
