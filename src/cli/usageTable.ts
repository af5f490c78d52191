import { groupName, type UsageNames } from '../client/usageNames.js';
import { priceList } from '../shared/priceList.js';
import { formatCost } from '../shared/usd.js';
import type { UsageReport, UsageTotals } from '../shared/usageApi.js';
import { formatMoment } from './duration.js';
import type { Output } from './output.js';

const titles = ['Requests', 'Failed', 'Input', 'Cached', 'Output', 'Reasoning', 'Est. cost'];

/** A usage report for people, with a line of totals and what the cost is worth. */
export function usageTable({ by, rows, since, until }: UsageReport, names: UsageNames, output: Output): string {
	const from = formatMoment(startOfHour(since));
	const when = until === null ? `Since ${from}` : `${from} to ${formatMoment(startOfHour(until))}`;
	if (rows.length === 0) return `${when}: no requests.`;
	const total = sumOf(rows);
	const table = output.table(
		[{ title: by }, ...titles.map(title => ({ title, align: 'right' as const }))],
		[...rows.map(row => [groupName(row.group, by, names) || 'unknown', ...figures(row)]), ['Total', ...figures(total)]],
	);
	return `${when}:\n\n${table}\n\n${costNote(total)}`;
}

/** Whole hours are counted, so the hours are what was asked about. */
function startOfHour(at: number): number {
	return new Date(at).setMinutes(0, 0, 0);
}

function figures(totals: UsageTotals): string[] {
	const { requests, failed, inputTokens, cachedTokens, outputTokens, reasoningTokens, unpriced } = totals;
	const cost = formatCost(totals);
	return [
		count(requests),
		count(failed),
		count(inputTokens),
		inputTokens === 0 ? '–' : `${Math.floor((100 * cachedTokens) / inputTokens)} %`,
		count(outputTokens),
		count(reasoningTokens),
		cost === null ? '–' : unpriced > 0 ? `${cost} (${count(unpriced)} unpriced)` : cost,
	];
}

function costNote({ unpriced }: UsageTotals): string {
	const note = `Estimated at API prices of ${priceList.asOf}; subscriptions are not billed by it.`;
	if (unpriced === 0) return note;
	const which = unpriced === 1 ? '1 request has' : `${count(unpriced)} requests have`;
	return `${note}\n${which} tokens but no price: nobody has published one, or they are older than the estimate.`;
}

function sumOf(rows: readonly UsageTotals[]): UsageTotals {
	const sum = (figure: keyof UsageTotals): number => rows.reduce((total, row) => total + row[figure], 0);
	return {
		requests: sum('requests'),
		failed: sum('failed'),
		inputTokens: sum('inputTokens'),
		cachedTokens: sum('cachedTokens'),
		outputTokens: sum('outputTokens'),
		reasoningTokens: sum('reasoningTokens'),
		costNanoUsd: sum('costNanoUsd'),
		unpriced: sum('unpriced'),
	};
}

function count(value: number): string {
	return value.toLocaleString('en-US');
}
