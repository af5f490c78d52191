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
				turns: 2,
				inputTokens: 0,
				cachedTokens: 0,
			},
		]);
	});

	it('adds up what its turns read, and what of it came from the cache; an unknown figure adds nothing', () => {
		sessions.record('s1', 'a', { inputTokens: 1_000, cachedTokens: null });
		sessions.record('s1', 'a', { inputTokens: null, cachedTokens: null });
		sessions.record('s1', 'a', { inputTokens: 1_200, cachedTokens: 900 });
		const [session] = sessions.list();
		assert.deepEqual([session?.turns, session?.inputTokens, session?.cachedTokens], [3, 2_200, 900]);
	});

	it('moves a session to another account with all it remembers, also across a restart', async () => {
		sessions.record('s1', 'a', { inputTokens: 10, cachedTokens: 5 });
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
		sessions.record('s1', 'a', { inputTokens: 7, cachedTokens: 0, startedAt });
		const [session] = sessions.list();
		assert.deepEqual([session?.accountId, session?.turns, session?.inputTokens], ['b', 2, 7]);
	});

	it('does not let a turn that was running bring back a forgotten session', async () => {
		sessions.record('s1', 'a');
		const startedAt = clock.now();
		await clock.advance(10);
		sessions.forget('s1');
		sessions.record('s1', 'a', { inputTokens: 7, cachedTokens: 0, startedAt });
		assert.equal(sessions.size, 0);
	});

	it('follows the turns that begin after a move', async () => {
		sessions.record('s1', 'a');
		sessions.move('s1', 'b');
		await clock.advance(10);
		const turn = { inputTokens: 1, cachedTokens: 0, startedAt: clock.now() };
		sessions.record('s1', 'c', turn);
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
