import assert from 'node:assert/strict';
import { PoolSettings } from '../../src/core/poolSettings.js';
import { MemoryStore } from '../support/memoryStore.js';

describe('PoolSettings', () => {
	let store: MemoryStore;

	const usual = { strategy: 'least_used', singleAccountId: null, inFlightLimit: 16, holdMinutes: 0 } as const;
	const loaded = (saved: Record<string, string>): PoolSettings => {
		for (const [name, value] of Object.entries(saved)) store.saveSetting(name, value);
		return new PoolSettings(store);
	};

	beforeEach(() => {
		store = new MemoryStore();
	});

	it('begin with a pool that is on and spreads requests by use', () => {
		const settings = loaded({});

		assert.deepEqual([settings.enabled, settings.routing], [true, usual]);
	});

	it('change what is named, keep the rest, and remember both', () => {
		const settings = loaded({});

		settings.change({ routing: { strategy: 'single_account', singleAccountId: 'a' } });
		settings.change({ enabled: false, routing: { inFlightLimit: 4 } });

		const changed = { strategy: 'single_account', singleAccountId: 'a', inFlightLimit: 4, holdMinutes: 0 };
		const restarted = new PoolSettings(store);
		assert.deepEqual(settings.routing, changed);
		assert.deepEqual([restarted.enabled, restarted.routing], [false, changed]);
	});

	it('take an account back that was the single one', () => {
		const settings = loaded({});
		settings.change({ routing: { singleAccountId: 'a' } });

		settings.change({ routing: { singleAccountId: null } });

		assert.equal(settings.routing.singleAccountId, null);
	});

	it('take over the strategy of before there was more to routing, until the routing is changed', () => {
		const settings = loaded({ strategy: 'round_robin' });
		assert.deepEqual(settings.routing, { ...usual, strategy: 'round_robin' });

		settings.change({ routing: { strategy: 'fill_first' } });

		assert.equal(new PoolSettings(store).routing.strategy, 'fill_first');
	});

	for (const [what, routing, expected] of [
		['no JSON', '{"strategy":', usual],
		['no object', '[1]', usual],
		['of a newer version', '{"strategy":"psychic","inFlightLimit":3}', { ...usual, inFlightLimit: 3 }],
		['out of range', '{"inFlightLimit":-1,"holdMinutes":9999}', usual],
		['a single account that is nobody', '{"strategy":"single_account","holdMinutes":5}', { ...usual, holdMinutes: 5 }],
	] as const) {
		it(`fall back where the saved routing is ${what}`, () => {
			assert.deepEqual(loaded({ routing }).routing, expected);
		});
	}
});
