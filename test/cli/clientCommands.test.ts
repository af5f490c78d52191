import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ManagementServer } from '../support/managementServer.js';
import { runCli, type CliResult } from '../support/runCli.js';

const original = 'model = "gpt-5"\n# one\n# two\n# three\n# four\n[tui]\nx = 1\n';

describe('codex-pool configure and undo', function () {
	// Several programs, one after the other.
	this.timeout(30_000);

	let server: ManagementServer;
	let codexHome: string;
	let codexFile: string;

	const run = (...args: string[]): Promise<CliResult> =>
		runCli(args, {
			CODEX_POOL_HOME: server.homeDir,
			CODEX_POOL_PORT: String(server.port),
			CODEX_HOME: codexHome,
			XDG_CONFIG_HOME: server.homeDir,
			XDG_DATA_HOME: server.homeDir,
		});
	const read = (): Promise<string> => readFile(codexFile, 'utf8');

	beforeEach(async () => {
		server = await ManagementServer.start();
		codexHome = join(server.homeDir, 'codex');
		codexFile = join(codexHome, 'config.toml');
		await mkdir(codexHome);
		await writeFile(codexFile, original);
	});
	afterEach(() => server.close());

	it('writes what makes Codex use the pool, and brings the file back', async () => {
		const configured = await run('configure', 'codex', '--yes');

		assert.equal(configured.exitCode, 0, configured.stderr);
		assert.equal(configured.stdout, 'Codex uses the pool from its next start on.\n');
		assert.match(configured.stderr, /The way back: codex-pool undo codex/);
		assert.ok((await read()).includes(`base_url = "http://127.0.0.1:${server.port}/backend-api/codex"`));

		const undone = await run('undo', 'codex');
		assert.equal(undone.stdout, 'Codex no longer uses the pool.\n');
		assert.equal(await read(), original);
	});

	it('does the same to OpenCode', async () => {
		const openCodeFile = join(server.homeDir, 'opencode', 'opencode.json');

		const configured = await run('configure', 'opencode', '--yes', '--json');

		const told = { client: 'opencode', path: openCodeFile, changed: true, caveat: null };
		assert.deepEqual(JSON.parse(configured.stdout), told);
		assert.match(await readFile(openCodeFile, 'utf8'), /"apiKey": "cpk_/);
		assert.deepEqual(JSON.parse((await run('undo', 'opencode', '--json')).stdout), {
			client: 'opencode',
			changed: true,
		});
		await assert.rejects(readFile(openCodeFile));
	});

	it('shows the change without the key, and writes nothing where nobody can be asked', async () => {
		const { exitCode, stdout, stderr } = await run('configure', 'codex');

		assert.equal(exitCode, 2);
		assert.equal(stdout, '');
		assert.match(
			stderr,
			/^\+ model_provider = "codex-account-pool"\n\+\n {2}model = "gpt-5"\n {2}# one\n {2}…\n {2}\[tui\]/,
		);
		assert.match(stderr, /^\+ experimental_bearer_token = "cpk_•+"$/m);
		assert.match(stderr, /Codex lists sessions by provider: those begun before this change are hidden/);
		assert.match(stderr, /Nobody can be asked here: confirm the change with --yes\./);
		assert.doesNotMatch(stderr, /cpk_\w/);
		assert.equal(await read(), original);
	});

	it('says so where there is nothing to do', async () => {
		await run('configure', 'codex', '--yes');

		const again = await run('configure', 'codex');
		assert.equal(again.stdout, 'Codex already uses the pool.\n');

		await run('undo', 'codex');
		const undone = await run('undo', 'codex');
		assert.equal(undone.exitCode, 0);
		assert.equal(undone.stdout, 'Codex was not using the pool; nothing was changed.\n');
	});

	it('knows no other client', async () => {
		const { exitCode, stderr } = await run('configure', 'vim');

		assert.equal(exitCode, 2);
		assert.match(stderr, /Allowed choices are codex, opencode/);
	});

	it('needs a pool to configure, and none to undo', async () => {
		await run('configure', 'codex', '--yes');
		await rm(join(server.homeDir, 'runtime'), { recursive: true });

		assert.equal((await run('configure', 'codex', '--yes')).exitCode, 3);
		assert.equal((await run('undo', 'codex')).exitCode, 0);

		assert.equal(await read(), original);
	});
});
