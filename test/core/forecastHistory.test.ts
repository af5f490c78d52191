import assert from 'node:assert/strict';
import { loadWeights, readForecast, type ForecastSubject } from '../../src/core/forecast/readForecast.js';
import { WindowHistory } from '../../src/core/forecast/windowHistory.js';
import type { AccountView, UsageWindow } from '../../src/shared/accountApi.js';
import { forecastOfWindow, type Forecast } from '../../src/shared/forecastApi.js';
import { accountView } from '../support/managementExamples.js';
import { MemoryStore } from '../support/memoryStore.js';

const minute = 60_000;
const hour = 60 * minute;
const start = new Date(2026, 8, 7, 6).getTime();
const length = 300;
const routing: ForecastSubject['routing'] = { strategy: 'least_used', singleAccountId: null };
/** A pace that ends each window early, and one that does not. */
const fast = 32;
const slow = 9;

/** Accounts that burn their five-hour windows at even paces from `start` on, looked at once a minute. */
class Scene {
	readonly store = new MemoryStore();
	history: WindowHistory;
	now = start;
	#accounts: AccountView[];
	readonly #paces: readonly number[];

	constructor(paces: readonly number[], change: (account: AccountView) => AccountView = account => account) {
		this.#paces = paces;
		this.#accounts = paces.map((_, index) => change(accountView({ id: `account-${index}`, windows: [] })));
		this.history = this.#open();
	}

	run(minutes: number): this {
		for (let passed = 0; passed < minutes; passed++) {
			this.now += minute;
			this.#accounts = this.#accounts.map((account, index) => {
				const windows = [this.#window(this.#paces[index] ?? 0)];
				this.history.observe(account.id, windows);
				return { ...account, windows };
			});
		}
		return this;
	}

	restart(): this {
		this.history = this.#open();
		return this;
	}

	forecast(changes: Partial<ForecastSubject> = {}): Forecast {
		return readForecast(this.history, { accounts: this.#accounts, routing, now: this.now, ...changes });
	}

	#open(): WindowHistory {
		return new WindowHistory(this.store, this.now, () => loadWeights(this.#accounts));
	}

	#window(pace: number): UsageWindow {
		const begun = start + Math.floor((this.now - start) / (5 * hour)) * 5 * hour;
		const usedPercent = Math.min(100, Math.floor(((this.now - begun) / hour) * pace));
		const resetsAt = begun + 5 * hour;
		return { limit: 'codex', durationMinutes: length, usedPercent, resetsAt, source: 'header', observedAt: this.now };
	}
}

describe('the forecast of a snapshot', () => {
	const windowOf = (forecast: Forecast, id = 'account-0') =>
		forecastOfWindow(forecast, id, { limit: 'codex', durationMinutes: length });
	const isNear = (at: number | null | undefined, expected: number): boolean =>
		typeof at === 'number' && Math.abs(at - expected) < 10 * minute;

	it('tells when a window is spent, and for the only account when the pool is', () => {
		const scene = new Scene([fast]).run(11 * 60);

		const forecast = scene.forecast();

		const spentAt = start + 10 * hour + (100 / fast) * hour;
		assert.ok(isNear(windowOf(forecast)?.lastsUntil, spentAt));
		assert.ok(isNear(forecast.pool?.lastsUntil, spentAt));
		assert.equal(forecast.pool?.servesAgainAt, start + 15 * hour);
		assert.ok(Math.abs((windowOf(forecast)?.burnPercentPerHour ?? 0) - fast) < 2);
	});

	it('tells that a window lasts to its reset, and how full it will be', () => {
		const forecast = new Scene([slow]).run(11 * 60).forecast();

		assert.equal(windowOf(forecast)?.lastsUntil, null);
		assert.ok(Math.abs((windowOf(forecast)?.usedPercentAtReset ?? 0) - 5 * slow) < 3);
		assert.equal(forecast.pool?.lastsUntil, null);
		assert.equal(forecast.pool.episode, null);
	});

	it('tells nothing before enough was seen, and nothing of a window that has not begun', () => {
		assert.deepEqual(new Scene([fast]).run(60).forecast(), { pool: null, windows: [] });
		assert.deepEqual(new Scene([0]).run(11 * 60).forecast().windows, []);
	});

	it('names one episode for as long as a period lasts, and another for the next', () => {
		const scene = new Scene([fast]).run(10 * 60 + 30);
		const first = scene.forecast();
		const later = scene.run(60).forecast();
		const next = scene.run(4 * 60).forecast();

		const names = [first, later, next].map(forecast => [windowOf(forecast)?.episode, forecast.pool?.episode]);
		assert.deepEqual(names[0], names[1]);
		assert.notDeepEqual(names[1], names[2]);
		assert.ok(names.flat().every(name => typeof name === 'string'));
	});

	it('ends where the reserve of the user begins', () => {
		const scene = new Scene([fast], account => ({ ...account, reservePercent: 20 })).run(11 * 60);

		const forecast = scene.forecast();

		assert.ok(isNear(windowOf(forecast)?.lastsUntil, start + 10 * hour + (80 / fast) * hour));
	});

	it('counts on the others, and not on those that may not serve', () => {
		const scene = new Scene([fast, 0]).run(11 * 60);
		assert.equal(scene.forecast().pool?.lastsUntil, null);

		const single = { strategy: 'single_account', singleAccountId: 'account-0' } as const;
		assert.notEqual(scene.forecast({ routing: single }).pool?.lastsUntil, null);
	});

	it('counts accounts that share one quota once', () => {
		const twins = (account: AccountView): AccountView => ({
			...account,
			sharesWith: ['account-0', 'account-1'].filter(id => id !== account.id),
		});
		const forecast = new Scene([fast, fast], twins).run(11 * 60).forecast();

		assert.ok(isNear(forecast.pool?.lastsUntil, start + 10 * hour + (100 / fast) * hour));
	});

	it('knows after a restart what it knew before', () => {
		const scene = new Scene([fast]).run(11 * 60);
		const before = windowOf(scene.forecast());

		const after = windowOf(scene.restart().run(1).forecast());

		assert.ok(before?.lastsUntil && after?.lastsUntil);
		assert.ok(Math.abs(before.lastsUntil - after.lastsUntil) < 10 * minute);
		assert.equal(after.episode, before.episode);
	});

	it('keeps few points of a window, the first of a period among them', () => {
		const scene = new Scene([fast]).run(10 * 60);

		assert.ok(scene.store.windowSamples.length <= 60);
		assert.ok(scene.store.windowSamples.some(({ at }) => at === start + minute));
	});

	it('forgets an account that was removed', () => {
		const scene = new Scene([fast]).run(11 * 60);
		scene.history.forget('account-0');

		assert.equal(windowOf(scene.forecast()), undefined);
	});
});
