import assert from 'node:assert/strict';
import type { PoolChange } from '../../src/shared/poolApi.js';
import { codexTurn } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';

describe('routing, as its user manages it', () => {
	let pool: PoolUnderTest;

	beforeEach(async () => {
		pool = await PoolUnderTest.start();
	});
	afterEach(() => closeWithoutViolations(pool));

	it('uses a single account only when it knows which, and all again when that one is removed', async () => {
		const [first, second] = (await pool.control.state()).accounts;
		assert.ok(first && second);
		const choose = (routing: NonNullable<PoolChange['routing']>) => pool.control.changePool({ routing });
		const refusal = { code: 'invalid_request' };

		await assert.rejects(choose({ strategy: 'single_account' }), refusal);
		await assert.rejects(choose({ strategy: 'single_account', singleAccountId: 'nobody' }), refusal);
		await choose({ strategy: 'single_account', singleAccountId: first.id });
		await assert.rejects(choose({ singleAccountId: null }), refusal);
		await pool.control.removeAccount(first.id);

		const { routing } = await pool.control.state();
		assert.deepEqual([routing.strategy, routing.singleAccountId], ['least_used', null]);
		assert.equal((await codexTurn(pool)).headers['x-codex-pool-account'], second.id);
	});

	it('moves a session, so that its next turn goes to the other account, and forgets it', async () => {
		await codexTurn(pool, 'thread');
		const [session] = await pool.control.listSessions();
		assert.ok(session);
		const other = (await pool.control.state()).accounts.find(({ id }) => id !== session.accountId);
		assert.ok(other);

		const moved = await pool.control.moveSession(session.id, other.id);
		const turn = await codexTurn(pool, 'thread');

		assert.equal(moved.accountId, other.id);
		assert.equal(turn.headers['x-codex-pool-account'], other.id);
		assert.equal((await pool.control.listSessions())[0]?.turns, 2);
		await pool.control.forgetSession(session.id);
		assert.deepEqual(await pool.control.listSessions(), []);
	});

	it('tells what a session was asked by, what it has used and which requests were its own, also after a restart', async () => {
		const turns = [await codexTurn(pool, 'thread'), await codexTurn(pool, 'another'), await codexTurn(pool, 'thread')];
		const ids = turns.map(({ headers }) => String(headers['x-codex-pool-request']));
		const explained = await pool.control.explainRequest(ids[0]);
		const sessionId = explained.sessionId ?? assert.fail('it has a session');
		await pool.restart();

		const { requests } = await pool.control.listRequests({ sessionId });
		const session = (await pool.control.listSessions()).find(({ id }) => id === sessionId);

		assert.deepEqual(
			requests.map(({ id }) => id),
			[ids[2], ids[0]],
		);
		const sum = (of: 'inputTokens' | 'outputTokens' | 'costNanoUsd'): number =>
			requests.reduce((total, request) => total + (request[of] ?? 0), 0);
		assert.ok(session && session.costNanoUsd > 0);
		assert.deepEqual(
			[session.client, session.model, session.turns, session.inputTokens, session.outputTokens, session.costNanoUsd],
			[explained.client, 'gpt-5.5', 2, sum('inputTokens'), sum('outputTokens'), sum('costNanoUsd')],
		);
		assert.equal(session.unpriced, 0);
	});

	it('explains a request by its id, the beginning of it, or as the latest', async () => {
		const first = await codexTurn(pool, 'thread');
		const second = await codexTurn(pool, 'thread');
		const [id, latestId] = [first, second].map(turn => String(turn.headers['x-codex-pool-request']));
		assert.ok(id !== undefined && latestId !== undefined);

		const explained = await pool.control.explainRequest(id);
		const latest = await pool.control.explainRequest();

		assert.equal(explained.id, id);
		assert.deepEqual([latest.id, latest.choices[0]?.reason], [latestId, 'session']);
		assert.equal((await pool.control.explainRequest(id.slice(0, -1))).id, latestId);
	});
});
