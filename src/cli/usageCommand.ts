import { Option, type Command } from 'commander';
import type { PoolClient } from '../client/poolClient.js';
import { usageGroupingSchema, type UsageGrouping, type UsageReport } from '../shared/usageApi.js';
import { formatMoment } from './duration.js';
import { accountNames } from './findAccount.js';
import { parseSince } from './optionParsers.js';
import type { Output } from './output.js';
import { addPoolOptions, withPool, type PoolOptions } from './poolOptions.js';

type UsageOptions = PoolOptions & { readonly since: number; readonly by: UsageGrouping };

const figures = ['requests', 'failed', 'inputTokens', 'cachedTokens', 'outputTokens', 'reasoningTokens'] as const;
const figureTitles = ['Requests', 'Failed', 'Input', 'Cached', 'Output', 'Reasoning'];

export function addUsageCommand(program: Command): void {
	const day = 24 * 60 * 60 * 1000;
	addPoolOptions(
		program
			.command('usage')
			.description('show requests and tokens')
			.addOption(
				new Option('--since <time>', 'a span like 24h or 7d, or an ISO date')
					.argParser(text => parseSince(text, Date.now()))
					.default(Date.now() - day, '24h'),
			)
			.addOption(
				new Option('--by <group>', 'what to group by').choices(usageGroupingSchema.options).default('account'),
			),
	).action(({ since, by, ...options }: UsageOptions) =>
		withPool(options, async (pool, output) => {
			const report = await output.progress('Adding up usage', () => pool.readUsage({ since, by }));
			const names = output.json ? new Map<string, string>() : await groupNames(pool, by);
			output.print(report, () => usageTable(report, names, output));
		}),
	);
}

function usageTable({ by, rows, since }: UsageReport, names: ReadonlyMap<string, string>, output: Output): string {
	const from = `Since ${formatMoment(since)}`;
	if (rows.length === 0) return `${from}: no requests.`;
	const line = (name: string, value: (figure: (typeof figures)[number]) => number): string[] => [
		name,
		...figures.map(figure => value(figure).toLocaleString('en-US')),
	];
	const table = output.table(
		[{ title: by }, ...figureTitles.map(title => ({ title, align: 'right' as const }))],
		[
			...rows.map(row => line(groupLabel(row.group, by, names), figure => row[figure])),
			line('Total', figure => rows.reduce((sum, row) => sum + row[figure], 0)),
		],
	);
	return `${from}:\n\n${table}`;
}

function groupLabel(group: string, by: UsageGrouping, names: ReadonlyMap<string, string>): string {
	switch (by) {
		case 'hour':
			return formatMoment(Number(group));
		case 'day':
			return formatMoment(Number(group)).slice(0, 10);
		case 'account':
		case 'key':
		case 'model':
		case 'client':
			// A name may be gone with its account or key; usage outlives both.
			return (names.get(group) ?? group) || 'unknown';
		default:
			return by satisfies never;
	}
}

async function groupNames(pool: PoolClient, by: UsageGrouping): Promise<Map<string, string>> {
	if (by === 'account') return accountNames((await pool.state()).accounts);
	return by === 'key' ? new Map((await pool.listKeys()).map(key => [key.id, key.name])) : new Map();
}
