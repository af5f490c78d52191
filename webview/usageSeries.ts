import type { UsageReport, UsageTotals } from '../src/shared/usageApi.js';
import { hourMs } from './durations.js';

/** The ranges of the usage section and what one bar of each stands for. */
export const usageRanges = {
	day: { by: 'hour', buckets: 24 },
	week: { by: 'day', buckets: 7 },
	month: { by: 'day', buckets: 30 },
} as const satisfies Record<string, { by: 'hour' | 'day'; buckets: number }>;

export type UsageRange = keyof typeof usageRanges;

export interface UsageBucket {
	/** Start of the hour or local day. */
	readonly start: number;
	readonly totals: UsageTotals;
}

export const noUsage: UsageTotals = {
	requests: 0,
	failed: 0,
	inputTokens: 0,
	cachedTokens: 0,
	outputTokens: 0,
	reasoningTokens: 0,
};

/** The starts of a range's buckets, oldest first. Days are the reader's own, so a clock change moves them. */
export function bucketStarts(range: UsageRange, now: number): number[] {
	const { by, buckets } = usageRanges[range];
	return Array.from({ length: buckets }, (_, index) => {
		const back = buckets - 1 - index;
		if (by === 'hour') return now - (now % hourMs) - back * hourMs;
		const day = new Date(now);
		day.setHours(0, 0, 0, 0);
		day.setDate(day.getDate() - back);
		return day.getTime();
	});
}

/** A bucket without a row had no request: its totals really are 0. */
export function fillBuckets(report: UsageReport, starts: readonly number[]): UsageBucket[] {
	const totals = starts.map(() => noUsage);
	for (const row of report.rows) {
		const at = starts.findLastIndex(start => start <= Number(row.group));
		if (at >= 0) totals[at] = addTotals(totals[at] ?? noUsage, row);
	}
	return starts.map((start, index) => ({ start, totals: totals[index] ?? noUsage }));
}

export function sumTotals(all: readonly UsageTotals[]): UsageTotals {
	return all.reduce(addTotals, noUsage);
}

function addTotals(a: UsageTotals, b: UsageTotals): UsageTotals {
	return {
		requests: a.requests + b.requests,
		failed: a.failed + b.failed,
		inputTokens: a.inputTokens + b.inputTokens,
		cachedTokens: a.cachedTokens + b.cachedTokens,
		outputTokens: a.outputTokens + b.outputTokens,
		reasoningTokens: a.reasoningTokens + b.reasoningTokens,
	};
}
