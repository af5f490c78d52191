import assert from 'node:assert/strict';
import { ownLoginKeyId } from '../../src/shared/keyApi.js';
import { priceList } from '../../src/shared/priceList.js';
import { explainedRequest, usageTotals } from '../support/managementExamples.js';
import { ManagementServer } from '../support/managementServer.js';
import { runCli, type CliResult } from '../support/runCli.js';

describe('codex-pool usage', () => {
	const figures = usageTotals({
		inputTokens: 1_000,
		cachedTokens: 456,
		outputTokens: 7,
		reasoningTokens: 1,
		costNanoUsd: 1_234_000_000,
	});
	let server: ManagementServer;

	const run = (...args: string[]): Promise<CliResult> =>
		runCli(['usage', ...args], { CODEX_POOL_HOME: server.homeDir, CODEX_POOL_PORT: String(server.port) });
	const asked = (): URLSearchParams => {
		const usage = server.requests.filter(({ path }) => path.startsWith('/pool/api/usage')).at(-1);
		return new URL(usage?.path ?? '', 'http://pool').searchParams;
	};

	beforeEach(async () => {
		server = await ManagementServer.start();
	});
	afterEach(() => server.close());

	it('adds usage up by account, under the names the user knows, with an estimate of its cost', async () => {
		server.usageRows = [
			{ ...figures, group: 'account-1', requests: 2, failed: 1 },
			{ ...figures, group: 'removed', requests: 1, inputTokens: 3_000, costNanoUsd: 4_200_000 },
		];

		const { stdout } = await run('--since', '2026-07-01');

		assert.match(stdout, /^Since 2026-07-01 00:00:$/m);
		assert.match(stdout, /^ACCOUNT +REQUESTS +FAILED +INPUT +CACHED +OUTPUT +REASONING +EST\. COST$/m);
		assert.match(stdout, /^ada@example\.com +2 +1 +1,000 +45 % +7 +1 +\$1\.23$/m);
		assert.match(stdout, /^removed +1 +0 +3,000 +15 % +7 +1 +\$0\.0042$/m);
		assert.match(stdout, /^Total +3 +1 +4,000 +22 % +14 +2 +\$1\.24$/m);
		assert.match(
			stdout,
			new RegExp(`^Estimated at API prices of ${priceList.asOf}; subscriptions are not billed`, 'm'),
		);
		assert.doesNotMatch(stdout, /no price/);
	});

	it('shows a cost that is not the whole as at least that, and none where there is none', async () => {
		server.usageRows = [
			{ ...figures, group: 'gpt-5.5', requests: 5, unpriced: 2 },
			{ ...figures, group: 'gpt-unheard-of', requests: 1, costNanoUsd: 0, unpriced: 1 },
			{ ...usageTotals({ requests: 1, failed: 1 }), group: '' },
		];

		const { stdout } = await run('--by', 'model');

		assert.match(stdout, /^gpt-5\.5 .* ≥ \$1\.23 \(2 unpriced\)$/m);
		assert.match(stdout, /^gpt-unheard-of .* –$/m);
		assert.match(stdout, /^unknown +1 +1 +0 +– +0 +0 +–$/m);
		assert.match(stdout, /^Total .* ≥ \$1\.23 \(3 unpriced\)$/m);
		assert.match(stdout, /^3 requests have tokens but no price: /m);
	});

	it('shows hours and days as local time, and keys by their names', async () => {
		const group = String(Date.UTC(2026, 6, 1, 9));
		server.usageRows = [{ ...figures, group, requests: 2 }];

		assert.match((await run('--by', 'hour')).stdout, /^2026-07-01 09:00 +2 /m);
		assert.match((await run('--by', 'day')).stdout, /^2026-07-01 +2 /m);

		server.usageRows = [
			{ ...figures, group: 'key-1', requests: 2 },
			{ ...figures, group: ownLoginKeyId, requests: 3 },
		];
		const { stdout } = await run('--by', 'key');
		assert.match(stdout, /^Default +2 /m);
		assert.match(stdout, /^ChatGPT login +3 /m);
	});

	it('asks for the last 24 hours by account unless told', async () => {
		const before = Date.now() - 86_400_000;

		const { stdout } = await run('--json');

		const report = JSON.parse(stdout) as { since: number; until: number | null; by: string };
		assert.deepEqual([report.by, report.until], ['account', null]);
		assert.ok(report.since >= before && report.since <= Date.now() - 86_400_000);
	});

	it('names the hours that are counted, which are whole', async () => {
		const { stdout } = await run('--since', '2026-07-01T09:41', '--until', '2026-07-01T17:20');

		assert.equal(stdout, '2026-07-01 09:00 to 2026-07-01 17:00: no requests.\n');
	});

	it('asks for a span that has an end', async () => {
		const { stdout } = await run('--since', '2026-07-01', '--until', '2026-08-01');

		assert.equal(asked().get('since'), String(Date.UTC(2026, 6, 1)));
		assert.equal(asked().get('until'), String(Date.UTC(2026, 7, 1)));
		assert.equal(stdout, '2026-07-01 00:00 to 2026-08-01 00:00: no requests.\n');
	});

	it('writes CSV with raw figures and the exact cost', async () => {
		server.usageRows = [
			{ ...figures, group: 'account-1', requests: 2, costNanoUsd: 12_000_000_005, unpriced: 1 },
			{ ...figures, group: 'removed', requests: 1_000_000, costNanoUsd: 7 },
		];

		const { stdout, stderr } = await run('--csv');

		assert.deepEqual(stdout.split('\r\n'), [
			'group,name,requests,failed,input_tokens,cached_tokens,output_tokens,reasoning_tokens,cost_usd,unpriced_requests',
			'account-1,ada@example.com,2,0,1000,456,7,1,12.000000005,1',
			'removed,removed,1000000,0,1000,456,7,1,0.000000007,0',
			'',
		]);
		assert.equal(stderr, '');
	});

	it('gives hours in CSV as a moment for programs and as local time for people', async () => {
		server.usageRows = [{ ...figures, group: String(Date.UTC(2026, 6, 1, 9)) }];

		assert.match((await run('--by', 'hour', '--csv')).stdout, /\n2026-07-01T09:00:00\.000Z,2026-07-01 09:00,/);
	});

	it('is no more than its header in CSV when there was nothing', async () => {
		assert.equal((await run('--csv')).stdout.split('\r\n').length, 2);
	});

	it('writes every request of the span as CSV', async () => {
		const startedAt = Date.now() - 60_000;
		const recentRequests = [
			explainedRequest({ id: 'req_new', startedAt, costNanoUsd: 5 }),
			explainedRequest({ id: 'req_old', startedAt: startedAt - 86_400_000 }),
		];
		server.state = { ...server.state, recentRequests };

		const { exitCode, stdout, stderr } = await run('--requests', '--csv');

		assert.deepEqual([exitCode, stderr], [0, '']);
		const lines = stdout.split('\r\n');
		assert.match(lines[0] ?? '', /^id,started_at,account_id,account,/);
		assert.match(lines[1] ?? '', /^req_new,.*,0\.000000005,/);
		assert.deepEqual(lines.slice(2), ['']);
	});

	for (const [what, args, message] of [
		['an end before the beginning', ['--since', '1h', '--until', '2h'], /--until must be later than --since/],
		['single requests as a table', ['--requests'], /Single requests are written as CSV: add --csv/],
		[
			'single requests in groups',
			['--requests', '--csv', '--by', 'day'],
			/'--requests' cannot be used with option '--by/,
		],
		['two formats at once', ['--csv', '--json'], /'--csv' cannot be used with option '--json'/],
		['a time that is none', ['--until', 'yesterday'], /span like 24h .* today, week or month/],
	] as const) {
		it(`refuses ${what}`, async () => {
			const { exitCode, stdout, stderr } = await run(...args);

			assert.deepEqual([exitCode, stdout], [2, '']);
			assert.match(stderr, message);
		});
	}

	it('explains times and costs in its help', async () => {
		const { stdout } = await run('--help');

		assert.match(stdout, /today, week or month/);
		assert.match(stdout, /serve --prices/);
	});
});
