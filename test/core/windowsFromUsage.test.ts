import assert from 'node:assert/strict';
import { windowsFromEvent, windowsFromUsage } from '../../src/core/quota/usageWindows.js';
import { usageWindow } from '../support/usageWindow.js';

const now = Date.UTC(2026, 10, 20, 12);
const inSeconds = (ms: number): number => (now + ms) / 1000;
const minute = 60_000;
const hour = 60 * minute;

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

	it('keeps what a limit of one model is called', () => {
		const rate_limit = { primary_window: slot(3, 18_000) };
		const named = (entry: object) => windowsFromUsage({ additional_rate_limits: [{ rate_limit, ...entry }] }, now)[0];

		const spark = named({ limit_name: 'GPT-5.3-Codex-Spark', metered_feature: 'codex_bengalfox' });
		const unnamed = named({ limit_name: null, metered_feature: 'codex_bengalfox' });

		assert.deepEqual([spark?.limit, spark?.name], ['codex_bengalfox', 'GPT-5.3-Codex-Spark']);
		assert.deepEqual([unnamed?.limit, unnamed?.name], ['codex_bengalfox', undefined]);
		assert.equal(named({ limit_name: '', metered_feature: 7 }), undefined);
	});

	it('bounds how many limits a reply may name', () => {
		const rate_limit = { primary_window: slot(3, 18_000) };
		const entries = Array.from({ length: 5000 }, (_, at) => ({ metered_feature: `limit_${at}`, rate_limit }));
		assert.equal(windowsFromUsage({ additional_rate_limits: entries }, now).length, 20);
		const named = Object.fromEntries(
			entries.map(each => [each.metered_feature, { primary: rate_limit.primary_window }]),
		);
		assert.equal(windowsFromEvent({ additional_rate_limits: named }, now).length, 20);
	});

	for (const [what, seconds, minutes] of [
		['five hours', 18_000, 300],
		['a day', 86_400, 1_440],
		['a week', 604_800, 10_080],
		['thirty days', 2_592_000, 43_200],
		['any other time', 12_345, 206],
	] as const) {
		it(`knows a window of ${what} in either slot`, () => {
			for (const name of ['primary_window', 'secondary_window']) {
				const [found] = windowsFromUsage({ rate_limit: { [name]: slot(7, seconds) } }, now);
				assert.deepEqual([found?.durationMinutes, found?.usedPercent], [minutes, 7]);
			}
		});
	}

	it('takes figures of the wrong kind for absent', () => {
		for (const used of [true, false, null, [], [5], {}, NaN, -1, 1e9, '', 'x']) {
			const rate_limit = { primary_window: { ...slot(0, 18_000), used_percent: used } };
			assert.deepEqual(windowsFromUsage({ rate_limit }, now), [], JSON.stringify(used));
		}
		const asText = { used_percent: '12', limit_window_seconds: '18000', reset_at: String(inSeconds(hour)) };
		assert.deepEqual(windowsFromUsage({ rate_limit: { primary_window: asText } }, now), [
			usageWindow({ usedPercent: 12, resetsAt: now + hour, source: 'poll' }),
		]);
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
