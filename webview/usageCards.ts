import type { UsageTotals } from '../src/shared/usageApi.js';
import { paragraph } from '../src/shared/paragraph.js';
import { priceList } from '../src/shared/priceList.js';
import { formatCost } from '../src/shared/usd.js';
import { errorName } from './accountStatus.js';
import { dayMs, formatDate, hourMs } from './durations.js';
import { count, figureText, missing, share, tokens, type Figure } from './figures.js';
import { text } from './text.js';
import type { UsageAnswer } from './usageReader.js';
import type { UsageRange } from './usageSeries.js';

/** One figure of a range, with what helps to judge it. */
export interface UsageCard {
	readonly name: string;
	readonly value: Figure;
	readonly context: string;
	/** The whole of what the context says in short. */
	readonly contextTitle: string;
	/** Against the time before; null when there is nothing to compare with. */
	readonly change: { readonly short: string; readonly full: string } | null;
	/** How it went, oldest first. */
	readonly course: readonly number[];
}

const signed = new Intl.NumberFormat(undefined, { signDisplay: 'exceptZero', maximumFractionDigits: 0 });
/** From here on, per cents say less than times. */
const manyTimes = 10;

export function usageCards(
	{ series, sum, before, topError }: UsageAnswer,
	range: UsageRange,
	now: number,
): UsageCard[] {
	const reached = series.buckets.filter(({ start }) => start <= now).map(({ totals }) => totals);
	const since = series.buckets[0]?.start ?? now;
	const allTokens = (totals: UsageTotals) => totals.inputTokens + totals.outputTokens;
	const against = (valueOf: (totals: UsageTotals) => number, say: (value: number) => string) =>
		before && changeOf(valueOf(sum), valueOf(before), { range, say });
	return [
		{
			name: text.requests,
			value: count(sum.requests),
			context: range === 'today' ? perHour(sum, now - since) : perDay(sum, now - since),
			contextTitle: '',
			change: against(
				totals => totals.requests,
				value => figureText(count(value)),
			),
			course: reached.map(({ requests }) => requests),
		},
		{
			name: text.tokens,
			value: tokens(allTokens(sum)),
			context: text.cachedPart(figureText(share(sum.cachedTokens, sum.inputTokens))),
			contextTitle: text.tokenParts(
				figureText(tokens(sum.inputTokens)),
				figureText(tokens(sum.cachedTokens)),
				figureText(tokens(sum.outputTokens)),
			),
			change: against(allTokens, value => figureText(tokens(value))),
			course: reached.map(allTokens),
		},
		costCard(sum, before, { range, course: reached.map(({ costNanoUsd }) => costNanoUsd) }),
		{
			name: text.errorRate,
			value: share(sum.failed, sum.requests),
			context: errorContext(sum, topError),
			contextTitle: text.errorsOf(figureText(count(sum.failed)), figureText(count(sum.requests))),
			change: errorChange(sum, before, range),
			course: reached.map(({ failed, requests }) => (requests === 0 ? 0 : failed / requests)),
		},
	];
}

function costCard(
	sum: UsageTotals,
	before: UsageTotals | null,
	{ range, course }: { readonly range: UsageRange; readonly course: readonly number[] },
): UsageCard {
	const cost = formatCost(sum);
	const asOf = text.pricesOf(formatDate(Date.parse(priceList.asOf)));
	// What has no price would look like a change.
	const isComparable = before !== null && sum.unpriced === 0 && before.unpriced === 0;
	return {
		name: text.cost,
		value: cost === null ? missing : { value: cost, unit: '' },
		context: sum.unpriced > 0 ? text.unpriced(figureText(count(sum.unpriced)), sum.unpriced) : text.costEstimate,
		contextTitle: paragraph([text.costMeaning, asOf]),
		change: isComparable
			? changeOf(sum.costNanoUsd, before.costNanoUsd, { range, say: () => formatCost(before) ?? '' })
			: null,
		course,
	};
}

function errorContext({ failed, requests }: UsageTotals, topError: string | null): string {
	if (failed === 0) return text.noneFailed;
	if (topError === null) return text.errorsOf(figureText(count(failed)), figureText(count(requests)));
	return text.mostErrors(errorName(topError));
}

function errorChange(sum: UsageTotals, before: UsageTotals | null, range: UsageRange): UsageCard['change'] {
	if (range === 'all' || !before || before.requests === 0 || sum.requests === 0) return null;
	const rate = figureText(share(before.failed, before.requests));
	return { short: text.was(rate), full: text.comparedTo(text.periodsBefore[range], rate) };
}

interface Comparison {
	readonly range: UsageRange;
	/** In words, for the value before. */
	readonly say: (value: number) => string;
}

function changeOf(value: number, before: number, { range, say }: Comparison): UsageCard['change'] {
	if (range === 'all' || before === 0) return null;
	const ratio = value / before;
	const short =
		ratio >= manyTimes
			? text.times(figureText(count(Math.round(ratio))))
			: text.percentChange(signed.format((ratio - 1) * 100));
	return { short, full: text.comparedTo(text.periodsBefore[range], say(before)) };
}

function perHour({ requests }: UsageTotals, elapsedMs: number): string {
	return text.anHour(figureText(count(Math.round(requests / Math.max(1, elapsedMs / hourMs)))));
}

function perDay({ requests }: UsageTotals, elapsedMs: number): string {
	return text.aDay(figureText(count(Math.round(requests / Math.max(1, elapsedMs / dayMs)))));
}
