import assert from 'node:assert/strict';
import { kindsOfHour, type BurnOutlook } from '../../src/core/forecast/burnOutlook.js';
import { forecastPool, type PoolLoad } from '../../src/core/forecast/forecastPool.js';
import { forecastWindow } from '../../src/core/forecast/forecastWindow.js';
import { firstGap, type PoolMember } from '../../src/core/forecast/poolAhead.js';

const hour = 3_600_000;
const now = Date.UTC(2026, 8, 7, 9);
const fiveHours = 300;
const week = 10_080;
const kindAt = (): number => 0;

/** Burns on and on at one pace. */
function outlook(pace: number, changes: Partial<BurnOutlook> = {}): BurnOutlook {
	return {
		at: now,
		habits: new Float64Array(kindsOfHour).fill(pace),
		pace,
		surplus: 0,
		lastsMs: hour,
		dispersion: 0.2,
		isSkilled: true,
		hours: 100,
		rises: 100,
		...changes,
	};
}

function member(used: number, resetsInHours: number, changes: Partial<PoolMember> = {}): PoolMember {
	const windows = [{ durationMinutes: fiveHours, usedPercent: used, resetsAt: now + resetsInHours * hour }];
	return { capacity: 1, priority: 5, outUntil: 0, stopsAt: 100, windows, ...changes };
}

function load(pace: number, changes: Partial<PoolLoad> = {}): PoolLoad {
	return { outlooks: new Map([[fiveHours, outlook(pace)]]), kindAt, isFocused: false, now, ...changes };
}

/** In hours from now. */
function gapOf(members: readonly PoolMember[], pace: number, isFocused = false): [number, number] | null {
	const gap = firstGap(members, { ...load(pace, { isFocused }), factors: new Map(), until: now + 24 * hour });
	return gap && [(gap.from - now) / hour, (gap.to - now) / hour];
}

describe('the pool played ahead', () => {
	it('ends when the only account is spent, and until its reset', () => {
		assert.deepEqual(gapOf([member(50, 4)], 25), [2, 4]);
	});

	it('moves the load to the others', () => {
		const [from, to] = gapOf([member(50, 4), member(0, 5)], 50) ?? [];
		assert.ok(from !== undefined && Math.abs(from - 3) < 0.1);
		assert.equal(to, 4);
	});

	it('goes on over a reset that comes in time', () => {
		assert.equal(gapOf([member(90, 0.5), member(80, 4)], 15), null);
	});

	it('spends one account after the other when the pool is focused', () => {
		const members = [member(50, 100), member(0, 1)];
		assert.deepEqual(gapOf(members, 50, true), [3, 6]);
		// What is burnt before a reset costs nothing after it.
		assert.ok((gapOf(members, 50)?.[0] ?? 0) > 3.5);
	});

	it('leaves to the user what is theirs', () => {
		assert.deepEqual(gapOf([member(50, 4, { stopsAt: 75 })], 25), [1, 4]);
	});

	it('knows who is out, and for how long', () => {
		assert.deepEqual(gapOf([member(0, 5, { outUntil: now + 2 * hour })], 1), [0, 2]);
	});

	it('takes larger plans for what they hold', () => {
		assert.equal(gapOf([member(0, 100, { capacity: 5 })], 50)?.[0], 10);
	});
});

describe('forecastPool', () => {
	it('tells when nobody can serve, and since when somebody can again', () => {
		const fate = forecastPool([member(50, 4)], load(25));

		assert.deepEqual(fate?.gap, { from: now + 2 * hour, to: now + 4 * hour });
		assert.equal(fate.confidence, 'high');
	});

	it('tells when it lasts', () => {
		const fate = forecastPool([member(20, 4), member(10, 3)], load(2));

		assert.equal(fate?.gap, null);
		assert.equal(fate.foreseenUntil, now + 4 * hour);
	});

	it('says nothing of a load that is too uneven, too new, or not measured for every window', () => {
		const uneven = new Map([[fiveHours, outlook(25, { dispersion: 40 })]]);
		const young = new Map([[fiveHours, outlook(25, { hours: 0.5 })]]);
		const clumsy = new Map([[fiveHours, outlook(25, { isSkilled: false })]]);
		for (const outlooks of [uneven, young, clumsy, new Map()]) {
			assert.equal(forecastPool([member(50, 4)], load(25, { outlooks })), undefined);
		}
	});

	it('says nothing while nobody serves, or nobody is there', () => {
		assert.equal(forecastPool([member(100, 4)], load(25)), undefined);
		assert.equal(forecastPool([], load(25)), undefined);
	});

	it('is quick enough to come with every snapshot', () => {
		const windows = [fiveHours, 1440, week].map(durationMinutes => ({
			durationMinutes,
			usedPercent: 40,
			resetsAt: now + (durationMinutes / 2) * 60_000,
		}));
		const members = Array.from({ length: 20 }, () => member(0, 1, { windows }));
		const outlooks = new Map(windows.map(({ durationMinutes }) => [durationMinutes, outlook(20)]));
		const ask = (): unknown => forecastPool(members, load(20, { outlooks }));
		for (let warmUp = 0; warmUp < 30; warmUp++) ask();

		const times = Array.from({ length: 30 }, () => {
			const startedAt = performance.now();
			ask();
			return performance.now() - startedAt;
		});

		// Far above what it takes, for a machine that is busy with other things.
		assert.ok(Math.min(...times) < 4, `${Math.min(...times)} ms`);
	});
});

describe('forecastWindow', () => {
	it('tells when the window is spent', () => {
		const fate = forecastWindow(outlook(25), { room: 50, resetsAt: now + 4 * hour }, kindAt);

		assert.deepEqual(fate, { lastsUntil: now + 2 * hour, burnt: 50, confidence: 'high' });
	});

	it('tells when it lasts to its reset, and with how much', () => {
		const fate = forecastWindow(outlook(5), { room: 50, resetsAt: now + 4 * hour }, kindAt);

		assert.deepEqual(fate, { lastsUntil: null, burnt: 20, confidence: 'high' });
	});

	it('says nothing when it could end either way', () => {
		assert.equal(forecastWindow(outlook(12.5), { room: 50, resetsAt: now + 4 * hour }, kindAt), undefined);
	});

	it('lets a burst wear off', () => {
		const burst = outlook(2, { surplus: 30, lastsMs: 0.5 * hour });

		assert.equal(forecastWindow(burst, { room: 50, resetsAt: now + 5 * hour }, kindAt)?.lastsUntil, null);
	});
});
