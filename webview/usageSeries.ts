import { noUsage } from '../src/shared/noUsage.js';
import type { UsageReport, UsageTotals } from '../src/shared/usageApi.js';
import { dayMs, daysBefore, dayStart, hourMs } from './durations.js';

export const usageRanges = ['today', 'week', 'month', 'all'] as const;
export type UsageRange = (typeof usageRanges)[number];

/** What one bar of a chart stands for. */
export type BucketSize = 'hour' | 'day' | 'month';

export interface UsageBucket {
	/** Start of the hour, local day or month. */
	readonly start: number;
	readonly totals: UsageTotals;
}

export interface UsageSeries {
	readonly size: BucketSize;
	/** Oldest first. Those of today that are still to come are there, and empty. */
	readonly buckets: readonly UsageBucket[];
}

/** A time of which usage is asked, and the one before it that it is compared to; null when there is none. */
export interface UsagePeriod {
	readonly since: number;
	readonly by: 'hour' | 'day';
	readonly before: { readonly since: number; readonly until: number } | null;
}

const daysOf = { today: 1, week: 7, month: 30 } as const;
/** More bars than this cannot be told apart. */
const mostDays = 92;

/** Days are the reader's own, so a clock change moves them. */
export function usagePeriod(range: UsageRange, now: number): UsagePeriod {
	if (range === 'all') return { since: 0, by: 'day', before: null };
	const days = daysOf[range];
	const since = daysBefore(dayStart(now), days - 1);
	return {
		since,
		by: range === 'today' ? 'hour' : 'day',
		// As long as this one has run so far. Whole hours are counted: the nearest is fairest.
		before: { since: daysBefore(since, days), until: daysBefore(now, days) + hourMs / 2 },
	};
}

/** A bucket without a row had no request: its totals really are 0. */
export function usageSeries(range: UsageRange, report: UsageReport, now: number): UsageSeries {
	const { size, starts } = bucketsOf(range, report, now);
	const totals = starts.map(() => noUsage);
	for (const row of report.rows) {
		const at = starts.findLastIndex(start => start <= Number(row.group));
		if (at >= 0) totals[at] = addTotals(totals[at] ?? noUsage, row);
	}
	return { size, buckets: starts.map((start, index) => ({ start, totals: totals[index] ?? noUsage })) };
}

export function sumTotals(all: readonly UsageTotals[]): UsageTotals {
	return all.reduce(addTotals, noUsage);
}

function bucketsOf(range: UsageRange, report: UsageReport, now: number): { size: BucketSize; starts: number[] } {
	if (range === 'today') return { size: 'hour', starts: hoursOf(dayStart(now)) };
	if (range !== 'all') return { size: 'day', starts: lastDays(daysOf[range], now) };
	const oldest = Math.min(now, ...report.rows.map(({ group }) => Number(group)));
	const days = Math.round((dayStart(now) - dayStart(oldest)) / dayMs) + 1;
	if (days <= mostDays) return { size: 'day', starts: lastDays(Math.max(days, daysOf.week), now) };
	return { size: 'month', starts: monthsSince(oldest, now) };
}

/** 23 or 25 of them when the clock changes. */
function hoursOf(start: number): number[] {
	return Array.from(
		{ length: Math.round((daysBefore(start, -1) - start) / hourMs) },
		(_, hour) => start + hour * hourMs,
	);
}

function lastDays(count: number, now: number): number[] {
	return Array.from({ length: count }, (_, index) => daysBefore(dayStart(now), count - 1 - index));
}

function monthsSince(oldest: number, now: number): number[] {
	const first = new Date(oldest);
	const last = new Date(now);
	const count = (last.getFullYear() - first.getFullYear()) * 12 + last.getMonth() - first.getMonth() + 1;
	return Array.from({ length: count }, (_, index) => new Date(first.getFullYear(), first.getMonth() + index).getTime());
}

function addTotals(a: UsageTotals, b: UsageTotals): UsageTotals {
	return {
		requests: a.requests + b.requests,
		failed: a.failed + b.failed,
		inputTokens: a.inputTokens + b.inputTokens,
		cachedTokens: a.cachedTokens + b.cachedTokens,
		outputTokens: a.outputTokens + b.outputTokens,
		reasoningTokens: a.reasoningTokens + b.reasoningTokens,
		costNanoUsd: a.costNanoUsd + b.costNanoUsd,
		unpriced: a.unpriced + b.unpriced,
	};
}
