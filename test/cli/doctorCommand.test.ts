import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { codexConfig } from '../../src/configuration/codexConfig.js';
import { accountView } from '../support/managementExamples.js';
import { ManagementServer } from '../support/managementServer.js';
import { runCli, type CliResult } from '../support/runCli.js';

const reportSchema = z.object({
	checks: z.array(
		z.object({ name: z.string(), state: z.string(), sentence: z.string(), remedy: z.string().nullable() }),
	),
});

describe('codex-pool doctor', function () {
	// Several programs, one after the other.
	this.timeout(30_000);

	let server: ManagementServer;
	let codexHome: string;

	const run = (...args: string[]): Promise<CliResult> =>
		runCli(['doctor', ...args], {
			CODEX_POOL_HOME: server.homeDir,
			CODEX_POOL_PORT: String(server.port),
			CODEX_POOL_VERSION: '1.2.3',
			CODEX_HOME: codexHome,
			XDG_CONFIG_HOME: server.homeDir,
			XDG_DATA_HOME: server.homeDir,
			...Object.fromEntries(
				['http_proxy', 'https_proxy', 'all_proxy'].flatMap(n => [n, n.toUpperCase()]).map(n => [n, '']),
			),
		});
	/** Without what this machine happens to do. */
	const linesOf = ({ stdout }: CliResult): string[] => stdout.split('\n').filter(line => !line.includes('Sign-in'));

	beforeEach(async () => {
		server = await ManagementServer.start();
		codexHome = join(server.homeDir, 'codex');
		await mkdir(codexHome);
		await writeFile(
			join(codexHome, 'config.toml'),
			codexConfig.plan('', { port: server.port, key: 'cpk_abcdefgh' }).text,
		);
	});
	afterEach(() => server.close());

	it('finds nothing wrong where nothing is', async () => {
		const [account] = server.state.accounts;
		assert.ok(account);
		const windows = account.windows.map(window => ({ ...window, observedAt: Date.now() }));
		server.state = { ...server.state, accounts: [{ ...account, windows }] };

		const result = await run();

		assert.equal(result.exitCode, 0, result.stderr);
		const lines = linesOf(result);
		assert.equal(lines[0], `✓ Pool      The pool runs on port ${server.port}, version 1.2.3.`);
		assert.equal(lines[1], '✓ Accounts  The account can serve now.');
		assert.match(lines[2] ?? '', /^✓ Provider {2}The provider last reported quota at \d\d:\d\d\.$/);
		assert.deepEqual(lines.slice(3), [
			'✓ Keys      No key is held back by limits of its own.',
			'✓ Codex     Codex uses the pool with the key "Default".',
			'? OpenCode  OpenCode has no configuration: it does not use the pool.',
			'            → codex-pool configure opencode',
			'',
			'No problem was found.',
			'',
		]);
	});

	it('names what is wrong with what mends it, and ends with 1', async () => {
		server.state = { ...server.state, enabled: false, accounts: [accountView({ state: 'needs_sign_in' })] };
		server.keys = [];

		const result = await run('--port', String(server.port));

		assert.equal(result.exitCode, 1);
		const port = `--port ${server.port}`;
		assert.deepEqual(linesOf(result).slice(1, 11), [
			'✗ Pool      The pool is turned off: it refuses every request.',
			`            → codex-pool enable ${port}`,
			'✗ Accounts  No account can serve now.',
			'! Accounts  ada@example.com needs a sign-in.',
			`            → codex-pool accounts add --renew account-1 ${port}`,
			'✓ Keys      No key is held back by limits of its own.',
			'✗ Codex     Codex sends a key that the pool does not know.',
			`            → codex-pool configure codex ${port}`,
			'? OpenCode  OpenCode has no configuration: it does not use the pool.',
			`            → codex-pool configure opencode ${port}`,
		]);
		assert.match(result.stdout, /^3 problems · \d warnings?$/m);
	});

	it('leaves out keys and e-mail addresses where others may read it', async () => {
		server.state = { ...server.state, accounts: [accountView({ state: 'needs_sign_in' })] };

		const { stdout } = await run('--json');

		const { checks } = reportSchema.parse(JSON.parse(stdout));
		assert.doesNotMatch(stdout, /ada@|cpk_/);
		assert.deepEqual(
			checks.find(({ state }) => state === 'warning'),
			{
				name: 'Accounts',
				state: 'warning',
				sentence: 'hidden e-mail needs a sign-in.',
				remedy: 'codex-pool accounts add --renew account-1',
			},
		);
	});

	it('works without a pool', async () => {
		await server.stopListening();

		const result = await run();

		assert.equal(result.exitCode, 1);
		assert.deepEqual(linesOf(result).slice(0, 3), [
			`✗ Pool      No pool runs on port ${server.port}: no client gets an answer.`,
			'            → codex-pool serve',
			`? Codex     Codex leads to port ${server.port}; whether its key is right could not be found out.`,
		]);
	});

	it('tells of a pool that does not answer', async () => {
		server.isSuspended = true;

		const { exitCode, stdout } = await run();

		assert.equal(exitCode, 1);
		assert.match(stdout, /^✗ Pool +Port \d+ is held by a pool that does not answer\./);
	});
});
