import type { UsageGrouping, UsageReport } from '../../src/shared/usageApi.js';
import { dayMs, hourMs } from '../../webview/durations.js';
import { clients, fourAccounts, models, sampleKeys, sampleNow } from './samplePool.js';

/** Working hours are busy, nights are not. */
export function usageReport(from: number, by: UsageGrouping, until: number | null = null): UsageReport {
	const since = Math.max(from, sampleNow - 40 * dayMs);
	const row = (group: string, weight: number) => ({
		group,
		requests: Math.round(weight * 9),
		failed: weight > 12 ? 2 : 0,
		inputTokens: Math.round(weight * 310_000),
		cachedTokens: Math.round(weight * 310_000 * 0.93),
		outputTokens: Math.round(weight * 19_000),
		reasoningTokens: Math.round(weight * 9_000),
		costNanoUsd: Math.round(weight * 260_000_000),
		unpriced: 0,
	});
	const report = (rows: UsageReport['rows']): UsageReport => ({ since: from, until, by, rows });
	// The time before was a little busier.
	if (until !== null) return report([row('', Math.max(55, ((until - from) / hourMs) * 4))]);
	if (by === 'account') return report(fourAccounts.map((each, index) => row(each.id, 40 / (index + 1))));
	if (by === 'key') return report(sampleKeys.slice(0, 2).map(({ id }, index) => row(id, 40 / (index + 1))));
	if (by !== 'hour' && by !== 'day') {
		const names = by === 'model' ? [...new Set(models)] : clients;
		return report(names.map((name, index) => row(name, 50 / (index + 1))));
	}
	const step = by === 'hour' ? hourMs : dayMs;
	const starts = Array.from({ length: Math.ceil((sampleNow - since) / step) }, (_, index) => since + index * step);
	const rows = starts.flatMap((start, index) => {
		const hour = new Date(start).getUTCHours();
		const isQuiet = by === 'hour' ? hour < 7 || hour > 21 : new Date(start).getUTCDay() % 6 === 0;
		return isQuiet ? [] : [row(String(start), 6 + ((index * 7) % 11))];
	});
	return report(rows);
}
