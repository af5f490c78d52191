import assert from 'node:assert/strict';
import { UsagePoller } from '../../src/core/quota/usagePoller.js';
import type { JsonReply } from '../../src/core/upstreamPort.js';
import type { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import { PolledPool } from '../support/polledPool.js';
import { json } from '../support/scriptedUpstream.js';

const minute = 60_000;

describe('UsagePoller', () => {
	let pool: CorePool;
	let poller: UsagePoller;
	let asked: string[];

	beforeEach(async () => ({ pool, poller, asked } = await PolledPool.start()));
	afterEach(() => poller.stop());

	const view = (id: string) => pool.accounts.views().find(account => account.id === id);
	/** No question may come while another is being answered. */
	const answerOneByOne = (statusFor: (accountId: string) => number): void => {
		let running = 0;
		pool.upstream.usage = async ({ accountId }) => {
			asked.push(accountId);
			assert.equal(++running, 1);
			await settle();
			running--;
			return json(statusFor(accountId), {});
		};
	};

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

	it('asks every five minutes while the pool is used, and every thirty while it is not', async () => {
		poller.start();
		pool.use('a');
		await pool.clock.advance(14 * minute);
		assert.equal(asked.filter(id => id === 'a').length, 3);
		await pool.clock.advance(60 * minute);
		assert.equal(asked.filter(id => id === 'a').length, 5);
	});

	it('keeps no fixed beat', async () => {
		const beats: number[] = [];
		for (const random of [0, 0.999]) {
			poller = new UsagePoller(pool.accounts, pool.tokens, pool.upstream, pool.clock, pool.log, () => random);
			const startedAt = pool.clock.now();
			poller.start();
			while (asked.length === beats.length) await pool.clock.advance(1000);
			beats.push(pool.clock.now() - startedAt);
			poller.stop();
		}
		assert.deepEqual(beats, [45_000, 75_000]);
	});

	it('does not ask at once when the machine wakes up, and then no faster than ever', async () => {
		poller.start();
		pool.clock.set(pool.clock.now() + 8 * 60 * minute);
		await pool.clock.advance(0);
		assert.deepEqual(asked, []);
		await pool.clock.advance(minute);
		assert.equal(asked.length, 1);
		await pool.clock.advance(minute);
		assert.equal(asked.length, 2);
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

	it('leaves accounts alone whose figures are fresh, or that cannot be asked', async () => {
		pool.accounts.change('b', { state: 'needs_sign_in' });
		pool.accounts.change('c', { state: 'disabled' });
		poller.start();
		pool.use('a');
		await pool.clock.advance(5 * minute);
		assert.deepEqual(asked, ['a']);
		await pool.clock.advance(minute);
		assert.deepEqual(asked, ['a', 'a']);
	});

	describe('the plan', () => {
		const named = (plan: string) => {
			pool.upstream.usage = () => Promise.resolve(json(200, { plan_type: plan }));
			return poller.refresh('a').then(() => pool.accounts.get('a').plan);
		};

		it('is believed at once when it is a better one, or another paid one', async () => {
			pool.accounts.change('a', { plan: 'free' });
			assert.equal(await named('plus'), 'plus');
			assert.equal(await named('team'), 'team');
		});

		it('is believed to be free only when that is told twice in a row', async () => {
			assert.equal(await named('free'), 'plus');
			assert.equal(await named('plus'), 'plus');
			assert.equal(await named('free'), 'plus');
			assert.equal(await named('free'), 'free');
		});

		it('stays when nothing, or nothing that could be one, is told', async () => {
			for (const plan of ['', ' ', 'x'.repeat(65)]) assert.equal(await named(plan), 'plus');
		});
	});

	it('takes its own figures to be as old as the question, so that a live one that came meanwhile stands', async () => {
		const live = { limit: 'codex', durationMinutes: 300, usedPercent: 60, resetsAt: null, source: 'header' } as const;
		const answer = pool.upstream.usage;
		pool.upstream.usage = async access => {
			await pool.clock.advance(1000);
			pool.accounts.recordWindows('a', [{ ...live, observedAt: pool.clock.now() }]);
			await pool.clock.advance(1000);
			return answer(access);
		};

		await poller.refresh('a');

		assert.deepEqual(
			view('a')?.windows.map(({ usedPercent, source }) => [usedPercent, source]),
			[[60, 'header']],
		);
	});

	describe('banked resets', () => {
		const counted = (available_count: number) => {
			pool.upstream.usage = () => Promise.resolve(json(200, { rate_limit_reset_credits: { available_count } }));
		};
		let listed = 0;

		beforeEach(() => {
			listed = 0;
			pool.upstream.resetCredits = () => {
				listed++;
				return Promise.resolve(json(200, { credits: [{ id: 'crd_1', title: 'Full reset' }] }));
			};
		});

		it('are asked for by name when there are some, and not with every poll', async () => {
			counted(0);
			await poller.refresh('a');
			assert.equal(listed, 0);
			counted(1);
			for (let at = 0; at < 3; at++) await poller.refresh('a');
			assert.equal(listed, 1);
			assert.deepEqual(
				view('a')?.resetCredits?.credits.map(({ title }) => title),
				['Full reset'],
			);
			counted(2);
			await poller.refresh('a');
			assert.equal(listed, 2);
		});

		it('are there to redeem although nobody tells their names', async () => {
			counted(1);
			pool.upstream.resetCredits = () => Promise.reject(new Error('down'));
			assert.equal(await poller.refresh('a'), true);
			assert.deepEqual([view('a')?.resetCredits?.available, view('a')?.resetCredits?.listedAt], [1, null]);
		});
	});

	describe('all at once', () => {
		it('are read one after the other, once however often it is asked for, except those that cannot be', async () => {
			pool.accounts.change('b', { state: 'needs_sign_in' });
			pool.accounts.change('c', { state: 'paused' });
			answerOneByOne(accountId => (accountId === 'c' ? 500 : 200));

			const failed = await Promise.all([poller.refreshAll(), poller.refreshAll()]);

			assert.deepEqual(asked, ['a', 'c']);
			assert.deepEqual(failed, [['c'], ['c']]);
		});

		it('stop when the caller would not wait any longer', async () => {
			pool.upstream.usage = async access => {
				asked.push(access.accountId);
				await pool.clock.advance(50_000);
				return json(200, {});
			};
			assert.deepEqual(await poller.refreshAll(), ['c']);
			assert.deepEqual(asked, ['a', 'b']);
		});
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
		answerOneByOne(() => 200);
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
