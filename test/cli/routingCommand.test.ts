import assert from 'node:assert/strict';
import { strategySchema } from '../../src/shared/routingApi.js';
import { explainStrategy } from '../../src/shared/routingWords.js';
import { accountView, sessionView } from '../support/managementExamples.js';
import { ManagementServer } from '../support/managementServer.js';
import { runCli, type CliResult } from '../support/runCli.js';

describe('codex-pool', () => {
	let server: ManagementServer;

	const run = (...args: string[]): Promise<CliResult> =>
		runCli(args, { CODEX_POOL_HOME: server.homeDir, CODEX_POOL_PORT: String(server.port) });
	const changes = (): unknown[] => server.requests.filter(({ method }) => method === 'PATCH').map(({ body }) => body);

	beforeEach(async () => {
		server = await ManagementServer.start();
	});
	afterEach(() => server.close());

	describe('routing', () => {
		it('shows how requests are spread, and changes nothing', async () => {
			const { stdout } = await run('routing');

			assert.equal(
				stdout,
				[
					`Strategy        least used: ${explainStrategy('least_used')}`,
					'At a time       16 requests on one account; others wait for their turn.',
					'All spent       Requests fail at once and say when to try again.',
					'',
				].join('\n'),
			);
			assert.deepEqual(JSON.parse((await run('routing', '--json')).stdout), { routing: server.state.routing });
			assert.deepEqual(changes(), []);
		});

		it('changes what the options name', async () => {
			const { stdout } = await run('routing', '--strategy', 'fill_first', '--in-flight', '0', '--hold', '2h');

			assert.deepEqual(changes(), [{ routing: { strategy: 'fill_first', inFlightLimit: 0, holdMinutes: 120 } }]);
			assert.match(stdout, /^Strategy {8}fill first: /);
			assert.match(stdout, /^At a time {7}As many requests on one account as there are\.$/m);
			assert.match(stdout, /^All spent {7}Requests wait up to 120 minutes for the earliest reset\.$/m);
		});

		it('uses one account alone when it is named', async () => {
			const { stdout } = await run('routing', '--account', 'ADA@example.com', '--in-flight', '1');

			assert.deepEqual(changes(), [
				{ routing: { strategy: 'single_account', singleAccountId: 'account-1', inFlightLimit: 1 } },
			]);
			assert.match(stdout, /^Single account {2}ada@example\.com$/m);
			assert.match(stdout, /^At a time {7}1 request on one account; /m);
		});

		it('asks which account the strategy single_account is to use', async () => {
			const { exitCode, stderr } = await run('routing', '--strategy', 'single_account');

			assert.equal(exitCode, 1);
			assert.match(stderr, /Say which: codex-pool routing --account <account>/);
			assert.deepEqual(changes(), []);
		});

		it('explains every strategy in its help', async () => {
			const { stdout } = await run('routing', '--help');

			for (const strategy of strategySchema.options) {
				assert.ok(stdout.includes(`${strategy.padEnd(17)}  ${explainStrategy(strategy)}`), strategy);
			}
		});
	});

	describe('sessions', () => {
		const session = sessionView({ id: '0123456789abcdef01234567', firstUsedAt: 0, turns: 12 });
		const unknown = { client: null, model: null, inputTokens: 0, cachedTokens: 0, outputTokens: 0, costNanoUsd: 0 };

		beforeEach(() => {
			server.state = { ...server.state, accounts: [accountView(), accountView({ id: 'account-2', name: 'Work' })] };
			server.sessions = [
				{ ...session, lastUsedAt: Date.now() - 121_000 },
				sessionView({ ...unknown, id: '0123456789abffff01234567', accountId: 'removed' }),
			];
		});

		for (const args of [['sessions'], ['sessions', 'list']]) {
			it(`lists what sessions are recognised by and what they have used as \`${args.join(' ')}\``, async () => {
				const { stdout } = await run(...args);

				assert.match(
					stdout,
					/^SESSION +CLIENT +MODEL +ACCOUNT +TURNS +TOKENS +CACHE HITS +EST\. COST +BEGUN +LAST USED$/m,
				);
				assert.match(
					stdout,
					/^01234567 +codex_exec +gpt-5\.5 +ada@example\.com +12 +2,150 +75 % +\$0\.0038 +\d+ d \d\d h ago +2 m ago$/m,
				);
				assert.match(stdout, /^01234567 +– +– +removed +3 +– +– +– /m);
				assert.deepEqual(JSON.parse((await run(...args, '--json')).stdout), { sessions: server.sessions });
			});
		}

		it('says how sessions come to be when there is none', async () => {
			server.sessions = [];

			assert.match((await run('sessions')).stdout, /^No sessions yet\./);
		});

		it('moves a session, called by the beginning of its id', async () => {
			const { stdout } = await run('sessions', 'move', '0123456789ABC', 'work');

			assert.equal(stdout, 'The next request of session 01234567 goes to Work.\n');
			assert.equal(server.sessions[0]?.accountId, 'account-2');
		});

		it('forgets a session', async () => {
			const { stdout } = await run('sessions', 'forget', session.id, '--json');

			assert.deepEqual(JSON.parse(stdout), { id: session.id });
			assert.deepEqual(
				server.sessions.map(({ accountId }) => accountId),
				['removed'],
			);
		});

		it('does nothing when it is not clear which session is meant', async () => {
			const [many, none] = [await run('sessions', 'forget', '0123'), await run('sessions', 'forget', 'beef', '--json')];

			assert.equal(many.exitCode, 1);
			assert.match(many.stderr, /^2 sessions begin with "0123"\. Use more of the id: /);
			assert.equal((JSON.parse(none.stderr) as { error: { code: string } }).error.code, 'session_not_found');
			assert.equal(server.sessions.length, 2);
		});
	});
});
