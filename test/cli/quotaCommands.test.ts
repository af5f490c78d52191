import assert from 'node:assert/strict';
import { accountView } from '../support/managementExamples.js';
import { ManagementServer } from '../support/managementServer.js';
import { runCli, type CliResult } from '../support/runCli.js';

describe('the quota of codex-pool accounts', () => {
	let server: ManagementServer;

	const env = (): Record<string, string> => ({
		CODEX_POOL_HOME: server.homeDir,
		CODEX_POOL_PORT: String(server.port),
	});
	const run = (...args: string[]): Promise<CliResult> => runCli(['accounts', ...args], env());
	const bob = accountView({ id: 'account-2', email: 'bob@example.com', name: 'Bob' });
	const asked = (): string[] => server.requests.map(({ method, path }) => `${method} ${path}`);

	beforeEach(async () => {
		server = await ManagementServer.start();
		server.state = { ...server.state, accounts: [accountView(), bob] };
	});
	afterEach(() => server.close());

	describe('refresh', () => {
		const credits = { hasCredits: true, unlimited: false, balance: 12.5, source: 'header' as const, observedAt: 0 };
		const banked = {
			available: 2,
			applicable: 1,
			credits: [{ id: 'crd_1', title: 'Full reset', description: null, expiresAt: new Date(2026, 11, 1).getTime() }],
			listedAt: 0,
			source: 'poll' as const,
			observedAt: 0,
		};

		it('reads all accounts, and says of which the figures could not be read', async () => {
			const { stdout } = await run('refresh');
			assert.deepEqual(asked().at(-1), 'POST /pool/api/accounts/refresh-usage');
			assert.match(stdout, /^# {2}ACCOUNT .*\n1 {2}ada@example\.com .*\n2 {2}Bob /);

			server.usageFails = true;
			const { stderr, exitCode } = await run('refresh');
			assert.equal(exitCode, 0);
			assert.match(
				stderr,
				/^The figures of ada@example\.com could not be read .*\nThe figures of Bob could not be read /,
			);
			assert.deepEqual(JSON.parse((await run('refresh', '--json')).stdout), {
				accounts: server.state.accounts,
				failedIds: ['account-1', 'account-2'],
			});
		});

		it('reads one account, and shows what the provider tells beside its windows', async () => {
			const spark = { limit: 'codex_bengalfox', name: 'GPT-5.3-Codex-Spark', durationMinutes: 300, usedPercent: 7 };
			const sighting = { resetsAt: null, source: 'poll' as const, observedAt: 0 };
			const figures = { limit: 25, used: 10, remaining: 15, usedPercent: 40, resetsAt: null };
			server.state = {
				...server.state,
				accounts: [
					accountView({
						windows: [{ ...spark, ...sighting }],
						credits,
						spendLimit: { reached: true, ...figures, source: 'poll', observedAt: 0 },
						reachedLimit: { type: 'workspace_member_usage_limit_reached', source: 'header', observedAt: 0 },
						resetCredits: banked,
					}),
				],
			};

			const { stdout } = await run('refresh', 'ada@example.com');

			assert.match(stdout, /^GPT-5\.3-Codex-Spark 5 h +7 % +poll /m);
			assert.match(stdout, /^Credits: 12\.5 left \(header, .* ago\)$/m);
			assert.match(stdout, /^Spend limit: 10 of 25 used, 40 %, reached \(poll, /m);
			assert.match(stdout, /^Stopped by: workspace member usage limit reached \(header, /m);
			assert.match(stdout, /^Banked resets: 2: Full reset until 2026-12-01 00:00 \(poll, /m);
		});

		describe('and redeem-reset', () => {
			beforeEach(() => {
				server.state = { ...server.state, accounts: [accountView({ resetCredits: banked }), bob] };
			});
			const isRedeemed = (): boolean => asked().some(path => path.endsWith('/redeem-reset'));

			it('says what it costs, and redeems one reset', async () => {
				const { stdout, stderr } = await run('redeem-reset', 'ada@example.com', '--yes');

				assert.match(
					stderr,
					/This spends one of 2 banked resets .* “Full reset” expires first, on 2026-12-01 00:00\. It cannot/,
				);
				assert.equal(stdout, 'ada@example.com: The reset is redeemed.\n');
				assert.deepEqual(asked().slice(-2), [
					'POST /pool/api/accounts/account-1/refresh-usage',
					'POST /pool/api/accounts/account-1/redeem-reset',
				]);
			});

			it('redeems nothing without --yes where nobody can be asked', async () => {
				const { exitCode, stderr } = await run('redeem-reset', 'ada@example.com');

				assert.equal(exitCode, 2);
				assert.match(stderr, /confirm the redemption with --yes\.\n$/);
				assert.ok(!isRedeemed());
			});

			it('redeems nothing for an account that has none', async () => {
				const { exitCode, stderr } = await run('redeem-reset', 'Bob', '--yes');

				assert.deepEqual([exitCode, stderr], [1, 'Bob has no banked reset to redeem.\n']);
				assert.ok(!isRedeemed());
			});
		});
	});

	describe('test', () => {
		it('prints the windows that the provider names', async () => {
			const { exitCode, stdout } = await run('test', 'Bob');

			assert.equal(exitCode, 0);
			assert.match(
				stdout,
				/^Bob answers\.\n\nWINDOW +USED +SOURCE +SEEN\n5 h +42 % +header +\d+ d \d\d h ago\n7 d +7 % +poll /,
			);
			assert.deepEqual(asked().slice(-1), ['POST /pool/api/accounts/account-2/refresh-usage']);
		});

		it('prints the account with --json', async () => {
			assert.deepEqual(JSON.parse((await run('test', 'Bob', '--json')).stdout), { account: bob });
		});

		it('says what the failure has shown about the account', async () => {
			server.state = { ...server.state, accounts: [{ ...bob, state: 'disabled', stateReason: 'account_deactivated' }] };
			server.usageFails = true;

			const { exitCode, stdout, stderr } = await run('test', 'Bob');

			assert.deepEqual([exitCode, stdout], [1, '']);
			assert.match(
				stderr,
				/^The usage figures could not be read\.\nBob has been closed by the provider .*account deactivated/,
			);
		});
	});
});
