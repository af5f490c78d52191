import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangeJournal } from '../../src/configuration/changeJournal.js';
import { ClientConfiguration } from '../../src/configuration/clientConfiguration.js';
import { openCodeClient } from '../../src/configuration/openCodeClient.js';
import { PoolError } from '../../src/shared/poolError.js';
import { hasCode } from '../support/hasCode.js';

const target = { port: 2456, key: 'cpk_first' };

describe('the configuration files of OpenCode', () => {
	let folder: string;
	let home: string;
	let configuration: ClientConfiguration;

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'opencode-configuration-'));
		home = join(folder, 'config/opencode');
		await mkdir(home, { recursive: true });
		configuration = configurationIn({ XDG_CONFIG_HOME: join(folder, 'config') });
	});

	afterEach(() => rm(folder, { recursive: true }));

	const configurationIn = (env: NodeJS.ProcessEnv): ClientConfiguration =>
		new ClientConfiguration(
			openCodeClient({ XDG_DATA_HOME: join(folder, 'data'), ...env }),
			new ChangeJournal(join(folder, 'journal')),
		);
	const configure = async (): Promise<string> => {
		const change = await configuration.prepare(target);
		await change.apply();
		return change.path;
	};
	const inHome = (name: string): string => join(home, name);

	it('brings an untouched file back byte for byte', async () => {
		const text = '\uFEFF{ // mine\r\n\t"model" : "x",}';
		await writeFile(inHome('opencode.jsonc'), text);

		await configure();
		assert.equal(await configuration.detect(), 2456);
		await configuration.undo();

		assert.equal(await readFile(inHome('opencode.jsonc'), 'utf8'), text);
		assert.deepEqual(await readdir(home), ['opencode.jsonc']);
	});

	it('creates opencode.json where there is no file, and takes it away again', async () => {
		await rm(home, { recursive: true });

		assert.equal(await configure(), inHome('opencode.json'));
		await configuration.undo();

		assert.deepEqual(await readdir(home), []);
	});

	it('takes a created file away although it was saved again since', async () => {
		const path = await configure();
		await writeFile(path, (await readFile(path, 'utf8')).replaceAll('  ', '\t'));

		await configuration.undo();

		assert.deepEqual(await readdir(home), []);
	});

	it('changes the file that wins over the others', async () => {
		await writeFile(inHome('config.json'), '{}');
		assert.equal((await configuration.prepare(target)).path, inHome('config.json'));
		await writeFile(inHome('opencode.json'), '{}');
		assert.equal((await configuration.prepare(target)).path, inHome('opencode.json'));
		await writeFile(inHome('opencode.jsonc'), '{}');
		assert.equal((await configuration.prepare(target)).path, inHome('opencode.jsonc'));
	});

	it('finds the way back out of every file, even past one that is broken', async () => {
		await writeFile(inHome('opencode.json'), '{ "model": "x" }');
		await configure();
		await writeFile(inHome('opencode.jsonc'), '{}');
		await configure();
		await writeFile(inHome('config.json'), '{ broken');

		await assert.rejects(configuration.undo(), hasCode('invalid_request'));

		assert.equal(await readFile(inHome('opencode.json'), 'utf8'), '{ "model": "x" }');
		assert.equal(await readFile(inHome('opencode.jsonc'), 'utf8'), '{}');
	});

	it('changes the file that OPENCODE_CONFIG names, and no other', async () => {
		await writeFile(inHome('opencode.json'), '{}');
		const named = join(folder, 'mine.json');
		configuration = configurationIn({ OPENCODE_CONFIG: named });

		assert.equal(await configure(), named);

		assert.match(await readFile(named, 'utf8'), /cpk_first/);
	});

	it('leaves a broken file alone and names the file and the line', async () => {
		await writeFile(inHome('opencode.json'), '{\n  "a": 1\n  "key": "sk-private"\n}');

		await assert.rejects(configuration.prepare(target), (error: unknown) => {
			assert.ok(error instanceof PoolError);
			const problem = 'was left alone. It is not valid JSON (line 3). Mend it, then try again.';
			assert.equal(error.message, `${inHome('opencode.json')} ${problem}`);
			return true;
		});

		assert.deepEqual(await readdir(home), ['opencode.json']);
	});

	it('tells that a login of its own to ChatGPT comes first', async () => {
		await mkdir(join(folder, 'data/opencode'), { recursive: true });
		const authPath = join(folder, 'data/opencode/auth.json');

		await writeFile(authPath, JSON.stringify({ openai: { type: 'api', key: 'sk-x' } }));
		assert.equal((await configuration.prepare(target)).caveat, null);
		await writeFile(authPath, JSON.stringify({ openai: { type: 'oauth', refresh: 'r', access: 'a', expires: 0 } }));
		assert.match((await configuration.prepare(target)).caveat ?? '', /opencode auth logout/);
	});
});
