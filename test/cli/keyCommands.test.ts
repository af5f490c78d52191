import assert from 'node:assert/strict';
import { accountView, keyView } from '../support/managementExamples.js';
import { ManagementServer } from '../support/managementServer.js';
import { runCli, type CliResult } from '../support/runCli.js';

describe('codex-pool keys', () => {
	let server: ManagementServer;

	const run = (...args: string[]): Promise<CliResult> =>
		runCli(['keys', ...args], { CODEX_POOL_HOME: server.homeDir, CODEX_POOL_PORT: String(server.port) });
	const sent = (method: string): unknown[] =>
		server.requests.filter(request => request.method === method).map(({ path, body }) => [path, body]);

	beforeEach(async () => {
		server = await ManagementServer.start();
		const accounts = [accountView(), accountView({ id: 'account-2', name: 'Work', email: 'ada@work.example' })];
		server.state = { ...server.state, accounts };
		server.keys = [
			keyView(),
			keyView({
				id: 'key-7',
				name: 'CI',
				prefix: 'cpk_9xYz',
				isDefault: false,
				models: ['gpt-5.5', 'deep'],
				accountIds: ['account-2', 'account-gone'],
				budget: { tokens: 2_000_000, per: 'week', used: 1_234, resetsAt: Date.UTC(2026, 6, 6) },
			}),
		];
	});
	afterEach(() => server.close());

	it('prints a new key alone on standard output', async () => {
		const { stdout, stderr } = await run('create', '--name', 'Laptop');

		assert.equal(stdout, 'cpk_created\n');
		assert.match(stderr, /codex-pool keys revoke key-2/);
		assert.deepEqual(sent('POST'), [
			['/pool/api/keys', { name: 'Laptop', models: null, accountIds: null, budget: null }],
		]);
	});

	it('prints a new key as JSON, with the limits it was given', async () => {
		const limits = ['--model', 'gpt-5.5', 'deep', '--budget', '1.5M/day'];
		const { stdout, stderr } = await run('create', ...limits, '--json');

		assert.deepEqual(JSON.parse(stdout), { id: 'key-2', name: 'Command line', key: 'cpk_created' });
		assert.equal(stderr, '');
		const budget = { tokens: 1_500_000, per: 'day' };
		const body = { name: 'Command line', models: ['gpt-5.5', 'deep'], accountIds: null, budget };
		assert.deepEqual(sent('POST'), [['/pool/api/keys', body]]);
	});

	it('makes a key for some accounts, each by whatever its user calls it', async () => {
		await run('create', '--account', 'ada@example.com', '--account', 'Work', 'account-2');

		const body = { name: 'Command line', models: null, accountIds: ['account-1', 'account-2'], budget: null };
		assert.deepEqual(sent('POST'), [['/pool/api/keys', body]]);
	});

	for (const args of [[], ['list']]) {
		it(`lists keys with their limits as \`${['keys', ...args].join(' ')}\``, async () => {
			const { stdout } = await run(...args);

			const [title, first, second] = stdout.split('\n').map(line => line.trimEnd().split(/ {2,}/));
			assert.deepEqual(title, ['NAME', 'KEY', 'MODELS', 'ACCOUNTS', 'BUDGET', 'BACK AT', 'CREATED', 'LAST USED', 'ID']);
			assert.deepEqual(first?.slice(0, 6), ['Default', 'cpk_abcd…', 'all', 'all', 'none', '–']);
			const limits = ['gpt-5.5, deep', 'Work, account-gone', '1,234 of 2,000,000 tokens a week', '2026-07-06 00:00'];
			assert.deepEqual(second?.slice(0, 6), ['CI', 'cpk_9xYz…', ...limits]);
			assert.deepEqual(JSON.parse((await run(...args, '--json')).stdout), { keys: server.keys });
		});
	}

	it('renames a key by its name, whatever the case', async () => {
		assert.equal((await run('rename', 'ci', 'Build server')).stdout, 'CI is called Build server now.\n');
		assert.deepEqual(sent('PATCH'), [['/pool/api/keys/key-7', { name: 'Build server' }]]);
	});

	it('prints a new secret alone on standard output, and says what it breaks', async () => {
		const { stdout, stderr } = await run('rotate', 'cpk_9xYz');

		assert.equal(stdout, 'cpk_rotated\n');
		assert.equal(stderr, 'Clients with the old secret of CI are refused until they have this one.\n');
		assert.deepEqual(sent('POST'), [['/pool/api/keys/key-7/rotate', undefined]]);
	});

	it('revokes a key', async () => {
		assert.equal((await run('revoke', 'key-7')).stdout, 'Revoked CI.\n');
		assert.deepEqual(
			server.keys.map(({ id }) => id),
			['key-1'],
		);
	});

	it('narrows a key to some models, and lifts that', async () => {
		const narrowed = await run('scope', 'Default', 'gpt-5.5', 'deep');
		const lifted = await run('scope', 'Default', '--all');

		assert.equal(narrowed.stdout, 'Default may ask for gpt-5.5, deep and nothing else.\n');
		assert.equal(lifted.stdout, 'Default may ask for every model.\n');
		const bodies = [{ models: ['gpt-5.5', 'deep'] }, { models: null }];
		assert.deepEqual(
			sent('PATCH'),
			bodies.map(body => ['/pool/api/keys/key-1', body]),
		);
	});

	it('narrows a key to some accounts, and lifts that', async () => {
		const narrowed = await run('accounts', 'Default', 'work', 'ada@example.com');
		const lifted = await run('accounts', 'Default', '--all');

		assert.equal(narrowed.stdout, 'Default may be served by ada@example.com, Work and no other account.\n');
		assert.equal(lifted.stdout, 'Default may be served by every account.\n');
		const bodies = [{ accountIds: ['account-2', 'account-1'] }, { accountIds: null }];
		assert.deepEqual(
			sent('PATCH'),
			bodies.map(body => ['/pool/api/keys/key-1', body]),
		);
	});

	it('changes nothing when one of the accounts is not there', async () => {
		const { exitCode, stderr } = await run('accounts', 'Default', 'work', 'nobody');

		assert.equal(exitCode, 1);
		assert.match(stderr, /No account is called "nobody"\./);
		assert.deepEqual(sent('PATCH'), []);
	});

	it('gives a key a budget, and lifts it', async () => {
		const given = await run('budget', 'Default', '500k/week');
		const lifted = await run('budget', 'Default', 'none', '--json');

		assert.match(given.stdout, /^Default has used 0 of 500,000 tokens a week; the next begins \d{4}-/);
		assert.deepEqual(JSON.parse(lifted.stdout), { key: keyView() });
		const bodies = [{ budget: { tokens: 500_000, per: 'week' } }, { budget: null }];
		assert.deepEqual(
			sent('PATCH'),
			bodies.map(body => ['/pool/api/keys/key-1', body]),
		);
	});

	for (const [args, message] of [
		[['budget', 'CI', '5 apples'], /Use tokens for a day or a week, like 500k\/day, 2M\/week, or none\./],
		[['budget', 'CI', '0/day'], /Use tokens for a day or a week/],
		[['budget', 'CI', '10k/month'], /Use tokens for a day or a week/],
		[['create', '--budget', '1e9/day'], /Use tokens for a day or a week/],
		[['scope', 'CI'], /Name the models that the key may ask for, or use --all\./],
		[['scope', 'CI', 'gpt-5.5', '--all'], /Name the models that the key may ask for, or use --all\./],
		[['accounts', 'CI'], /Name the accounts that may serve the key, or use --all\./],
		[['accounts', 'CI', 'Work', '--all'], /Name the accounts that may serve the key, or use --all\./],
		[['rename', 'CI'], /Missing required argument 'name'\./],
	] as const) {
		it(`calls \`keys ${args.join(' ')}\` wrong usage`, async () => {
			const { exitCode, stdout, stderr } = await run(...args);

			assert.deepEqual([exitCode, stdout], [2, '']);
			assert.match(stderr, message);
			assert.deepEqual(sent('PATCH'), []);
		});
	}

	it('fails on a key that is not there, and on a name of two', async () => {
		server.keys = [...server.keys, keyView({ id: 'key-8', name: 'ci' })];

		const [none, two] = [await run('revoke', 'key-9'), await run('rotate', 'CI')];

		assert.deepEqual([none.exitCode, none.stderr], [1, 'No key has this name or id. See "codex-pool keys list".\n']);
		assert.deepEqual([two.exitCode, two.stderr], [1, '2 keys are called "CI". Use one of their ids: key-7, key-8.\n']);
		assert.deepEqual(sent('DELETE'), []);
	});
});
