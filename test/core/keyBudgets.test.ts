import assert from 'node:assert/strict';
import { KeyBudgets } from '../../src/core/keys/keyBudgets.js';
import type { KeyBudget } from '../../src/shared/keyApi.js';
import { FakeClock } from '../support/fakeClock.js';
import { explainedRequest } from '../support/managementExamples.js';
import { MemoryStore } from '../support/memoryStore.js';

const hourMs = 3_600_000;
const day: KeyBudget = { tokens: 100, per: 'day' };
const week: KeyBudget = { tokens: 100, per: 'week' };

describe('KeyBudgets', () => {
	let clock: FakeClock;
	let store: MemoryStore;
	let budgets: KeyBudgets;

	/** At an hour of local time in July 2026, whose first is a Wednesday. */
	const at = (dayOfMonth: number, hour = 12): number => new Date(2026, 6, dayOfMonth, hour).getTime();
	const waitUntil = (time: number): Promise<void> => clock.advance(time - clock.now());
	const spend = (tokens: number, changes = {}): void => {
		const request = explainedRequest({
			keyId: 'key_1',
			startedAt: clock.now(),
			inputTokens: tokens,
			cachedTokens: tokens,
			outputTokens: 0,
			...changes,
		});
		store.appendRequest(request);
		budgets.count(request);
	};

	beforeEach(() => {
		clock = new FakeClock(at(1));
		store = new MemoryStore();
		budgets = new KeyBudgets(store, clock);
	});

	it('counts what was read, from the cache too, and what was written', () => {
		budgets.set('key_1', day);
		spend(10, { outputTokens: 5, reasoningTokens: 3 });
		spend(20, { inputTokens: null, outputTokens: null });
		spend(40, { keyId: 'key_2' });
		assert.deepEqual(budgets.read('key_1'), { ...day, used: 15, resetsAt: at(2, 0) });
		assert.equal(budgets.read('key_2'), undefined);
	});

	it('begins anew with the local day', async () => {
		budgets.set('key_1', day);
		spend(100);
		await waitUntil(at(2, 0) - 1);
		assert.equal(budgets.read('key_1')?.used, 100);
		await waitUntil(at(2, 0));
		assert.deepEqual(budgets.read('key_1'), { ...day, used: 0, resetsAt: at(3, 0) });
	});

	it('begins anew with the week on Monday', async () => {
		budgets.set('key_1', week);
		spend(30);
		assert.equal(budgets.read('key_1')?.resetsAt, at(6, 0));
		await waitUntil(at(5, 23));
		spend(30);
		assert.equal(budgets.read('key_1')?.used, 60);
		await waitUntil(at(6, 0));
		assert.deepEqual(budgets.read('key_1'), { ...week, used: 0, resetsAt: at(13, 0) });
	});

	it('takes a day of 25 hours for one day', async () => {
		const zone = process.env['TZ'];
		process.env['TZ'] = 'Europe/Berlin';
		try {
			const midnight = new Date(2026, 9, 25).getTime();
			await waitUntil(midnight);
			budgets.set('key_1', day);
			assert.equal(budgets.read('key_1')?.resetsAt, midnight + 25 * hourMs);
		} finally {
			if (zone === undefined) delete process.env['TZ'];
			else process.env['TZ'] = zone;
		}
	});

	it('knows what was used before it was set, and before a restart', async () => {
		spend(7);
		await waitUntil(at(2));
		spend(10);
		budgets.set('key_1', day);
		assert.equal(budgets.read('key_1')?.used, 10);
		budgets.set('key_1', week);
		spend(1);
		assert.equal(budgets.read('key_1')?.used, 18);

		budgets = new KeyBudgets(store, clock);
		budgets.set('key_1', week);

		assert.equal(budgets.read('key_1')?.used, 18);
	});

	it('leaves a request that began the day before to that day', async () => {
		budgets.set('key_1', day);
		await waitUntil(at(2, 0));
		spend(50, { startedAt: clock.now() - hourMs });
		assert.equal(budgets.read('key_1')?.used, 0);
	});

	it('forgets a budget that was lifted', () => {
		budgets.set('key_1', day);
		budgets.set('key_1', null);
		assert.equal(budgets.read('key_1'), undefined);
	});
});
