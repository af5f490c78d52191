import Database from 'better-sqlite3';
import { migrate } from '../src/storage/migrations.js';
import { counters, dayMs, parties } from '../src/storage/usageSums.js';
import { explainedRequest } from '../test/support/managementExamples.js';

const hourMs = 3_600_000;
const hours = 2 * 365 * 24;
/** What has come together of accounts, models, keys and clients within an hour, and in all. */
const groupsAnHour = 28;
const groups = 6 * 4 * 3 * 4;
const turnsOfASession = 25;

/** Two years of requests that ended at `end`, made by SQL alone: a minute instead of an hour. */
export function buildLedger(file: string, { requests, end }: { requests: number; end: number }): void {
	const database = new Database(file);
	try {
		database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000');
		migrate(database);
		insertRequests(database, requests, end - hours * hourMs);
		rollUp(database);
	} finally {
		database.close();
	}
}

/** Anything but a choice of groups that repeats every hour would do: what matters is how many rows come of it. */
function insertRequests(database: Database.Database, requests: number, start: number): void {
	const { attempts, choices } = explainedRequest();
	database
		.prepare(
			`
			WITH RECURSIVE
			numbers (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < ${requests}),
			drawn AS (
				SELECT i, ((i * 40503) % ${groupsAnHour} + (i * ${hours} / ${requests}) * 7) % ${groups} AS party FROM numbers
			)
			INSERT INTO requests (
				id, startedAt, accountId, keyId, route, client, model, effort, tier, transport, status, outcome, error,
				inputTokens, cachedTokens, outputTokens, reasoningTokens, firstByteMs, totalMs, attempts, choices, costNanoUsd,
				sessionId
			)
			SELECT
				printf('req_0a1b2c3d4e5f%07x', i), ${start} + i * ${hours * hourMs} / ${requests},
				'0193b6f0-5ad1-7c3e-9d4f-00000000000' || (party % 6), 'key-' || (party / 6 % 3), '/backend-api/codex/responses',
				'client-' || (party / 18 % 4), 'gpt-5.' || (party / 72), 'high', NULL, 'websocket', 200,
				iif(i % 50 = 0, 'failed', 'succeeded'), iif(i % 50 = 0, 'rate_limit_exceeded', NULL),
				18000 + i % 1000, 17000, 640, 320, 412.5, 8123.25, @attempts, @choices, iif(i % 97 = 0, NULL, i % 1000 * 100000),
				printf('%024x', i / ${turnsOfASession})
			FROM drawn
			`,
		)
		.run({ attempts: JSON.stringify(attempts), choices: JSON.stringify(choices) });
}

function rollUp(database: Database.Database): void {
	const columns = Object.values(parties).join(', ');
	const names = counters.join(', ');
	const sums = counters.map(name => `sum(${name})`).join(', ');
	database.exec(`
		INSERT INTO hourlyUsage (hour, ${columns}, ${names})
		SELECT startedAt / ${hourMs} * ${hourMs}, ${columns}, count(*), sum(outcome = 'failed'), sum(inputTokens),
			sum(cachedTokens), sum(outputTokens), sum(reasoningTokens), coalesce(sum(costNanoUsd), 0), sum(costNanoUsd IS NULL)
		FROM requests GROUP BY 1, 2, 3, 4, 5;
		${Object.entries(parties)
			.map(
				([party, column]) => `
					INSERT INTO dailyUsage (party, name, day, ${names})
					SELECT '${party}', ${column}, hour / ${dayMs} * ${dayMs}, ${sums} FROM hourlyUsage GROUP BY 1, 2, 3;
				`,
			)
			.join('')}
		INSERT INTO hourlyTotals (hour, ${names}) SELECT hour, ${sums} FROM hourlyUsage GROUP BY 1;
	`);
}
