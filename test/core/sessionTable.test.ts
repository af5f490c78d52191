import assert from 'node:assert/strict';
import { PoolError } from '../../src/shared/poolError.js';
import { sessionIdOf, SessionTable } from '../../src/core/routing/sessionTable.js';
import { FakeClock } from '../support/fakeClock.js';
import { MemoryStore } from '../support/memoryStore.js';

describe('SessionTable', () => {
	let clock: FakeClock;
	let store: MemoryStore;
	let sessions: SessionTable;

	beforeEach(() => {
		clock = new FakeClock();
		store = new MemoryStore();
		sessions = new SessionTable(store, clock);
	});

	it('remembers who answered a session, also after a restart', async () => {
		sessions.record('s1', 'a');
		await clock.advance(10);
		sessions.record('s2', 'b');
		const restarted = new SessionTable(store, clock);
		assert.deepEqual([restarted.owner('s1'), restarted.owner('s2'), restarted.owner('s3')], ['a', 'b', undefined]);
		assert.deepEqual(
			restarted.list().map(({ id }) => id),
			['s2', 's1'],
		);
	});

	it('counts turns and moves with the account that answers', async () => {
		const firstAt = clock.now();
		sessions.record('s1', 'a');
		await clock.advance(1_000);
		sessions.record('s1', 'b');
		assert.deepEqual(sessions.list(), [
			{
				id: 's1',
				accountId: 'b',
				firstUsedAt: firstAt,
				lastUsedAt: firstAt + 1_000,
				client: null,
				model: null,
				turns: 2,
				inputTokens: 0,
				cachedTokens: 0,
				outputTokens: 0,
				costNanoUsd: 0,
				unpriced: 0,
			},
		]);
	});

	it('is recognised by the client and the model of its last turn that told them, also after a restart', () => {
		sessions.record('s1', 'a', { client: 'codex_exec', model: 'gpt-5.4' });
		sessions.record('s1', 'a', { client: 'codex_exec', model: 'gpt-5.5' });
		sessions.record('s1', 'a', { client: null, model: null });
		const [session] = new SessionTable(store, clock).list();
		assert.deepEqual([session?.client, session?.model, session?.turns], ['codex_exec', 'gpt-5.5', 3]);
	});

	it('adds up what its requests have used, also across a restart; an unknown figure adds nothing', () => {
		sessions.record('s1', 'a');
		sessions.count(spent({ inputTokens: 1_000, outputTokens: 40, costNanoUsd: 5 }));
		sessions.count(spent({}));
		sessions.count(spent({ inputTokens: 1_200, cachedTokens: 900, outputTokens: 2, costNanoUsd: 7 }));
		const [session] = new SessionTable(store, clock).list();
		const { inputTokens, cachedTokens, outputTokens, costNanoUsd, unpriced } = session ?? assert.fail();
		assert.deepEqual([inputTokens, cachedTokens, outputTokens, costNanoUsd, unpriced], [2_200, 900, 42, 12, 0]);
	});

	it('says how many of its requests have tokens but no price', () => {
		sessions.record('s1', 'a');
		sessions.count(spent({ inputTokens: 1_000, outputTokens: 40 }));
		sessions.count(spent({ inputTokens: 0, outputTokens: 0 }));
		assert.deepEqual([sessions.list()[0]?.costNanoUsd, sessions.list()[0]?.unpriced], [0, 1]);
	});

	it('makes no session of a request that nobody answered, and changes nothing but its sums for one', () => {
		sessions.count(spent({ inputTokens: 10 }));
		assert.equal(sessions.size, 0);
		sessions.record('s1', 'a');
		sessions.record('s2', 'a');
		const before = sessions.list();
		sessions.count(spent({ inputTokens: 10, costNanoUsd: 1 }));
		sessions.count(spent({ sessionId: null, inputTokens: 10 }));
		assert.deepEqual(sessions.list(), [before[0], { ...before[1], inputTokens: 10, costNanoUsd: 1 }]);
	});

	it('moves a session to another account with all it remembers, also across a restart', async () => {
		sessions.record('s1', 'a', { client: 'codex_exec', model: 'gpt-5.5' });
		sessions.count(spent({ inputTokens: 10, cachedTokens: 5 }));
		sessions.record('s2', 'a');
		const [, before] = sessions.list();
		await clock.advance(10);
		const moved = sessions.move('s1', 'b');
		assert.deepEqual(moved, { ...before, accountId: 'b' });
		assert.deepEqual([sessions.owner('s1'), new SessionTable(store, clock).owner('s1')], ['b', 'b']);
	});

	it('leaves turn states with their issuer when their session moves', () => {
		sessions.record('s1', 'a');
		sessions.issueTurnState('t1', 'a');
		sessions.move('s1', 'b');
		assert.equal(sessions.turnStateOwner('t1'), 'a');
	});

	it('knows nothing of a turn state from before a restart, so that nobody is shown it', () => {
		sessions.record('s1', 'a');
		sessions.issueTurnState('t1', 'a');
		assert.equal(sessions.turnStateOwner('t1'), 'a');
		assert.equal(new SessionTable(store, clock).turnStateOwner('t1'), undefined);
	});

	it('forgets a session, also across a restart', () => {
		sessions.record('s1', 'a');
		sessions.forget('s1');
		assert.deepEqual([sessions.owner('s1'), sessions.size], [undefined, 0]);
		assert.equal(new SessionTable(store, clock).owner('s1'), undefined);
	});

	it('does not let a turn that was running undo a move, and does count it', async () => {
		sessions.record('s1', 'a');
		const startedAt = clock.now();
		await clock.advance(10);
		sessions.move('s1', 'b');
		await clock.advance(10);
		sessions.record('s1', 'a', { startedAt });
		sessions.count(spent({ inputTokens: 7 }));
		const [session] = sessions.list();
		assert.deepEqual([session?.accountId, session?.turns, session?.inputTokens], ['b', 2, 7]);
	});

	it('does not let a turn that was running bring back a forgotten session', async () => {
		sessions.record('s1', 'a');
		const startedAt = clock.now();
		await clock.advance(10);
		sessions.forget('s1');
		sessions.record('s1', 'a', { startedAt });
		sessions.count(spent({ inputTokens: 7 }));
		assert.equal(sessions.size, 0);
	});

	it('follows the turns that begin after a move', async () => {
		sessions.record('s1', 'a');
		sessions.move('s1', 'b');
		await clock.advance(10);
		sessions.record('s1', 'c', { startedAt: clock.now() });
		assert.equal(sessions.owner('s1'), 'c');
	});

	it('says that a session is not there', () => {
		const isMissing = (thrown: unknown): boolean => thrown instanceof PoolError && thrown.code === 'session_not_found';
		assert.throws(() => sessions.move('s1', 'b'), isMissing);
		assert.throws(() => sessions.forget('s1'), isMissing);
	});

	it('keeps a bounded number and drops the least recently used', () => {
		for (let at = 0; at < 4_096; at++) sessions.record(`s${at}`, 'a');
		sessions.record('s0', 'a');
		sessions.record('one more', 'a');
		assert.deepEqual([sessions.size, sessions.owner('s0'), sessions.owner('s1')], [4_096, 'a', undefined]);
	});

	it('forgets what belonged to a removed account', () => {
		sessions.record('s1', 'a');
		sessions.record('s2', 'b');
		sessions.issueTurnState('t1', 'a');
		sessions.forgetAccount('a');
		assert.deepEqual([sessions.owner('s1'), sessions.owner('s2')], [undefined, 'b']);
		assert.equal(sessions.turnStateOwner('t1'), 'a', 'and is for nobody else now');
	});

	it('keeps a bounded number of turn states', () => {
		for (let at = 0; at <= 2_048; at++) sessions.issueTurnState(`t${at}`, 'a');
		assert.deepEqual([sessions.turnStateOwner('t0'), sessions.turnStateOwner('t1')], [undefined, 'a']);
	});

	it("shows nothing of the client's own key", () => {
		assert.match(sessionIdOf('secret project thread'), /^[0-9a-f]{24}$/);
		assert.notEqual(sessionIdOf('a'), sessionIdOf('b'));
	});
});

function spent(figures: Partial<Parameters<SessionTable['count']>[0]>): Parameters<SessionTable['count']>[0] {
	return {
		sessionId: 's1',
		inputTokens: null,
		cachedTokens: null,
		outputTokens: null,
		costNanoUsd: null,
		...figures,
	};
}
