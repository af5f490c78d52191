import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ChangeJournal } from '../../src/configuration/changeJournal.js';
import { ClientConfiguration } from '../../src/configuration/clientConfiguration.js';
import { clientPrograms } from '../../src/configuration/clientPrograms.js';
import { listenOn } from '../support/listenOn.js';
import { runProgram } from '../support/runProgram.js';

const codexText = '# mine\r\nmodel = "gpt-5" # best\r\n';
const openCodeText = '{\n\t// mine\n\t"model": "x",\n}\n';

/** The built script, as VS Code runs it once the extension is gone: nothing is left but the user's home. */
describe('uninstalling the extension', () => {
	let home: string;
	let deadPort: number;
	let codexFile: string;
	let openCodeFile: string;

	beforeEach(async () => {
		home = await mkdtemp(join(tmpdir(), 'codex-pool-uninstall-'));
		codexFile = await given('.codex/config.toml', codexText);
		openCodeFile = await given('.config/opencode/opencode.json', openCodeText);
		const closed = await listenOn(0, () => undefined);
		deadPort = closed.port;
		await closed.close();
	});

	afterEach(() => rm(home, { recursive: true }));

	const given = async (name: string, text: string): Promise<string> => {
		const path = join(home, name);
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, text);
		return path;
	};
	const configure = async (name: keyof typeof clientPrograms, port = deadPort, env = {}): Promise<void> => {
		const paths = { CODEX_HOME: join(home, '.codex'), XDG_CONFIG_HOME: join(home, '.config'), ...env };
		const journal = ChangeJournal.ofPool(join(home, '.codex-pool'));
		const configuration = new ClientConfiguration(clientPrograms[name](paths), journal);
		await (await configuration.prepare({ port, key: 'cpk_ours' })).apply();
	};
	const uninstall = async (): Promise<string> => {
		const args = [resolve('dist/uninstall.cjs'), '--type=extension-post-uninstall'];
		const { code, stdout, stderr } = await runProgram(process.execPath, args, { cwd: '/', env: { HOME: home } });
		assert.equal(code, 0);
		assert.equal(stderr, '');
		return stdout;
	};
	const read = (path: string): Promise<string> => readFile(path, 'utf8');

	it('brings the files of both clients back byte for byte, and leaves nothing of ours', async () => {
		await configure('codex');
		await configure('opencode');

		const told = await uninstall();

		assert.match(told, /Codex no longer uses the pool/);
		assert.equal(await read(codexFile), codexText);
		assert.equal(await read(openCodeFile), openCodeText);
		assert.deepEqual(await readdir(dirname(codexFile)), ['config.toml']);
		assert.deepEqual(await readdir(dirname(openCodeFile)), ['opencode.json']);
		assert.deepEqual(await readdir(join(home, '.codex-pool/configuration')), []);
	});

	it('keeps what was written since', async () => {
		await configure('codex');
		await writeFile(codexFile, `${await read(codexFile)}\n[added]\nlater = true\n`);

		await uninstall();

		assert.match(await read(codexFile), /^# mine\r\nmodel = "gpt-5" # best/);
		assert.match(await read(codexFile), /later = true/);
		assert.doesNotMatch(await read(codexFile), /codex-account-pool|cpk_/);
	});

	it('finds a file in a place that only the environment of the editor named', async () => {
		const elsewhere = await given('moved/config.toml', codexText);
		await configure('codex', deadPort, { CODEX_HOME: dirname(elsewhere) });

		await uninstall();

		assert.equal(await read(elsewhere), codexText);
	});

	it('leaves a client with a pool that still runs, and mends the others', async () => {
		const body = JSON.stringify({ service: 'codex-account-pool', version: '1.0.0' });
		const pool = await listenOn(0, socket =>
			socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`),
		);
		await configure('codex', pool.port);
		await configure('opencode');

		const told = await uninstall();
		await pool.close();

		assert.match(told, new RegExp(`config.toml was left alone: a pool still holds port ${pool.port}`));
		assert.match(await read(codexFile), /codex-account-pool/);
		assert.equal(await read(openCodeFile), openCodeText);
	});

	it('leaves alone what was written by hand, although it names the pool', async () => {
		const byHand = `[profiles.pool]
model_provider = "codex-account-pool"

[model_providers.codex-account-pool]
base_url = "http://127.0.0.1:${deadPort}/backend-api/codex"
experimental_bearer_token = "cpk_mine"
`;
		await writeFile(codexFile, byHand);

		assert.equal(await uninstall(), '');
		assert.equal(await read(codexFile), byHand);
	});

	it('leaves a file alone that it does not understand, and mends the others', async () => {
		await configure('codex');
		await configure('opencode');
		await writeFile(codexFile, 'model = "unfinished\n');

		const told = await uninstall();

		assert.match(told, /config\.toml was left alone\. It is not valid TOML/);
		assert.equal(await read(codexFile), 'model = "unfinished\n');
		assert.equal(await read(openCodeFile), openCodeText);
	});

	it('does nothing where nothing is ours', async () => {
		const told = await uninstall();

		assert.equal(told, '');
		assert.equal(await read(codexFile), codexText);
		assert.deepEqual((await readdir(home)).sort(), ['.codex', '.config']);
	});
});
