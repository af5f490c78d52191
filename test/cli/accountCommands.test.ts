import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountView } from '../support/managementExamples.js';
import { ManagementServer } from '../support/managementServer.js';
import { runCli, startCli, type CliResult } from '../support/runCli.js';

describe('codex-pool accounts', () => {
	let server: ManagementServer;
	let folder: string;

	const env = (): Record<string, string> => ({
		CODEX_POOL_HOME: server.homeDir,
		CODEX_POOL_PORT: String(server.port),
	});
	const run = (...args: string[]): Promise<CliResult> => runCli(['accounts', ...args], env());
	const file = async (name: string, text: string): Promise<string> => {
		await writeFile(join(folder, name), text);
		return join(folder, name);
	};
	const bob = accountView({ id: 'account-2', email: 'bob@example.com', name: 'Bob' });
	const asked = (): string[] => server.requests.map(({ method, path }) => `${method} ${path}`);

	beforeEach(async () => {
		server = await ManagementServer.start();
		server.state = { ...server.state, accounts: [accountView(), bob] };
		folder = await mkdtemp(join(tmpdir(), 'pool-files-'));
	});
	afterEach(async () => {
		await server.close();
		await rm(folder, { recursive: true });
	});

	describe('list', () => {
		it('shows them in their order, and what those that rest wait for', async () => {
			const resting = accountView({ state: 'needs_sign_in', stateReason: 'refresh_token_revoked', stateSince: 0 });
			server.state = { ...server.state, accounts: [bob, resting] };

			const { stdout } = await run('list');

			assert.match(stdout, /^# {2}ACCOUNT +PLAN .*\n1 {2}Bob .*\n2 {2}ada@example\.com +plus +needs sign-in .*\n\n/);
			assert.match(
				stdout,
				/\n\nada@example\.com has needed a sign-in since 1970-01-01 00:00: refresh token revoked\. Sign in again: codex-pool accounts add --renew account-1\n$/,
			);
		});

		it('is the accounts as JSON with --json', async () => {
			assert.deepEqual(JSON.parse((await run('list', '--json')).stdout), { accounts: server.state.accounts });
		});
	});

	describe('pause and resume', () => {
		it('lets an account rest and work again', async () => {
			assert.equal((await run('pause', 'bob')).stdout, 'Bob is paused.\n');
			assert.equal(server.state.accounts[1]?.state, 'paused');

			const { stdout } = await run('resume', 'account-2', '--json');
			assert.deepEqual(JSON.parse(stdout), { account: { ...bob, state: 'active' } });
		});

		it('fails with what helps when the account cannot work anyway', async () => {
			server.state = { ...server.state, accounts: [{ ...bob, state: 'needs_sign_in' }] };

			const { exitCode, stdout, stderr } = await run('resume', 'Bob');

			assert.deepEqual([exitCode, stdout], [1, '']);
			assert.match(
				stderr,
				/^There is nothing to resume\. Bob has needed a sign-in .* accounts add --renew account-2\n$/,
			);
		});
	});

	describe('rename', () => {
		it('gives a name, and goes back to the e-mail', async () => {
			assert.equal((await run('rename', 'ada@example.com', 'Work')).stdout, 'ada@example.com is now called Work.\n');

			const { stdout } = await run('rename', 'work', '--clear', '--json');
			assert.deepEqual(JSON.parse(stdout), { account: server.state.accounts[0] });
			assert.equal(server.state.accounts[0]?.name, null);
		});
	});

	describe('priority and reserve', () => {
		it('uses an account before others, after them, or as the strategy says', async () => {
			const said = [];
			for (const priority of ['first', 'LAST', 'normal', '4'])
				said.push((await run('priority', 'Bob', priority)).stdout);

			assert.deepEqual(said, [
				'Bob has priority 1: it is used before accounts with a higher number.\n',
				'Bob has priority 9: it is kept until no account with a lower number can serve.\n',
				'Bob has priority 5: it shares the load as the strategy says.\n',
				'Bob has priority 4: it is used before accounts with a higher number.\n',
			]);
			assert.equal(server.state.accounts[1]?.priority, 4);
		});

		it('leaves the last per cent of an account to the user, and takes that back', async () => {
			const kept = await run('reserve', 'Bob', '20%');
			const { stdout } = await run('reserve', 'Bob', '0', '--json');

			assert.equal(kept.stdout, 'The pool leaves the last 20 % of each window of Bob to you.\n');
			assert.deepEqual(JSON.parse(stdout), { account: { ...bob, reservePercent: 0 } });
			assert.equal((await run('reserve', 'Bob', '0')).stdout, 'The pool may use Bob up.\n');
		});

		it('shows in the list once an account has one', async () => {
			assert.doesNotMatch((await run('list')).stdout, /PRIORITY|RESERVE/);
			server.state = { ...server.state, accounts: [accountView(), { ...bob, priority: 1, reservePercent: 20 }] };

			const { stdout } = await run('list');

			assert.match(stdout, /RUNNING +PRIORITY +RESERVE +5 H USED/);
			assert.match(stdout, /^1 +ada@example\.com .* 1 +5 +– /m);
			assert.match(stdout, /^2 +Bob .* 1 +1 +20 % /m);
		});
	});

	it('says in the list which accounts are one to the provider', async () => {
		const [ada, second] = [accountView({ sharesWith: [bob.id] }), { ...bob, sharesWith: ['account-1'] }];
		server.state = { ...server.state, accounts: [ada, second] };

		const { stdout } = await run('list');

		assert.match(stdout, /^ada@example\.com shares its quota with Bob: the provider counts them as one account\.$/m);
		assert.equal(stdout.match(/shares its quota/g)?.length, 1);
	});

	describe('order', () => {
		it('puts the named accounts first, each once', async () => {
			const { stdout } = await run('order', 'bob@example.com', 'Bob');

			assert.match(stdout, /^1 {2}Bob .*\n2 {2}ada@example\.com /m);
			assert.deepEqual(server.requests.at(-1)?.body, { accountIds: ['account-2'] });
		});

		it('changes nothing when one of them is unknown', async () => {
			const { exitCode, stderr } = await run('order', 'Bob', 'nobody', '--json');

			assert.equal(exitCode, 1);
			assert.equal((JSON.parse(stderr) as { error: { code: string } }).error.code, 'account_not_found');
			assert.ok(!asked().includes('POST /pool/api/accounts/order'));
		});
	});

	describe('import', () => {
		it('imports several files at once', async () => {
			const files = [await file('a.json', '{"a":1}'), await file('b.json', '{"b":"ü"}')];

			const { exitCode, stdout } = await run('import', ...files, '--json');

			const brief = { email: 'ada@example.com', plan: 'plus', state: 'active' };
			assert.equal(exitCode, 0);
			assert.deepEqual(JSON.parse(stdout), {
				accounts: [
					{ id: 'imported-1', ...brief },
					{ id: 'imported-2', ...brief },
				],
			});
			assert.deepEqual(server.requests.at(-1)?.body, { documents: ['{"a":1}', '{"b":"ü"}'] });
		});

		it('reads standard input as "-"', async () => {
			const cli = startCli(['accounts', 'import', '-'], env(), '{"a":"ü"}');
			cli.child.stdin?.end();

			const { exitCode, stderr } = await cli.result;

			assert.equal(exitCode, 0, stderr);
			assert.deepEqual(server.requests.at(-1)?.body, { documents: ['{"a":"ü"}'] });
		});

		it('shows what it imported as a table', async () => {
			const { stdout } = await run('import', await file('a.json', '{}'));

			assert.match(stdout, /^ada@example\.com .*imported-1$/m);
		});

		it('imports nothing when one file is missing', async () => {
			const missing = join(folder, 'missing.json');

			const { exitCode, stderr } = await run('import', await file('a.json', '{}'), missing);

			assert.deepEqual([exitCode, stderr], [1, `${missing} does not exist.\n`]);
			assert.deepEqual(server.requests, []);
		});

		it('refuses a folder and a file larger than 1 MiB', async () => {
			const large = await file('large.json', '');
			await truncate(large, 1_048_577);

			const results = [await run('import', folder), await run('import', large)];

			assert.deepEqual(
				results.map(result => result.exitCode),
				[1, 1],
			);
			assert.match(results[0]?.stderr ?? '', /is a folder\. Name a file\./);
			assert.match(results[1]?.stderr ?? '', /larger than 1 MiB/);
		});
	});

	describe('remove', () => {
		it('removes one by its e-mail, and nothing beyond it', async () => {
			const { stdout } = await run('remove', 'ada@example.com');

			assert.equal(stdout, 'Removed ada@example.com.\n');
			assert.deepEqual(server.state.accounts, [bob]);
			assert.deepEqual(server.requests.at(-1)?.body, { revoke: false, forgetUsage: false });
		});

		it('ends the sign-in and forgets the usage when asked to', async () => {
			const { stdout } = await run('remove', 'Bob', '--revoke', '--forget-usage');

			assert.equal(stdout, 'Removed Bob. Its sign-in was ended at the provider. Its usage was forgotten.\n');
			assert.deepEqual(server.requests.at(-1)?.body, { revoke: true, forgetUsage: true });
		});

		it('asks for an id when an e-mail means two', async () => {
			server.state = { ...server.state, accounts: [accountView(), accountView({ id: 'account-2' })] };

			const { exitCode, stderr } = await run('remove', 'ada@example.com');

			assert.equal(exitCode, 1);
			assert.match(stderr, /2 accounts are called .* account-1, account-2\./);
		});
	});
});
