import { readUsageCsv } from '../../src/client/usageCsv.js';
import { runCli } from '../support/runCli.js';
import type { MonthRun } from './monthRun.js';

const since = '2026-10-01T00:00:00Z';

/** What `codex-pool usage` prints is what the management API says. */
export async function judgeCommandLine(run: MonthRun): Promise<void> {
	const { client, homeDir } = run.faces;
	const env = { CODEX_POOL_HOME: homeDir, CODEX_POOL_PORT: String(client.port), TZ: process.env['TZ'] ?? '' };
	const usage = (...args: string[]) => runCli(['usage', '--since', since, ...args], env);
	const query = { since: Date.parse(since), by: 'account' } as const;
	const [json, csv] = await Promise.all([usage('--json'), usage('--csv')]);
	run.same('codex-pool usage --json', JSON.parse(json.stdout), await client.readUsage(query));
	run.same('codex-pool usage --csv', csv.stdout, await readUsageCsv(client, query));
}
