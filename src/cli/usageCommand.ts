import { CommanderError, Option, type Command } from 'commander';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readRequestCsv } from '../client/requestCsv.js';
import { readUsageCsv } from '../client/usageCsv.js';
import { readUsageNames, type UsageNames } from '../client/usageNames.js';
import { usageGroupingSchema, type UsageGrouping } from '../shared/usageApi.js';
import { parseMoment } from './optionParsers.js';
import { addPoolOptions, withPool, type PoolOptions } from './poolOptions.js';
import { usageTable } from './usageTable.js';

interface UsageOptions extends PoolOptions {
	readonly since: number;
	readonly until?: number;
	readonly by: UsageGrouping;
	readonly csv?: true;
	readonly requests?: true;
}

const adding = 'Adding up usage';
const noNames: UsageNames = { accounts: new Map(), keys: new Map() };

const help = `
A time is a span before now (90m, 24h, 7d), an ISO date or time (2026-07-01,
2026-07-01T09:00), or today, week or month for the start of the running one.
Sums count whole hours.

The cost is what the tokens would cost at the API: an estimate, which says
nothing about a subscription's bill. Models whose price nobody has published
have none; give them one with "codex-pool serve --prices".

Examples:
  codex-pool usage --since week --by model
  codex-pool usage --since 2026-07-01 --until 2026-08-01 --by day --csv > july.csv
  codex-pool usage --since today --requests --csv > requests.csv`;

export function addUsageCommand(program: Command): void {
	const now = Date.now();
	const dayMs = 24 * 60 * 60 * 1000;
	const moment = (flags: string, description: string): Option =>
		new Option(flags, description).argParser(text => parseMoment(text, now));
	addPoolOptions(
		program
			.command('usage')
			.description('show requests, tokens and what they would cost at the API')
			.addOption(moment('--since <time>', 'from when').default(now - dayMs, '24h'))
			.addOption(moment('--until <time>', 'up to when, not included (default: now)'))
			.addOption(new Option('--by <group>', 'what to group by').choices(usageGroupingSchema.options).default('account'))
			.addOption(new Option('--csv', 'CSV for spreadsheets').conflicts('json'))
			.addOption(new Option('--requests', 'every single request, newest first; with --csv').conflicts(['by', 'json']))
			.addHelpText('after', help),
	).action(showUsage);
}

async function showUsage({ since, until, by, csv, requests, ...options }: UsageOptions): Promise<void> {
	if (until !== undefined && until <= since) {
		throw wrongUsage('Nothing lies between: --until must be later than --since.');
	}
	if (requests === true && csv !== true) throw wrongUsage('Single requests are written as CSV: add --csv.');
	const span = { since, ...(until !== undefined && { until }) };
	const query = { ...span, by };
	await withPool(options, async (pool, output) => {
		if (requests === true) {
			await printPieces(readRequestCsv(pool, span));
		} else if (csv === true) {
			process.stdout.write(await output.progress(adding, () => readUsageCsv(pool, query)));
		} else {
			const report = await output.progress(adding, () => pool.readUsage(query));
			const names = output.json ? noNames : await readUsageNames(pool, by);
			output.print(report, () => usageTable(report, names, output));
		}
	});
}

/** No faster than they are read: there may be more of them than fit into memory. */
function printPieces(pieces: AsyncIterable<string>): Promise<void> {
	return pipeline(Readable.from(pieces), process.stdout, { end: false });
}

function wrongUsage(message: string): CommanderError {
	return new CommanderError(2, 'codexPool.wrongUsage', message);
}
