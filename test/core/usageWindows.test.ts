import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
	mergeWindows,
	tightestPercent,
	windowsFromEvent,
	windowsFromHeaders,
	windowsFromUsage,
} from '../../src/core/usageWindows.js';
import { usageWindowSchema, type UsageWindow } from '../../src/shared/accountApi.js';

const now = Date.UTC(2026, 10, 20, 12);
const inSeconds = (ms: number): number => (now + ms) / 1000;
const hour = 3_600_000;
const day = 24 * hour;

function window(fields: Partial<UsageWindow> = {}): UsageWindow {
	return {
		limit: 'codex',
		durationMinutes: 300,
		usedPercent: 0,
		resetsAt: null,
		source: 'header',
		observedAt: now,
		...fields,
	};
}

/** A live reply of a plan with a five-hour and a weekly window. */
const twoWindows = {
	'x-codex-plan-type': 'plus',
	'x-codex-active-limit': 'codex',
	'x-codex-primary-used-percent': '37.5',
	'x-codex-primary-window-minutes': '300',
	'x-codex-primary-reset-at': String(inSeconds(2 * hour)),
	'x-codex-primary-reset-after-seconds': '7200',
	'x-codex-secondary-used-percent': '12',
	'x-codex-secondary-window-minutes': '10080',
	'x-codex-secondary-reset-at': String(inSeconds(4 * day)),
	'x-codex-primary-over-secondary-limit-percent': '0',
	'x-codex-credits-has-credits': 'False',
	'x-codex-credits-unlimited': 'False',
	'x-codex-credits-balance': '0',
};

describe('windowsFromHeaders', () => {
	it("does not take a copy of one model's figures for the general ones", () => {
		const copied = Object.fromEntries(
			Object.entries(twoWindows).map(([name, value]) => [name.replace('x-codex-', 'x-codex-bengalfox-'), value]),
		);
		const headers = { ...twoWindows, ...copied, 'x-codex-active-limit': 'codex_bengalfox' };
		const limits = (from: Record<string, string>) => [
			...new Set(windowsFromHeaders(from, now).map(({ limit }) => limit)),
		];
		assert.deepEqual(limits(headers), ['codex_bengalfox']);
		assert.deepEqual(limits({ ...headers, 'x-codex-primary-used-percent': '38' }), ['codex', 'codex_bengalfox']);
		assert.deepEqual(limits({ ...headers, 'x-codex-active-limit': 'codex' }), ['codex', 'codex_bengalfox']);
	});

	it('reads the five-hour and the weekly window', () => {
		assert.deepEqual(windowsFromHeaders(twoWindows, now), [
			window({ usedPercent: 37.5, resetsAt: now + 2 * hour }),
			window({ durationMinutes: 10_080, usedPercent: 12, resetsAt: now + 4 * day }),
		]);
	});

	it('knows a weekly window in the primary slot by its duration, and ignores the placeholder beside it', () => {
		const headers = {
			'x-codex-primary-used-percent': '22',
			'x-codex-primary-window-minutes': '10080',
			'x-codex-primary-reset-at': String(inSeconds(day)),
			'x-codex-secondary-used-percent': '0',
			'x-codex-secondary-window-minutes': '0',
			'x-codex-secondary-reset-at': '',
		};
		assert.deepEqual(windowsFromHeaders(headers, now), [
			window({ durationMinutes: 10_080, usedPercent: 22, resetsAt: now + day }),
		]);
	});

	it('finds model-specific families by their suffix and keeps them apart', () => {
		const headers = {
			'x-codex-bengalfox-primary-used-percent': '80',
			'x-codex-bengalfox-primary-window-minutes': '300',
			'x-codex-bengalfox-limit-name': 'GPT-5 Spark',
		};
		assert.deepEqual(windowsFromHeaders(headers, now), [window({ limit: 'codex_bengalfox', usedPercent: 80 })]);
	});

	it('counts from now when only the seconds until the reset are given', () => {
		const headers = {
			'x-codex-primary-used-percent': '1',
			'x-codex-primary-window-minutes': '300',
			'x-codex-primary-reset-at': '',
			'x-codex-primary-reset-after-seconds': '60',
		};
		assert.equal(windowsFromHeaders(headers, now)[0]?.resetsAt, now + 60_000);
	});

	it('takes what is not a figure for absent', () => {
		for (const used of ['NaN', '', ' ', 'Infinity', 'many', '-Infinity']) {
			const headers = { 'x-codex-primary-used-percent': used, 'x-codex-primary-window-minutes': '300' };
			assert.deepEqual(windowsFromHeaders(headers, now), [], used);
		}
		assert.deepEqual(windowsFromHeaders({ 'x-codex-primary-used-percent': '5' }, now), []);
		assert.deepEqual(windowsFromHeaders({}, now), []);
	});

	it('keeps a percentage within 0 and 100', () => {
		const used = (text: string): number | undefined =>
			windowsFromHeaders({ 'x-codex-primary-used-percent': text, 'x-codex-primary-window-minutes': '300' }, now)[0]
				?.usedPercent;
		assert.deepEqual([used('137'), used('-3')], [100, 0]);
	});

	it('drops a reset that cannot be true: too far away, or already over when it is told', () => {
		const resets = (at: string): number | null | undefined =>
			windowsFromHeaders(
				{
					'x-codex-primary-used-percent': '100',
					'x-codex-primary-window-minutes': '300',
					'x-codex-primary-reset-at': at,
				},
				now,
			)[0]?.resetsAt;
		assert.equal(resets('15000000000'), null); // the year 2446, as it was seen live
		assert.equal(resets('1'), null);
		assert.equal(resets('0'), null);
		assert.equal(resets('-5'), null);
		assert.equal(resets(String(inSeconds(hour))), now + hour);
	});
});

describe('windowsFromEvent', () => {
	const event = {
		type: 'codex.rate_limits',
		plan_type: 'pro',
		rate_limits: {
			allowed: true,
			limit_reached: false,
			primary: { used_percent: 10, window_minutes: 300, reset_after_seconds: 60, reset_at: inSeconds(60_000) },
			secondary: null,
		},
		credits: null,
	};

	it('reads the windows of the general limit', () => {
		assert.deepEqual(windowsFromEvent(event, now), [
			window({ usedPercent: 10, resetsAt: now + 60_000, source: 'event' }),
		]);
	});

	it('reads whose windows they are, and further limits beside them', () => {
		const more = {
			...event,
			metered_limit_name: 'codex_bengalfox',
			additional_rate_limits: { codex_other: { primary: { used_percent: 5, window_minutes: 10_080 } } },
		};
		assert.deepEqual(
			windowsFromEvent(more, now).map(({ limit, durationMinutes }) => [limit, durationMinutes]),
			[
				['codex_bengalfox', 300],
				['codex_other', 10_080],
			],
		);
	});
});

describe('windowsFromUsage', () => {
	const slot = (used: number, seconds: number) => ({
		used_percent: used,
		limit_window_seconds: seconds,
		reset_after_seconds: 60,
		reset_at: inSeconds(60_000),
	});

	it('reads the general limit and the additional ones', () => {
		const reply = {
			plan_type: 'plus',
			rate_limit: {
				allowed: true,
				limit_reached: false,
				primary_window: slot(40, 18_000),
				secondary_window: slot(7, 604_800),
			},
			code_review_rate_limit: null,
			additional_rate_limits: [
				{
					limit_name: 'Spark',
					metered_feature: 'codex_bengalfox',
					rate_limit: { primary_window: slot(3, 18_000), secondary_window: null },
				},
			],
		};
		assert.deepEqual(
			windowsFromUsage(reply, now).map(({ limit, durationMinutes, usedPercent, source }) => [
				limit,
				durationMinutes,
				usedPercent,
				source,
			]),
			[
				['codex', 300, 40, 'poll'],
				['codex', 10_080, 7, 'poll'],
				['codex_bengalfox', 300, 3, 'poll'],
			],
		);
	});

	it('rounds a duration up to whole minutes', () => {
		const reply = { rate_limit: { primary_window: slot(1, 18_001) } };
		assert.equal(windowsFromUsage(reply, now)[0]?.durationMinutes, 301);
	});

	it('reads nothing out of null, zero and missing windows', () => {
		for (const rate_limit of [
			null,
			{},
			{ primary_window: null },
			{ primary_window: slot(0, 0) },
			[],
			'x',
			{ primary_window: [] },
		]) {
			assert.deepEqual(windowsFromUsage({ rate_limit, additional_rate_limits: null }, now), []);
		}
	});
});

describe('whatever is sent', () => {
	it('gives only windows that the management API accepts, and never throws', () => {
		const slot = fc.record(
			{
				used_percent: fc.anything(),
				window_minutes: fc.anything(),
				limit_window_seconds: fc.anything(),
				reset_at: fc.anything(),
				reset_after_seconds: fc.anything(),
			},
			{ requiredKeys: [] },
		);
		const numeric = fc.record(
			{
				used_percent: fc.double(),
				window_minutes: fc.double(),
				limit_window_seconds: fc.double(),
				reset_at: fc.double(),
				reset_after_seconds: fc.double(),
			},
			{ requiredKeys: ['used_percent'] },
		);
		const property = fc.property(
			fc.anything(),
			fc.oneof(slot, numeric),
			fc.oneof(slot, numeric),
			(garbage, one, two) => {
				const all = [
					...windowsFromEvent(garbage, now),
					...windowsFromUsage(garbage, now),
					...windowsFromEvent({ rate_limits: { primary: one, secondary: two } }, now),
					...windowsFromUsage({ rate_limit: { primary_window: one, secondary_window: two } }, now),
				];
				for (const found of all) assert.deepEqual(usageWindowSchema.parse(found), found);
			},
		);
		fc.assert(property, { numRuns: 500 });
	});

	it('survives headers of any text', () => {
		const value = fc.oneof(fc.string(), fc.double().map(String));
		const property = fc.property(value, value, value, value, (used, minutes, at, after) => {
			const headers = {
				'x-codex-primary-used-percent': used,
				'x-codex-primary-window-minutes': minutes,
				'x-codex-primary-reset-at': at,
				'x-codex-primary-reset-after-seconds': after,
			};
			for (const found of windowsFromHeaders(headers, now)) assert.deepEqual(usageWindowSchema.parse(found), found);
		});
		fc.assert(property, { numRuns: 500 });
	});
});

describe('mergeWindows', () => {
	it('replaces what is newer and keeps the rest, in a stable order', () => {
		const weekly = window({ durationMinutes: 10_080, usedPercent: 3 });
		const spark = window({ limit: 'codex_bengalfox' });
		const merged = mergeWindows([spark, weekly, window({ usedPercent: 50 })], [window({ usedPercent: 60 })]);
		assert.deepEqual(merged, [window({ usedPercent: 60 }), weekly, spark]);
	});

	it('keeps one window per limit and duration when both slots tell the same', () => {
		const slot = { used_percent: 1, window_minutes: 300 };
		const fresh = windowsFromEvent({ rate_limits: { primary: slot, secondary: slot } }, now);
		assert.equal(mergeWindows([], fresh).length, 1);
	});
});

describe('tightestPercent', () => {
	it('takes the fullest general window', () => {
		const windows = [window({ usedPercent: 20 }), window({ durationMinutes: 10_080, usedPercent: 70 })];
		assert.equal(tightestPercent(windows, now), 70);
	});

	it('does not let a model-specific limit speak for the account', () => {
		assert.equal(
			tightestPercent([window({ usedPercent: 5 }), window({ limit: 'codex_bengalfox', usedPercent: 100 })], now),
			5,
		);
	});

	it('takes a window for empty once its reset has passed', () => {
		assert.equal(tightestPercent([window({ usedPercent: 100, resetsAt: now + 1 })], now + 2), 0);
	});

	it('tells unknown from empty', () => {
		assert.equal(tightestPercent([], now), null);
		assert.equal(tightestPercent([window({ limit: 'codex_bengalfox', usedPercent: 1 })], now), null);
	});
});
