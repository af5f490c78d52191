import assert from 'node:assert/strict';
import type { HistorySample } from '../../src/core/storePort.js';
import { accountRow, eachTestGetsADatabase, noon } from './storageFixtures.js';

const day = 24 * 3_600_000;

function sample(changes: Partial<HistorySample> = {}): HistorySample {
	return {
		accountId: 'account-1',
		limit: 'codex',
		durationMinutes: 300,
		at: noon,
		usedPercent: 37.5,
		resetsAt: noon + 3_600_000,
		...changes,
	};
}

describe('the past of usage windows in the store', () => {
	const { open } = eachTestGetsADatabase();

	it('is there again after a restart, oldest first', async () => {
		const first = await open();
		for (const id of ['account-1', 'account-2']) first.saveAccount(accountRow({ id }));
		const newer = sample({ usedPercent: 40, resetsAt: null });
		const older = sample({ accountId: 'account-2', at: noon - day });
		for (const each of [newer, older]) first.appendWindowSample(each);
		first.close();

		const second = await open();
		assert.deepEqual(second.loadWindowSamples(0), [older, newer]);
		assert.deepEqual(second.loadWindowSamples(noon), [newer]);
	});

	it('is told of one account, window by window', async () => {
		const store = await open();
		store.saveAccount(accountRow());
		store.appendWindowSample(sample());
		store.appendWindowSample(sample({ durationMinutes: 10_080, usedPercent: 7 }));
		store.appendWindowSample(sample({ at: noon + 60_000, usedPercent: 38 }));

		const { since, windows } = store.windowHistory('account-1', noon);

		assert.equal(since, noon);
		assert.deepEqual(
			windows.map(({ durationMinutes, points }) => [durationMinutes, points.map(({ usedPercent }) => usedPercent)]),
			[
				[300, [37.5, 38]],
				[10_080, [7]],
			],
		);
		assert.deepEqual(store.windowHistory('account-1', noon + day).windows, []);
	});

	it('goes with its account, and does not come back', async () => {
		const store = await open();
		store.saveAccount(accountRow());
		store.appendWindowSample(sample());
		store.removeAccount('account-1');
		store.appendWindowSample(sample({ at: noon + 1 }));

		assert.deepEqual(store.loadWindowSamples(0), []);
	});

	it('is forgotten after five weeks', async () => {
		const first = await open();
		first.saveAccount(accountRow());
		const kept = sample({ at: noon - 34 * day });
		for (const each of [kept, sample({ at: noon - 36 * day })]) first.appendWindowSample(each);
		first.close();

		// Opening is a quiet moment.
		assert.deepEqual((await open()).loadWindowSamples(0), [kept]);
	});
});
