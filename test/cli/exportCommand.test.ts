import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagementServer } from '../support/managementServer.js';
import { runCli, type CliResult } from '../support/runCli.js';

describe('codex-pool accounts export', () => {
	let server: ManagementServer;
	let folder: string;
	let target: string;

	const run = (...args: string[]): Promise<CliResult> =>
		runCli(['accounts', 'export', 'ada@example.com', '--shape', 'codex', ...args], {
			CODEX_POOL_HOME: server.homeDir,
			CODEX_POOL_PORT: String(server.port),
		});
	const isExported = (): boolean => server.requests.some(({ path }) => path.endsWith('/export'));

	beforeEach(async () => {
		server = await ManagementServer.start();
		folder = await mkdtemp(join(tmpdir(), 'pool-files-'));
		target = join(folder, 'auth.json');
	});
	afterEach(async () => {
		await server.close();
		await rm(folder, { recursive: true });
	});

	it('writes a file for the user alone, warns, and prints no token', async () => {
		const { exitCode, stdout, stderr } = await run('--output', target, '--yes');

		assert.equal(exitCode, 0, stderr);
		assert.equal(await readFile(target, 'utf8'), 'codex file of account-1\n');
		assert.equal((await stat(target)).mode & 0o777, 0o600);
		assert.match(stderr, /Refresh tokens work once: two programs that refresh the same sign-in end it for both/);
		assert.equal(stdout, `Wrote ada@example.com to ${target}.\n`);
		assert.ok(!stderr.includes('codex file'));
	});

	it('tells of the file and the danger as JSON, and still prints no token', async () => {
		const { stdout, stderr } = await run('--output', target, '--yes', '--json', '--shape', 'opencode');

		const { warning, ...done } = JSON.parse(stdout) as Record<string, unknown>;
		assert.deepEqual(done, { id: 'account-1', email: 'ada@example.com', shape: 'opencode', path: target });
		assert.match(String(warning), /Refresh tokens work once/);
		assert.equal(stderr, '');
		assert.equal(await readFile(target, 'utf8'), 'opencode file of account-1\n');
	});

	it('leaves a file that is there alone, and asks for no token', async () => {
		await writeFile(target, 'mine');

		const { exitCode, stderr } = await run('--output', target, '--yes');

		assert.equal(exitCode, 1);
		assert.match(stderr, /auth\.json exists\. Name another file, or replace it with --force\.\n$/);
		assert.equal(await readFile(target, 'utf8'), 'mine');
		assert.ok(!isExported());
	});

	it('replaces it with --force, its permissions too', async () => {
		await writeFile(target, 'mine', { mode: 0o644 });

		await run('--output', target, '--yes', '--force');

		assert.equal(await readFile(target, 'utf8'), 'codex file of account-1\n');
		assert.equal((await stat(target)).mode & 0o777, 0o600);
		assert.deepEqual(await readdir(folder), ['auth.json']);
	});

	it('is wrong usage without --yes where nobody can be asked', async () => {
		const { exitCode, stdout, stderr } = await run('--output', '-');

		assert.deepEqual([exitCode, stdout], [2, '']);
		assert.match(stderr, /confirm the export with --yes\.\n$/);
		assert.ok(!isExported());
	});

	it('prints the tokens alone on standard output when that is asked for', async () => {
		const { stdout, stderr } = await run('--output', '-', '--yes');

		assert.equal(stdout, 'codex file of account-1\n');
		assert.match(stderr, /whoever reads it owns the account/);
	});
});
