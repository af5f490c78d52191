import assert from 'node:assert/strict';
import { AccountBook } from '../../src/core/accountBook.js';
import type { UsageWindow } from '../../src/shared/managementApi.js';
import { accountRow } from '../support/corePool.js';
import { FakeClock } from '../support/fakeClock.js';
import { MemoryStore } from '../support/memoryStore.js';

const minute = 60_000;
const hour = 60 * minute;

describe('AccountBook', () => {
	let clock: FakeClock;
	let store: MemoryStore;
	let book: AccountBook;

	beforeEach(() => {
		clock = new FakeClock();
		store = new MemoryStore();
		store.saveAccount(accountRow());
		book = new AccountBook(store, clock, () => undefined);
	});

	const limitedFor = (): number | undefined => {
		const { limitedUntil } = book.get('a');
		return limitedUntil === null ? undefined : limitedUntil - clock.now();
	};
	const candidate = () => {
		const [found] = book.candidates();
		assert.ok(found);
		return found;
	};
	const window = (fields: Partial<UsageWindow>): UsageWindow => ({
		limit: 'codex',
		durationMinutes: 300,
		usedPercent: 100,
		resetsAt: null,
		source: 'header',
		observedAt: clock.now(),
		...fields,
	});

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
			book.succeeded('a');
			assert.deepEqual([book.get('a').state, limitedFor()], ['limited', hour]);
		});

		it('are over with the first success after their time', async () => {
			book.limit('a', clock.now() + hour, 'usage_limit_reached');
			await clock.advance(hour);
			book.succeeded('a');
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

	describe('overload', () => {
		const avoidedFor = (): number => candidate().avoidUntil - clock.now();

		it('is avoided for longer each time it comes back, at most half an hour', async () => {
			const steps: number[] = [];
			for (let time = 0; time < 6; time++) {
				book.avoid('a');
				steps.push(avoidedFor());
				await clock.advance(avoidedFor() + 1);
			}
			assert.deepEqual(steps, [30_000, 2 * minute, 10 * minute, 30 * minute, 30 * minute, 30 * minute]);
		});

		it('counts once for all requests that fail together', () => {
			for (let request = 0; request < 10; request++) book.avoid('a');
			assert.equal(avoidedFor(), 30_000);
		});

		it('is forgotten after a success, and never touches the state', async () => {
			book.avoid('a');
			await clock.advance(minute);
			book.succeeded('a');
			book.avoid('a');
			assert.deepEqual([avoidedFor(), book.get('a').state], [30_000, 'active']);
		});
	});

	describe('rest', () => {
		it('lasts as long as the longest that was asked for', () => {
			book.rest('a', 20_000);
			book.rest('a', 1_000);
			assert.equal(candidate().restUntil - clock.now(), 20_000);
		});

		it('is bounded, whatever the provider asks for', () => {
			book.rest('a', 1e15);
			assert.equal(candidate().restUntil - clock.now(), 30 * minute);
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
