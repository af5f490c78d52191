import assert from 'node:assert/strict';
import type { UsageReport } from '../../src/shared/usageApi.js';
import { dayMs, dayStart, hourMs } from '../../webview/durations.js';
import { usageCards } from '../../webview/usageCards.js';
import type { UsageAnswer } from '../../webview/usageReader.js';
import { noUsage } from '../../src/shared/noUsage.js';
import { sumTotals, usagePeriod, usageSeries } from '../../webview/usageSeries.js';
import { sampleNow as now } from './samplePool.js';
import { usageReport } from './sampleUsage.js';

describe('Usage over time', () => {
	it('has a bucket for every hour of today, also for the empty ones and those to come', () => {
		const report = usageReport(usagePeriod('today', now).since, 'hour');

		const { size, buckets } = usageSeries('today', report, now);

		assert.equal(size, 'hour');
		assert.equal(buckets.length, 24);
		assert.ok(buckets.some(({ totals }) => totals.requests === 0));
		assert.deepEqual(sumTotals(buckets.map(({ totals }) => totals)), sumTotals(report.rows));
	});

	it('begins days at local midnight', () => {
		const { buckets } = usageSeries('month', usageReport(0, 'day'), now);

		for (const { start } of buckets) assert.equal(start, dayStart(start));
		assert.equal(new Set(buckets.map(({ start }) => start)).size, 30);
		assert.equal(usagePeriod('month', now).since, buckets[0]?.start);
	});

	it('compares with a time that has run as long', () => {
		const { since, before } = usagePeriod('week', now);

		assert.equal(before?.since, since - 7 * dayMs);
		assert.ok(Math.abs(before.until - (now - 7 * dayMs)) <= hourMs / 2);
		assert.equal(usagePeriod('all', now).before, null);
	});

	it('shows days while they can be told apart, and months after that', () => {
		assert.equal(usageSeries('all', reportOf([now - 20 * dayMs]), now).buckets.length, 21);
		assert.equal(usageSeries('all', reportOf([]), now).buckets.length, 7);

		const { size, buckets } = usageSeries('all', reportOf([now - 400 * dayMs, now - 3 * dayMs]), now);

		assert.equal(size, 'month');
		assert.equal(buckets.length, 14);
		assert.deepEqual(
			buckets.filter(({ totals }) => totals.requests > 0).map(({ start }) => new Date(start).getMonth()),
			[9, 10],
		);
	});
});

describe('The figures of a range', () => {
	const totals = { ...noUsage, requests: 120, failed: 3, inputTokens: 900, cachedTokens: 450, outputTokens: 100 };
	const cost = 1_230_000_000;

	it('say how they changed against the time before', () => {
		const [requests, tokens, money, errors] = cards({ ...totals, costNanoUsd: cost }, { ...totals, requests: 100 });

		assert.deepEqual(requests?.change, { short: '+20\u00a0%', full: 'The 7 days before: 100' });
		assert.equal(requests.context, 'about 18 a day');
		assert.equal(tokens?.change?.short, '0\u00a0%');
		assert.equal(tokens.context, '50\u00a0% of input cached');
		assert.equal(money?.value.value, '$1.23');
		assert.equal(errors?.change?.short, 'was 3\u00a0%');
		assert.equal(errors.context, 'mostly: The budget of its key was used up');
	});

	it('claim no more of the cost than is known', () => {
		const part = { ...totals, costNanoUsd: cost, unpriced: 2 };

		const [, , money] = cards(part, { ...totals, costNanoUsd: cost });
		const [, , unknown] = cards({ ...totals, unpriced: 120 }, totals);

		assert.equal(money?.value.value, '≥ $1.23');
		assert.equal(money.context, '2 requests without a price');
		assert.equal(money.change, null);
		assert.equal(unknown?.value.value, '–');
	});

	it('compare with nothing where there was nothing', () => {
		assert.deepEqual(
			cards(totals, noUsage).map(({ change }) => change),
			[null, null, null, null],
		);
		assert.deepEqual(
			cards(totals, null).map(({ change }) => change),
			[null, null, null, null],
		);
		assert.equal(cards({ ...totals, requests: 2_000 }, totals)[0]?.change?.short, '×17');
	});

	function cards(sum: UsageAnswer['sum'], before: UsageAnswer['before']) {
		const series = usageSeries('week', reportOf([]), now);
		return usageCards({ series, sum, before, grouped: null, topError: 'key_budget_reached' }, 'week', now);
	}
});

function reportOf(moments: readonly number[]): UsageReport {
	const rows = moments.map(moment => ({ ...noUsage, requests: 1, group: String(dayStart(moment)) }));
	return { since: 0, until: null, by: 'day', rows };
}
