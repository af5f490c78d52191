import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodexConfiguration, codexConfigPath } from '../../src/editor/codexConfiguration.js';
import { PoolError } from '../../src/shared/poolError.js';

const target = { port: 2456, key: 'cpk_first' };
const original = '# mine\r\nmodel = "gpt-5" # best\r\n\r\n[tui]\r\nx = 1';

describe('CodexConfiguration', () => {
	let folder: string;
	let codexHome: string;
	let path: string;
	let configuration: CodexConfiguration;

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'codex-configuration-'));
		codexHome = join(folder, 'codex');
		path = join(codexHome, 'config.toml');
		await mkdir(codexHome);
		configuration = new CodexConfiguration(path, join(folder, 'journal'));
	});

	afterEach(() => rm(folder, { recursive: true }));

	const configure = async (change = target): Promise<void> => (await configuration.prepare(change)).apply();
	const read = (): Promise<string> => readFile(path, 'utf8');
	const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;

	it('brings an untouched file back byte for byte, with its permissions', async () => {
		await writeFile(path, original, { mode: 0o644 });

		await configure();
		assert.deepEqual(await configuration.detect(), { kind: 'pool', port: 2456 });
		assert.equal(await modeOf(path), 0o600, 'nobody else may read the key');
		const wasOurs = await configuration.undo();

		assert.equal(wasOurs, true);
		assert.equal(await read(), original);
		assert.equal(await modeOf(path), 0o644);
		assert.deepEqual(await readdir(codexHome), ['config.toml']);
		assert.deepEqual(await readdir(join(folder, 'journal')), []);
	});

	it('creates a missing file and takes it away again', async () => {
		await rm(codexHome, { recursive: true });

		await configure();
		assert.equal(await modeOf(path), 0o600);
		await configuration.undo();

		assert.deepEqual(await readdir(codexHome), []);
	});

	it('keeps what was edited since', async () => {
		await writeFile(path, original);
		await configure();
		await writeFile(path, `${await read()}\n[added]\nlater = true\n`);

		await configuration.undo();

		const text = await read();
		assert.match(text, /# mine\r\nmodel = "gpt-5" # best/);
		assert.match(text, /later = true/);
		assert.doesNotMatch(text, /codex-account-pool|cpk_/);
	});

	it('still knows the way back after being configured again', async () => {
		await writeFile(path, original);
		await configure();

		await configure({ port: 3000, key: 'cpk_second' });
		assert.deepEqual(await configuration.detect(), { kind: 'pool', port: 3000 });
		await configuration.undo();

		assert.equal(await read(), original);
	});

	it('takes its values out even when journal and backup are gone', async () => {
		await writeFile(path, 'model = "gpt-5"\n');
		await configure();
		await rm(join(folder, 'journal'), { recursive: true });

		await configuration.undo();

		assert.equal((await read()).trim(), 'model = "gpt-5"');
	});

	it('says so when there is nothing to undo', async () => {
		await writeFile(path, original);

		const wasOurs = await configuration.undo();

		assert.equal(wasOurs, false);
		assert.equal(await read(), original);
	});

	it('replaces what a symbolic link points to and keeps the link', async () => {
		const dotfile = join(folder, 'dotfiles.toml');
		await writeFile(dotfile, original);
		await symlink(dotfile, path);

		await configure();

		assert.equal((await lstat(path)).isSymbolicLink(), true);
		assert.match(await readFile(dotfile, 'utf8'), /cpk_first/);
		await configuration.undo();
		assert.equal(await readFile(dotfile, 'utf8'), original);
	});

	it('writes nothing when the file was changed while the change was shown', async () => {
		await writeFile(path, original);
		const change = await configuration.prepare(target);
		await writeFile(path, 'model = "other"\n');

		await assert.rejects(change.apply(), hasCode('invalid_request'));

		assert.equal(await read(), 'model = "other"\n');
	});

	for (const [what, bytes] of Object.entries({
		'broken TOML': Buffer.from('model = "unfinished\n'),
		'text that is not UTF-8': Buffer.from([0x61, 0x3d, 0xff, 0x0a]),
	})) {
		it(`leaves ${what} alone`, async () => {
			await writeFile(path, bytes);

			await assert.rejects(configuration.prepare(target), hasCode('invalid_request'));
			await assert.rejects(configuration.undo(), hasCode('invalid_request'));

			assert.deepEqual(await readFile(path), bytes);
			assert.deepEqual(await readdir(codexHome), ['config.toml']);
		});
	}

	it('explains a folder that cannot be written, and leaves no half-written file', async function () {
		// The superuser may write everywhere.
		if (process.getuid?.() === 0) this.skip();
		await writeFile(path, original);
		await chmod(codexHome, 0o500);

		await assert.rejects(configure(), hasCode('storage_failed'));

		await chmod(codexHome, 0o700);
		assert.deepEqual(await readdir(codexHome), ['config.toml']);
	});
});

describe('codexConfigPath', () => {
	it('follows CODEX_HOME', () => {
		assert.equal(codexConfigPath({ CODEX_HOME: '/else/where' }), '/else/where/config.toml');
		assert.match(codexConfigPath({}), /\.codex.config\.toml$/);
	});
});

function hasCode(code: PoolError['code']): (error: unknown) => boolean {
	return error => error instanceof PoolError && error.code === code;
}
