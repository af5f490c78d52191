import assert from 'node:assert/strict';
import { BurnMeter } from '../../src/core/forecast/burnMeter.js';
import { burntUntil, kindOfHour, kindsAhead } from '../../src/core/forecast/burnOutlook.js';
import { BurnRecord } from '../../src/core/forecast/burnRecord.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** A Monday, at local midnight. */
const monday = new Date(2026, 8, 7).getTime();

describe('BurnMeter', () => {
	const resetsAt = monday + 5 * hour;
	/** Looks a minute apart, of a window that resets as told. */
	const burnt = (...figures: [usedPercent: number, resetsAt?: number][]): (number | undefined)[] => {
		const meter = new BurnMeter();
		return figures.map(
			([usedPercent, reset = resetsAt], index) =>
				meter.observe({ at: monday + index * minute, usedPercent, resetsAt: reset }, usedPercent < 100)?.percent,
		);
	};

	it('tells what was burnt between two looks', () => {
		assert.deepEqual(burnt([10], [10], [12.5]), [undefined, 0, 2.5]);
	});

	it('begins anew at a reset that was due', () => {
		const meter = new BurnMeter();
		meter.observe({ at: resetsAt - minute, usedPercent: 80, resetsAt }, true);

		const first = meter.observe({ at: resetsAt + minute, usedPercent: 3, resetsAt: resetsAt + 5 * hour }, true);

		assert.equal(first?.percent, 3);
		assert.equal(meter.endsAt, resetsAt + 5 * hour);
	});

	it('begins anew at an early reset', () => {
		assert.deepEqual(burnt([80], [4, resetsAt + hour]), [undefined, 4]);
	});

	it('takes a small fall for a correction, and a figure that comes and goes for an error', () => {
		assert.deepEqual(burnt([37.5], [37]), [undefined, -0.5]);
		assert.deepEqual(burnt([20], [90], [21]), [undefined, 70, -69]);
	});

	it('leaves out the time in which the window was spent', () => {
		const meter = new BurnMeter();
		meter.observe({ at: monday, usedPercent: 100, resetsAt }, false);
		assert.equal(meter.observe({ at: resetsAt - hour, usedPercent: 100, resetsAt }, false), undefined);

		const next = meter.observe({ at: resetsAt + hour, usedPercent: 5, resetsAt: resetsAt + 6 * hour }, true);

		assert.deepEqual(next, { from: resetsAt, to: resetsAt + hour, percent: 5 });
	});

	it('knows a period by one figure, however the provider rounds it', () => {
		const meter = new BurnMeter();
		meter.observe({ at: monday, usedPercent: 1, resetsAt }, true);
		meter.observe({ at: monday + minute, usedPercent: 2, resetsAt: resetsAt + 1000 }, true);

		assert.equal(meter.endsAt, resetsAt);
	});

	it('ignores what is older than the newest look', () => {
		const meter = new BurnMeter();
		meter.observe({ at: monday + minute, usedPercent: 10, resetsAt }, true);

		assert.equal(meter.observe({ at: monday, usedPercent: 9, resetsAt }, true), undefined);
	});
});

describe('BurnRecord', () => {
	const record = (perHour: (at: number) => number, days: number): BurnRecord => {
		const made = new BurnRecord(hour);
		for (let at = monday; at < monday + days * day; at += 5 * minute) made.add(at, at + 5 * minute, perHour(at) / 12);
		return made;
	};

	it('says nothing before it has seen its guesses judged', () => {
		assert.equal(record(() => 10, 1 / 24).outlook(monday + hour), undefined);
		assert.notEqual(record(() => 10, 4 / 24).outlook(monday + 4 * hour), undefined);
	});

	it('knows a steady pace', () => {
		const now = monday + 2 * day;
		const outlook = record(() => 10, 2).outlook(now);

		assert.ok(outlook?.isSkilled);
		assert.ok(Math.abs(outlook.pace - 10) < 0.1);
		assert.ok(Math.abs(burntUntil(outlook, kindOfHour, now + 3 * hour) - 30) < 1);
	});

	it('knows when work ends and begins', () => {
		const isWork = (at: number): boolean => kindOfHour(at) >= 9 && kindOfHour(at) < 17;
		const now = monday + 3 * day + 16 * hour;
		const made = record(at => (isWork(at) && at < now ? 20 : 0), 3 + 16 / 24);
		const outlook = made.outlook(now);

		assert.ok(outlook?.isSkilled);
		const today = burntUntil(outlook, kindOfHour, now + 4 * hour);
		assert.ok(today > 15 && today < 40, `${today}`);
		const untilTomorrow = burntUntil(outlook, kindsAhead(now), now + day);
		assert.ok(untilTomorrow > 130 && untilTomorrow < 200, `${untilTomorrow}`);
	});

	it('finds its pace again soon after the machine has slept', () => {
		const made = record(() => 10, 4 / 24);
		const woken = monday + 14 * hour;
		made.add(monday + 4 * hour, woken, 0);
		for (let at = woken; at < woken + hour; at += 5 * minute) made.add(at, at + 5 * minute, 1);

		const pace = made.outlook(woken + hour)?.pace ?? 0;

		assert.ok(pace > 8, `${pace}`);
	});

	it('counts time once when accounts overlap', () => {
		const made = new BurnRecord(hour);
		for (let at = monday; at < monday + 6 * hour; at += 10 * minute) {
			made.add(at, at + 10 * minute, 1);
			made.add(at - 5 * minute, at + 10 * minute, 1);
		}

		const outlook = made.outlook(monday + 6 * hour);

		assert.ok(outlook && Math.abs(outlook.pace - 12) < 0.5);
		assert.ok(Math.abs(outlook.hours - 6) < 1e-9);
	});
});
