import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { PoolForecast } from '../../src/shared/forecastApi.js';
import { accountView, usageTotals } from '../support/managementExamples.js';
import { ManagementServer } from '../support/managementServer.js';
import { runProgram } from '../support/runProgram.js';
import { runCli, startCli, type CliResult } from '../support/runCli.js';

describe('codex-pool', () => {
	let server: ManagementServer;

	const env = (): Record<string, string> => ({
		CODEX_POOL_HOME: server.homeDir,
		CODEX_POOL_PORT: String(server.port),
	});
	const run = (...args: string[]): Promise<CliResult> => runCli(args, env());

	beforeEach(async () => {
		server = await ManagementServer.start();
	});
	afterEach(() => server.close());

	describe('status', () => {
		it('shows the pool, its totals and its accounts as text', async () => {
			const { exitCode, stdout, stderr } = await run('status');

			assert.equal(exitCode, 0, stderr);
			assert.match(stdout, /^Codex Pool 1\.2\.3 is on, run by codex-pool serve \(process \d+\) for \d+ d \d\d h\.$/m);
			assert.ok(stdout.includes(`Codex clients   http://127.0.0.1:${server.port}/backend-api/codex`));
			assert.match(
				stdout,
				/^All time {8}1,234 requests \(2 failed\), 5,000,000 tokens in \(0 cached\), 0 out, est\. cost \$0\.00$/m,
			);
			assert.match(stdout, /^ACCOUNT +PLAN +STATE +POOL +RUNNING +5 H USED +7 D USED +ID$/m);
			assert.match(stdout, /^ada@example\.com +plus +active +on +1 +42 % +7 % +account-1$/m);
			assert.ok(!stdout.includes('\u001b'), 'no colours outside a terminal');
		});

		for (const [what, today, shown] of [
			['in full', { inputTokens: 1_200, outputTokens: 34, costNanoUsd: 1_230_000_000 }, '34 out, est. cost $1.23'],
			[
				'as the least it can be',
				{ outputTokens: 34, costNanoUsd: 5_000_000, unpriced: 1 },
				'34 out, est. cost ≥ $0.005',
			],
			['as unknown where nothing has a price', { outputTokens: 34, unpriced: 1 }, '34 out, est. cost unknown'],
			['not at all without tokens', {}, '0 out'],
		] as const) {
			it(`tells what today cost: ${what}`, async () => {
				const { totals } = server.state;
				server.state = { ...server.state, totals: { ...totals, today: usageTotals(today) } };

				const line = (await run('status')).stdout.split('\n').find(each => each.startsWith('Today '));

				assert.ok(line?.endsWith(` ${shown}`), line);
			});
		}

		it('says what the user should know of the start', async () => {
			const message = 'The database was damaged\u001b[2J.';
			server.state = { ...server.state, notices: [{ code: 'from_the_future', message, at: 1_000 }] };

			const { stdout } = await run('status');

			assert.match(stdout, /^The database was damaged \[2J\.$/m);
		});

		it('tells for how long an account is limited, and drops what would steer the terminal', async () => {
			const now = Date.now();
			const resetsAt = now + 7_530_000;
			const window = { durationMinutes: 300, usedPercent: 100, source: 'event', observedAt: now } as const;
			server.state = {
				...server.state,
				accounts: [
					accountView({
						name: 'Work\u001b[2J',
						state: 'limited',
						limitedUntil: resetsAt,
						selected: false,
						windows: [
							{ ...window, limit: 'codex', resetsAt },
							{ ...window, limit: 'spark', resetsAt: now - 1 },
						],
					}),
					accountView({ id: 'account-2', email: null, plan: null, state: 'needs_sign_in', windows: [] }),
				],
			};

			const { stdout } = await run('status');

			assert.match(stdout, /^ACCOUNT .* 5 H USED +SPARK 5 H USED +ID$/m);
			assert.match(
				stdout,
				/^Work \[2J +plus +limited for 2 h 05 m +off +1 +100 %, resets in 2 h 05 m +reset +account-1$/m,
			);
			assert.match(stdout, /^account-2 +– +needs sign-in +on +1 +– +– +account-2$/m);
		});

		it('tells how long the pool lasts, where that is known', async () => {
			assert.doesNotMatch((await run('status')).stdout, /At this pace/);
			const pool: PoolForecast = {
				lastsUntil: null,
				servesAgainAt: null,
				foreseenUntil: Date.now() + 3_600_000,
				confidence: 'high',
				basis: { hours: 60, rises: 300 },
				episode: null,
			};
			server.state = { ...server.state, forecast: { pool, windows: [] } };

			assert.match((await run('status')).stdout, /^At this pace {4}lasts to the reset$/m);
		});

		it('says how to add an account when there is none', async () => {
			server.state = { ...server.state, accounts: [] };

			assert.match((await run('status')).stdout, /No accounts yet/);
		});

		it('is one line of JSON with --json', async () => {
			const { exitCode, stdout, stderr } = await run('status', '--json');

			const { owner, enabled, routing, accounts, forecast, inFlight, totals } = server.state;
			assert.deepEqual(JSON.parse(stdout), { owner, enabled, routing, accounts, forecast, inFlight, totals });
			assert.equal(stdout.trimEnd().split('\n').length, 1);
			assert.deepEqual([exitCode, stderr], [0, '']);
		});

		it('prefers --port to the environment', async () => {
			const { exitCode } = await runCli(['status', '--port', String(server.port)], {
				...env(),
				CODEX_POOL_PORT: '1',
			});

			assert.equal(exitCode, 0);
		});
	});

	describe('enable and disable', () => {
		it('turns the pool as a whole off and on', async () => {
			assert.equal((await run('disable')).stdout, 'The pool is off.\n');
			assert.equal(server.state.enabled, false);

			assert.deepEqual(JSON.parse((await run('enable', '--json')).stdout), { enabled: true });
			assert.equal(server.state.enabled, true);
		});

		it('keeps the pool from one account, called by its e-mail in any case', async () => {
			const { stdout } = await run('disable', 'ADA@example.com');

			assert.equal(stdout, 'The pool no longer uses ada@example.com.\n');
			assert.equal(server.state.accounts[0]?.selected, false);
		});

		it('lets the pool use one account again, called by its id', async () => {
			const { stdout } = await run('enable', 'account-1', '--json');

			assert.deepEqual(JSON.parse(stdout), { id: 'account-1', email: 'ada@example.com', selected: true });
		});

		it('fails on an account that is not there', async () => {
			const { exitCode, stdout, stderr } = await run('enable', 'bob@example.com', '--json');

			assert.deepEqual([exitCode, stdout], [1, '']);
			assert.deepEqual(JSON.parse(stderr), {
				error: {
					code: 'account_not_found',
					message: 'No account is called "bob@example.com". See "codex-pool accounts list".',
				},
			});
		});

		it('reminds of the accounts whose names hold what was said, and chooses none of them', async () => {
			const { exitCode, stderr } = await run('disable', 'ADA');

			assert.equal(exitCode, 1);
			assert.equal(
				stderr,
				'No account is called "ADA". Did you mean ada@example.com? See "codex-pool accounts list".\n',
			);
		});
	});

	describe('exit codes', () => {
		it('is 3 with one sentence when no pool is running', async () => {
			const { exitCode, stdout, stderr } = await run('status', '--port', '1');

			assert.deepEqual([exitCode, stdout], [3, '']);
			assert.equal(stderr, 'No pool is running on port 1. Start one with "codex-pool serve", or open VS Code.\n');
		});

		it('is 3 with a JSON error when no pool is running and --json was asked for', async () => {
			const { exitCode, stderr } = await run('keys', 'list', '--port', '1', '--json');

			assert.equal(exitCode, 3);
			assert.equal((JSON.parse(stderr) as { error: { code: string } }).error.code, 'runtime_not_running');
		});

		for (const [what, args, message] of [
			[
				'an unknown command',
				['statsu'],
				/^Unknown command 'statsu'\. Did you mean status\? See "codex-pool --help"\.$/m,
			],
			['an unknown option', ['status', '--nope'], /^Unknown option '--nope'\. See "codex-pool status --help"\.$/m],
			['a bad port', ['status', '--port', '70000'], /A port is a number from 0 to 65535/],
			['a strategy that does not exist', ['routing', '--strategy', 'random'], /least_used, round_robin/],
			[
				'an account for a strategy that uses all',
				['routing', '--strategy', 'fill_first', '--account', 'a'],
				/uses all accounts/,
			],
			['a hold that is too long', ['routing', '--hold', '7h'], /length of time up to 6h/],
			['a priority that is none', ['accounts', 'priority', 'a', '10'], /from 1 to 9, or first, normal or last/],
			['a reserve of everything', ['accounts', 'reserve', 'a', '100'], /per cent from 0 to 90/],
			[
				'an unknown command of a group',
				['sessions', 'forgte'],
				/^Unknown command 'forgte'\. codex-pool sessions has: list, move, forget\.$/m,
			],
			['a time that is none', ['usage', '--since', 'yesterday'], /span like 24h or 7d/],
			[
				'an import without a file',
				['accounts', 'import'],
				/^Missing required argument 'file'\. See "codex-pool accounts import --help"\.$/m,
			],
			[
				'two ways to sign in',
				['accounts', 'add', '--device', '--paste'],
				/'--device' cannot be used with option '--paste'/,
			],
			['a rename to nothing', ['accounts', 'rename', 'account-1', ' '], /Give the new name, or --clear/],
			['an export without a file', ['accounts', 'export', 'a', '--shape', 'codex'], /'--output <file>' not specified/],
			['an insecure upstream', ['serve', '--upstream', 'http://example.com'], /starts with https/],
			['no command at all', [], /Usage: codex-pool/],
		] as const) {
			it(`is 2 for ${what}`, async () => {
				const { exitCode, stdout, stderr } = await run(...args);

				assert.deepEqual([exitCode, stdout], [2, '']);
				assert.match(stderr, message);
			});
		}

		it('is 2 for a word that a list does not take, and for an empty one', async () => {
			const results = [await run('accounts', 'list', 'all'), await run('explain', '')];

			assert.deepEqual(
				results.map(({ exitCode }) => exitCode),
				[2, 2],
			);
			assert.match(
				results[0]?.stderr ?? '',
				/^Too many arguments for 'list'\. .* See "codex-pool accounts list --help"/,
			);
			assert.match(results[1]?.stderr ?? '', /'request'\. It is empty\. See "codex-pool explain --help"\.\n$/);
		});

		it('is 2 with a JSON error for wrong usage when --json was asked for', async () => {
			const { exitCode, stderr } = await run('status', 'extra', '--json');

			assert.equal(exitCode, 2);
			assert.equal((JSON.parse(stderr) as { error: { code: string } }).error.code, 'invalid_request');
		});

		it('is documented in the help, which is no failure', async () => {
			const { exitCode, stdout } = await run('--help');

			assert.equal(exitCode, 0);
			assert.match(stdout, /Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 /);
		});

		it('is 0 when the reader of the output leaves early', async () => {
			const cli = startCli(['status'], env());
			cli.child.stdout?.destroy();

			const { exitCode, stderr } = await cli.result;

			assert.deepEqual([exitCode, stderr], [0, '']);
		});

		it('is 1 with the reason when the output cannot be written', async function () {
			if (process.platform !== 'linux') return this.skip();
			const command = [process.execPath, '--import', 'tsx', 'src/cli.ts', 'status'];

			const { code, stderr } = await runProgram('/bin/sh', ['-c', '"$@" >/dev/full', 'sh', ...command], {
				cwd: join(import.meta.dirname, '../..'),
				env: env(),
			});

			assert.deepEqual([code, stderr], [1, 'Standard output cannot be written: the disk is full.\n']);
		});
	});
});
