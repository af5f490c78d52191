import assert from 'node:assert/strict';
import { UsagePoller } from '../../src/core/usagePoller.js';
import type { JsonReply } from '../../src/core/ports.js';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import { json } from '../support/scriptedUpstream.js';

const minute = 60_000;

describe('UsagePoller', () => {
	let pool: CorePool;
	let poller: UsagePoller;
	let asked: string[];

	beforeEach(async () => {
		pool = await CorePool.of('a', 'b', 'c');
		asked = [];
		pool.upstream.usage = access => {
			asked.push(access.accountId);
			const slot = { used_percent: 42, limit_window_seconds: 18_000, reset_after_seconds: 18_000 };
			return Promise.resolve(json(200, { plan_type: 'pro', rate_limit: { primary_window: slot } }));
		};
		poller = new UsagePoller(pool.accounts, pool.tokens, pool.upstream, pool.clock, pool.log);
	});

	afterEach(() => poller.stop());

	it('asks for one account a minute, the one with the oldest figures', async () => {
		poller.start();
		for (let at = 0; at < 3; at++) {
			await pool.clock.advance(minute);
			assert.equal(asked.length, at + 1);
		}
		assert.deepEqual(new Set(asked), new Set(['a', 'b', 'c']));
		assert.equal(pool.accounts.candidates()[0]?.usedPercent, 42);
		assert.equal(pool.accounts.get('a').plan, 'pro');
	});

	it('forgets windows that the provider no longer names', async () => {
		pool.accounts.recordWindows('a', [
			{ limit: 'codex', durationMinutes: 43_200, usedPercent: 100, resetsAt: null, source: 'header', observedAt: 0 },
		]);

		await poller.refresh('a');

		const windows = pool.accounts.views().find(account => account.id === 'a')?.windows;
		assert.deepEqual(
			windows?.map(window => window.durationMinutes),
			[300],
		);
	});

	it('finds out which accounts spend one and the same quota', async () => {
		pool.upstream.usage = ({ accountId }) =>
			Promise.resolve(json(200, { user_id: accountId === 'c' ? 'other' : 'user', account_id: 'workspace' }));

		for (const id of ['a', 'b', 'c']) await poller.refresh(id);

		assert.deepEqual(
			pool.accounts.views().map(({ sharesWith }) => sharesWith),
			[['b'], ['a'], []],
		);
	});

	it('leaves accounts alone whose figures are fresh, or that cannot be used', async () => {
		pool.accounts.change('b', { state: 'needs_sign_in' });
		pool.accounts.change('c', { state: 'paused' });
		poller.start();
		await pool.clock.advance(5 * minute);
		assert.deepEqual(asked, ['a']);
		await pool.clock.advance(minute);
		assert.deepEqual(asked, ['a', 'a']);
	});

	it('renews a token that is refused, once', async () => {
		const replies: JsonReply[] = [json(401, {}), json(200, {})];
		pool.upstream.usage = () => Promise.resolve(replies.shift() ?? json(500, {}));
		pool.issuer.onRefresh = () => ({ kind: 'rotated', tokens: { accessToken: pool.jwt() } });
		assert.equal(await poller.refresh('a'), true);
		assert.deepEqual([pool.issuer.shown.length, replies.length], [1, 0]);
	});

	it('keeps old figures when the new ones cannot be read', async () => {
		await poller.refresh('a');
		for (const answer of [
			() => Promise.resolve(json(500, {})),
			() => Promise.reject(new Error('down')),
			() => Promise.resolve(json(200, undefined)),
		]) {
			pool.upstream.usage = answer;
			await poller.refresh('a');
		}
		assert.equal(pool.accounts.candidates()[0]?.usedPercent, 42);
	});

	it('reads what was asked for soon one after the other', async () => {
		let running = 0;
		pool.upstream.usage = async access => {
			asked.push(access.accountId);
			assert.equal(++running, 1);
			await settle();
			running--;
			return json(200, {});
		};
		for (const id of ['a', 'b', 'c']) poller.refreshSoon(id);
		for (let turn = 0; turn < 10; turn++) await settle();
		assert.deepEqual(asked, ['a', 'b', 'c']);
	});

	it('stays stopped, also when it is stopped while it asks', async () => {
		const answer = Promise.withResolvers<JsonReply>();
		pool.upstream.usage = () => answer.promise;
		poller.start();
		await pool.clock.advance(minute);
		poller.stop();
		answer.resolve(json(200, {}));
		await settle();
		assert.equal(pool.clock.waiting, 0);
	});
});
