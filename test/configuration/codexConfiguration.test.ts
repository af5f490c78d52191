import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangeJournal } from '../../src/configuration/changeJournal.js';
import { ClientConfiguration } from '../../src/configuration/clientConfiguration.js';
import { codexClient } from '../../src/configuration/codexClient.js';
import { asOrdinaryUser } from '../support/asOrdinaryUser.js';
import { hasCode } from '../support/hasCode.js';

const target = { port: 2456, key: 'cpk_first' };
const original = '# mine\r\nmodel = "gpt-5" # best\r\n\r\n[tui]\r\nx = 1';

describe('the configuration file of Codex', () => {
	let folder: string;
	let codexHome: string;
	let path: string;
	let configuration: ClientConfiguration;

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'codex-configuration-'));
		codexHome = join(folder, 'codex');
		path = join(codexHome, 'config.toml');
		await mkdir(codexHome);
		configuration = new ClientConfiguration(
			codexClient({ CODEX_HOME: codexHome }),
			new ChangeJournal(join(folder, 'journal')),
		);
	});

	afterEach(() => rm(folder, { recursive: true }));

	const configure = async (change = target): Promise<void> => (await configuration.prepare(change)).apply();
	const read = (): Promise<string> => readFile(path, 'utf8');
	const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;

	it('brings an untouched file back byte for byte, with its permissions', async () => {
		await writeFile(path, original, { mode: 0o644 });

		await configure();
		assert.equal(await configuration.detect(), 2456);
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
		assert.equal(await configuration.detect(), 3000);
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

	it('takes its values out even when the journal is damaged', async () => {
		await writeFile(path, 'model = "gpt-5"\n');
		await configure();
		const [record = ''] = await readdir(join(folder, 'journal'));
		await writeFile(join(folder, 'journal', record), Buffer.from([0x7b, 0xff]));

		await configuration.undo();

		assert.equal((await read()).trim(), 'model = "gpt-5"');
		assert.deepEqual(await readdir(join(folder, 'journal')), []);
	});

	it('finds the way back that an earlier version has recorded elsewhere', async () => {
		await writeFile(path, original);
		await configure();
		const journal = new ChangeJournal(join(folder, 'elsewhere'));
		configuration = new ClientConfiguration(codexClient({ CODEX_HOME: codexHome }), journal);

		await configuration.adopt(new ChangeJournal(join(folder, 'journal')));

		assert.deepEqual(await readdir(join(folder, 'journal')), []);
		assert.deepEqual(await journal.pathsOf('Codex'), [path]);
		assert.deepEqual(await journal.pathsOf('OpenCode'), []);
		await configuration.undo();
		assert.equal(await read(), original);
		assert.deepEqual(await readdir(join(folder, 'elsewhere')), []);
	});

	it('keeps its record to its user', async () => {
		await writeFile(path, original);

		await configure();

		const [record = ''] = await readdir(join(folder, 'journal'));
		assert.equal(await modeOf(join(folder, 'journal', record)), 0o600);
		assert.equal(await modeOf(join(folder, 'journal')), 0o700);
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

	it('explains a folder that cannot be written, and leaves no half-written file', async () => {
		await writeFile(path, original, { mode: 0o644 });
		// All but the folder of Codex can be read and written by whoever this is for a moment.
		await mkdir(join(folder, 'journal'));
		await chmod(join(folder, 'journal'), 0o777);
		await chmod(folder, 0o755);
		await chmod(codexHome, 0o555);

		await asOrdinaryUser(() => assert.rejects(configure(), hasCode('storage_failed')));

		await chmod(codexHome, 0o700);
		assert.deepEqual(await readdir(codexHome), ['config.toml']);
		assert.equal(await read(), original);
	});
});

describe('codexClient', () => {
	it('follows CODEX_HOME', () => {
		assert.deepEqual(codexClient({ CODEX_HOME: '/else/where' }).paths, ['/else/where/config.toml']);
		assert.match(codexClient({}).newPath, /\.codex.config\.toml$/);
	});
});
