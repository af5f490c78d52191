import assert from 'node:assert/strict';
import fc from 'fast-check';
import { windowsFromEvent, windowsFromHeaders, windowsFromUsage } from '../../src/core/quota/usageWindows.js';
import { usageWindowSchema } from '../../src/shared/accountApi.js';
import { usageWindow } from '../support/usageWindow.js';

const now = Date.UTC(2026, 10, 20, 12);
const inSeconds = (ms: number): number => (now + ms) / 1000;
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

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
			usageWindow({ usedPercent: 37.5, resetsAt: now + 2 * hour }),
			usageWindow({ durationMinutes: 10_080, usedPercent: 12, resetsAt: now + 4 * day }),
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
			usageWindow({ durationMinutes: 10_080, usedPercent: 22, resetsAt: now + day }),
		]);
	});

	it('finds model-specific families by their suffix and keeps them apart', () => {
		const headers = {
			'x-codex-bengalfox-primary-used-percent': '80',
			'x-codex-bengalfox-primary-window-minutes': '300',
			'x-codex-bengalfox-limit-name': 'GPT-5 Spark',
		};
		assert.deepEqual(windowsFromHeaders(headers, now), [
			usageWindow({ limit: 'codex_bengalfox', name: 'GPT-5 Spark', usedPercent: 80 }),
		]);
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

	describe('figures that cannot be true', () => {
		const read = (headers: Record<string, string>) =>
			windowsFromHeaders(
				{ 'x-codex-primary-used-percent': '40', 'x-codex-primary-window-minutes': '300', ...headers },
				now,
			)[0];

		for (const [told, used] of [
			['0', 0],
			['37.5', 37.5],
			['100', 100],
			['100.4', 100],
			['137', 100],
			['1000', 100],
			['1001', undefined],
			['1e300', undefined],
			['-0.1', undefined],
			['-1', undefined],
			['NaN', undefined],
			['Infinity', undefined],
			['-Infinity', undefined],
			['', undefined],
			[' ', undefined],
			['many', undefined],
			['4 %', undefined],
			['False', undefined],
		] as const) {
			it(`takes ${JSON.stringify(told)} % used for ${used ?? 'absent'}`, () => {
				assert.equal(read({ 'x-codex-primary-used-percent': told })?.usedPercent, used);
			});
		}

		for (const minutes of ['', '0', '-300', 'NaN', 'Infinity', '1e300', String(367 * 24 * 60), 'weekly']) {
			it(`knows no window of ${JSON.stringify(minutes)} minutes`, () => {
				assert.equal(read({ 'x-codex-primary-window-minutes': minutes }), undefined);
			});
		}

		for (const [what, at, after, resetsInMs] of [
			['in two hours', inSeconds(2 * hour), '', 2 * hour],
			['at the very end of the window', inSeconds(5 * hour), '', 5 * hour],
			['a little after it, as clocks differ', inSeconds(5 * hour + 30 * minute), '', 5 * hour + 30 * minute],
			['long after it', inSeconds(7 * hour), '', null],
			['in the year 2446, as it was seen live', 15_000_000_000, '', null],
			['in the past', inSeconds(-hour), '', null],
			['at the beginning of time', 1, '', null],
			['before it', -5, '', null],
			['at 0, which is "none"', 0, '', null],
			['in the past, but in a minute', inSeconds(-hour), '60', minute],
			['long after the window, but in a minute', inSeconds(7 * hour), '60', minute],
			['in two hours, and in 0 seconds', inSeconds(2 * hour), '0', 2 * hour],
			['in two hours, and in -7 seconds', inSeconds(2 * hour), '-7', 2 * hour],
			['in two hours, and within a minute of that', inSeconds(2 * hour), '7230', 2 * hour],
			// Only one of them does not hang on this machine's clock.
			['in two hours, and in one', inSeconds(2 * hour), '3600', hour],
			['nowhere', '', '', null],
			['at a word', 'tomorrow', 'soon', null],
		] as const) {
			it(`reads a reset ${what}`, () => {
				const window = read({ 'x-codex-primary-reset-at': String(at), 'x-codex-primary-reset-after-seconds': after });
				assert.equal(window?.resetsAt, resetsInMs === null ? null : now + resetsInMs);
			});
		}
	});

	it('does not show a name of control characters, nor one without end', () => {
		const named = (name: string) =>
			windowsFromHeaders(
				{
					'x-codex-bengalfox-primary-used-percent': '1',
					'x-codex-bengalfox-primary-window-minutes': '300',
					'x-codex-bengalfox-limit-name': name,
				},
				now,
			)[0]?.name;
		assert.equal(named('Spark\u001b[31m\n '), 'Spark [31m');
		assert.equal(named('x'.repeat(5000))?.length, 80);
		assert.equal(named('\u202e'), undefined);
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
			usageWindow({ usedPercent: 10, resetsAt: now + 60_000, source: 'event' }),
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
