import assert from 'node:assert/strict';
import { AccountBook } from '../../src/core/accounts/accountBook.js';
import type { UsageWindow } from '../../src/shared/accountApi.js';
import { accountRow } from '../support/accountRow.js';
import { openBook } from '../support/openBook.js';
import { usageWindow } from '../support/usageWindow.js';

const minute = 60_000;
const hour = 60 * minute;

describe('AccountBook', () => {
	let { clock, store, book } = openBook();
	beforeEach(() => ({ clock, store, book } = openBook()));

	it('takes no notice of times that a wrong clock has left ahead', () => {
		const startedAt = clock.now();
		store.saveAccount(accountRow({ id: 'b' }));
		book = new AccountBook(store, clock, () => undefined);
		clock.set(startedAt + 2 * hour);
		for (const id of ['a', 'b']) book.begin(id);
		for (const id of ['a', 'b']) book.succeeded(id, null);

		clock.set(startedAt);
		book.begin('a');
		book.succeeded('a', null);

		assert.equal(book.usedAt, startedAt);
		assert.equal(book.get('a').lastUsedAt, startedAt);
	});

	it('counts as in use while requests find nobody', () => {
		book.missed();

		assert.equal(book.usedAt, clock.now());
	});

	const candidate = () => {
		const [found] = book.candidates();
		assert.ok(found);
		return found;
	};
	const window = (fields: Partial<UsageWindow>) =>
		usageWindow({ usedPercent: 100, observedAt: clock.now(), ...fields });

	describe('cooldowns', () => {
		it('are saved, and are there again after a restart', () => {
			book.coolDown('a', { kind: 'limit', model: 'gpt-6-sol', until: clock.now() + hour });
			book.coolDown('a', { kind: 'rate', waitMs: 20_000 });

			const again = new AccountBook(store, clock, () => undefined).candidates()[0];

			assert.deepEqual(again?.cooldowns, candidate().cooldowns);
			assert.equal(again.cooldowns.length, 2);
		});

		it('of an overload end with a success for that model, and never touch the state', () => {
			book.coolDown('a', { kind: 'overload', model: null });
			book.coolDown('a', { kind: 'overload', model: 'gpt-6-sol' });
			book.coolDown('a', { kind: 'overload', model: 'gpt-5.5' });
			book.succeeded('a', 'gpt-5.5');
			assert.deepEqual(
				candidate().cooldowns.map(({ model }) => model),
				['gpt-6-sol'],
			);
			assert.equal(book.get('a').state, 'active');
		});
	});

	describe('credits', () => {
		it('carry an account on when its windows are full: that only ranks it last', () => {
			book.recordWindows('a', [window({ resetsAt: clock.now() + hour })]);
			assert.deepEqual([book.get('a').state, candidate().usedPercent], ['active', 100]);
		});

		it('and the other figures of an account survive a restart', () => {
			const sighting = { source: 'header', observedAt: clock.now() } as const;
			book.recordQuota('a', { credits: { hasCredits: true, unlimited: false, balance: 4.5, ...sighting } });
			const [again] = new AccountBook(store, clock, () => undefined).views();
			assert.equal(again?.credits?.balance, 4.5);
			assert.equal(again.spendLimit, null);
		});
	});

	describe('figures that come late', () => {
		it('of a poll leave what was seen after its question', async () => {
			const askedAt = clock.now();
			await clock.advance(1000);
			book.recordWindows('a', [window({ usedPercent: 60 }), window({ durationMinutes: 43_200, usedPercent: 1 })]);
			book.replaceWindows('a', [window({ usedPercent: 10, source: 'poll', observedAt: askedAt })], askedAt);
			assert.deepEqual(
				book.views()[0]?.windows.map(({ durationMinutes, usedPercent }) => [durationMinutes, usedPercent]),
				[
					[300, 60],
					[43_200, 1],
				],
			);
		});

		it('stand when the clock was set back since', () => {
			book.recordWindows('a', [window({ usedPercent: 60 })]);
			clock.set(clock.now() - hour);
			book.recordWindows('a', [window({ usedPercent: 61 })]);
			book.recordWindows('a', [window({ usedPercent: 61 })]);
			assert.deepEqual(
				book.views()[0]?.windows.map(({ usedPercent, observedAt }) => [usedPercent, observedAt]),
				[[61, clock.now()]],
			);
		});
	});

	describe('the reserve', () => {
		it('is reached while any general window has no more than it left', () => {
			book.change('a', { reservePercent: 20 });
			book.recordWindows('a', [window({ usedPercent: 79, resetsAt: clock.now() + hour })]);
			assert.equal(candidate().reservedUntil, 0);
			book.recordWindows('a', [window({ usedPercent: 80, resetsAt: clock.now() + hour })]);
			assert.equal(candidate().reservedUntil, clock.now() + hour);
		});

		it('is over with the reset of the window', async () => {
			book.change('a', { reservePercent: 20 });
			book.recordWindows('a', [window({ usedPercent: 90, resetsAt: clock.now() + hour })]);
			await clock.advance(hour);
			assert.equal(candidate().reservedUntil, 0);
		});
	});

	it('counts what runs, also across the removal of an account', () => {
		book.begin('a');
		book.begin('a');
		book.end('a');
		assert.deepEqual([book.inFlight, candidate().inFlight], [1, 1]);
		book.remove('a');
		book.put(accountRow());
		book.end('a');
		assert.equal(book.inFlight, 0);
	});

	it('keeps figures and name of an account that is renewed', () => {
		book.recordWindows('a', [window({ usedPercent: 7 })]);
		book.put(accountRow({ generation: 2 }));
		assert.deepEqual([candidate().usedPercent, book.get('a').generation], [7, 2]);
	});
});
