import { exactUsd } from '../shared/usd.js';
import type { UsageGrouping, UsageQuery, UsageReport } from '../shared/usageApi.js';
import { csvRecord } from './csv.js';
import type { PoolClient } from './poolClient.js';
import { groupName, readUsageNames, type UsageNames } from './usageNames.js';

/** Programs read these: columns may be added behind them, and none is ever renamed. */
const columns = [
	'group',
	'name',
	'requests',
	'failed',
	'input_tokens',
	'cached_tokens',
	'output_tokens',
	'reasoning_tokens',
	'cost_usd',
	'unpriced_requests',
] as const;

export async function readUsageCsv(pool: PoolClient, query: UsageQuery): Promise<string> {
	const [report, names] = await Promise.all([pool.readUsage(query), readUsageNames(pool, query.by)]);
	return usageCsv(report, names);
}

/** A usage report as CSV, without a line of totals: whoever adds up a column gets them. */
export function usageCsv({ by, rows }: UsageReport, names: UsageNames): string {
	const records = rows.map(row =>
		csvRecord([
			groupId(row.group, by),
			groupName(row.group, by, names),
			row.requests,
			row.failed,
			row.inputTokens,
			row.cachedTokens,
			row.outputTokens,
			row.reasoningTokens,
			exactUsd(row.costNanoUsd),
			row.unpriced,
		]),
	);
	return [csvRecord(columns), ...records].join('');
}

/** Hours and days by their first moment, which says the same to every program. */
function groupId(group: string, by: UsageGrouping): string {
	return by === 'hour' || by === 'day' ? new Date(Number(group)).toISOString() : group;
}
