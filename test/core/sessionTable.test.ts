import assert from 'node:assert/strict';
import { sessionIdOf, SessionTable } from '../../src/core/sessionTable.js';
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
			{ id: 's1', accountId: 'b', firstUsedAt: firstAt, lastUsedAt: firstAt + 1_000, turns: 2 },
		]);
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
		sessions.issueTurnState('t2', 'b');
		sessions.forgetAccount('a');
		assert.deepEqual([sessions.owner('s1'), sessions.owner('s2')], [undefined, 'b']);
		assert.deepEqual([sessions.turnStateOwner('t1'), sessions.turnStateOwner('t2')], [undefined, 'b']);
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
