import assert from 'node:assert/strict';
import { AccountBook } from '../../src/core/accounts/accountBook.js';
import type { UsageWindow } from '../../src/shared/accountApi.js';
import { openBook } from '../support/openBook.js';
import { usageWindow } from '../support/usageWindow.js';

const minute = 60_000;
const hour = 60 * minute;

describe('a limited account', () => {
	let { clock, store, book } = openBook();
	beforeEach(() => ({ clock, store, book } = openBook()));

	const limitedFor = (): number | undefined => {
		const { limitedUntil } = book.get('a');
		return limitedUntil === null ? undefined : limitedUntil - clock.now();
	};
	const window = (fields: Partial<UsageWindow>) =>
		usageWindow({ usedPercent: 100, observedAt: clock.now(), ...fields });

	describe('limits', () => {
		it('last until the reset that the provider names', () => {
			book.limit('a', clock.now() + 3 * hour, 'usage_limit_reached');
			assert.deepEqual([book.get('a').state, limitedFor()], ['limited', 3 * hour]);
		});

		it('last at least 30 seconds', () => {
			book.limit('a', clock.now() - hour, 'usage_limit_reached');
			assert.equal(limitedFor(), 30_000);
		});

		it('are never shortened by a later figure while they run', () => {
			book.limit('a', clock.now() + 3 * hour, 'usage_limit_reached');
			book.limit('a', clock.now() + minute, 'usage_limit_reached');
			assert.equal(limitedFor(), 3 * hour);
		});

		it('last until the full windows reset when the provider names no time, or an absurd one', () => {
			book.recordWindows('a', [
				window({ resetsAt: clock.now() + 2 * hour }),
				window({ durationMinutes: 10_080, usedPercent: 40, resetsAt: clock.now() + 90 * hour }),
			]);
			book.limit('a', null, 'usage_limit_reached');
			assert.equal(limitedFor(), 2 * hour);
		});

		it('do not wait for a window of one model', () => {
			book.recordWindows('a', [window({ limit: 'codex_bengalfox', resetsAt: clock.now() + 90 * hour })]);
			book.limit('a', Date.UTC(2446, 0), 'usage_limit_reached');
			assert.equal(limitedFor(), 5 * minute);
		});

		it('outlast the success of a request that began before them', () => {
			book.begin('a');
			book.limit('a', clock.now() + hour, 'usage_limit_reached');
			book.succeeded('a', null);
			assert.deepEqual([book.get('a').state, limitedFor()], ['limited', hour]);
		});

		it('are over with the first success after their time', async () => {
			book.limit('a', clock.now() + hour, 'usage_limit_reached');
			await clock.advance(hour);
			book.succeeded('a', null);
			assert.deepEqual([book.get('a').state, book.get('a').limitedUntil], ['active', null]);
		});

		it('survive a restart', () => {
			book.limit('a', clock.now() + hour, 'usage_limit_reached');
			const restarted = new AccountBook(store, clock, () => undefined);
			assert.deepEqual(restarted.get('a'), book.get('a'));
		});

		it('do not wake an account that the user has paused or that needs a sign-in', () => {
			for (const state of ['paused', 'needs_sign_in', 'disabled'] as const) {
				book.change('a', { state });
				book.limit('a', clock.now() + hour, 'usage_limit_reached');
				assert.equal(book.get('a').state, state);
			}
		});
	});

	describe('a limit that runs', () => {
		it('is still known after a pause and a new sign-in', () => {
			book.limit('a', clock.now() + hour, 'usage_limit_reached');
			book.transition('a', ['limited'], 'paused', null);
			book.resume('a', ['paused']);
			assert.deepEqual([book.get('a').state, limitedFor()], ['limited', hour]);
		});

		it('is not taken up again once it is over', async () => {
			book.limit('a', clock.now() + hour, 'usage_limit_reached');
			book.transition('a', ['limited'], 'paused', null);
			await clock.advance(hour);
			book.resume('a', ['paused']);
			assert.deepEqual([book.get('a').state, book.get('a').limitedUntil], ['active', null]);
		});
	});

	describe('recovery', () => {
		const full = (): UsageWindow => window({ usedPercent: 100, resetsAt: clock.now() + 3 * hour });

		beforeEach(() => {
			book.recordWindows('a', [full()]);
			book.limit('a', clock.now() + 3 * hour, 'usage_limit_reached');
		});

		it('comes at once with figures of a new window, and is proved by one request', () => {
			book.recordWindows('a', [window({ usedPercent: 2, resetsAt: clock.now() + 5 * hour })]);
			assert.deepEqual([book.get('a').state, limitedFor()], ['limited', 0]);
			book.succeeded('a', null);
			assert.deepEqual([book.get('a').state, book.get('a').limitedUntil], ['active', null]);
		});

		it('comes with a poll that was asked after the limit, whatever its reset', async () => {
			const askedBefore = clock.now() - 1;
			const emptied = [window({ usedPercent: 2, source: 'poll', resetsAt: clock.now() + 3 * hour })];
			book.replaceWindows('a', emptied, askedBefore);
			assert.equal(limitedFor(), 3 * hour);
			book.replaceWindows('a', [full()], askedBefore);
			await clock.advance(1000);
			book.replaceWindows('a', emptied, clock.now());
			assert.equal(limitedFor(), 0);
		});

		it('comes with the next figures after the clock was set back: nobody knows how long the limit lasts', () => {
			const rightTime = clock.now();
			clock.set(rightTime + 365 * 24 * hour);
			book.limit('a', null, 'usage_limit_reached');
			clock.set(rightTime);

			book.replaceWindows('a', [window({ usedPercent: 2, source: 'poll' })], clock.now());

			assert.equal(limitedFor(), 0);
		});

		it('is not faked by the old figures of a request that began before the limit', () => {
			book.recordWindows('a', [window({ usedPercent: 60, resetsAt: clock.now() + 3 * hour })]);
			assert.equal(limitedFor(), 3 * hour);
		});

		it('does not come with a reply that was under way before the limit', () => {
			book.recordWindows('a', [window({ usedPercent: 99, resetsAt: clock.now() + 3 * hour })]);
			assert.equal(limitedFor(), 3 * hour);
		});

		it('does not come while another general window is full', () => {
			book.recordWindows('a', [window({ durationMinutes: 10_080, resetsAt: clock.now() + 50 * hour })]);
			book.recordWindows('a', [window({ usedPercent: 0, resetsAt: clock.now() + 5 * hour })]);
			assert.equal(limitedFor(), 3 * hour);
		});

		it('comes with credits that were bought and with a cap that was lifted, as a poll after the limit tells', async () => {
			const sighting = { source: 'poll', observedAt: clock.now() } as const;
			const none = { hasCredits: false, unlimited: false, balance: 0, ...sighting };
			book.recordQuota('a', { credits: none }, clock.now());
			await clock.advance(1000);

			book.recordQuota('a', { credits: { ...none, balance: 9, source: 'header', observedAt: clock.now() } });
			assert.equal(limitedFor(), 3 * hour - 1000);
			book.recordQuota('a', { credits: { ...none, observedAt: clock.now() } }, clock.now());
			book.recordQuota('a', { credits: { ...none, balance: 9, observedAt: clock.now() } }, clock.now());
			assert.equal(limitedFor(), 0);
		});

		it('does not come with credits that the provider did not take before either', async () => {
			const sighting = { source: 'poll', observedAt: clock.now() } as const;
			book.recordQuota('a', { credits: { hasCredits: true, unlimited: false, balance: 9, ...sighting } }, clock.now());
			await clock.advance(minute);
			const fresh = { source: 'poll', observedAt: clock.now() } as const;
			book.recordQuota('a', { credits: { hasCredits: true, unlimited: false, balance: 8, ...fresh } }, clock.now());
			assert.equal(limitedFor(), 3 * hour - minute);
		});

		it('does not come from the limit of one model', () => {
			book.recordWindows('a', [window({ limit: 'codex_bengalfox', usedPercent: 0 })]);
			assert.equal(limitedFor(), 3 * hour);
		});
	});
});
