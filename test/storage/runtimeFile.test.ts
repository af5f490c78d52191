import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runtimeFileSchema, type RuntimeFile } from '../../src/shared/poolApi.js';
import { PoolError } from '../../src/shared/poolError.js';
import { removeRuntimeFile, runtimeFilePath, writeRuntimeFile } from '../../src/storage/runtimeFile.js';
import { eachTestGetsAFolder, noon } from './storageFixtures.js';

const runtime: RuntimeFile = {
	pid: 4242,
	port: 2456,
	adminToken: 'admin-token-1',
	version: '0.1.0',
	launcher: 'cli',
	startedAt: noon,
};

describe('the runtime file', () => {
	const folder = eachTestGetsAFolder();
	const home = (): string => join(folder(), 'home');
	const file = (): string => runtimeFilePath(home(), runtime.port);

	it('is found under its port, whole, and for the owner alone', async () => {
		await writeRuntimeFile(home(), runtime);

		assert.equal(file(), join(home(), 'runtime', '2456.json'));
		assert.deepEqual(runtimeFileSchema.parse(JSON.parse(readFileSync(file(), 'utf8'))), runtime);
		assert.deepEqual(readdirSync(dirname(file())), ['2456.json']);
		if (process.platform === 'win32') return;
		assert.equal(statSync(dirname(file())).mode & 0o777, 0o700);
		assert.equal(statSync(file()).mode & 0o777, 0o600);
	});

	it('replaces what an earlier owner left, and stays when that one removes its own late', async () => {
		await writeRuntimeFile(home(), runtime);
		await writeRuntimeFile(home(), { ...runtime, adminToken: 'admin-token-2' });

		removeRuntimeFile(home(), runtime);

		assert.match(readFileSync(file(), 'utf8'), /admin-token-2/);
	});

	it('is removed by its owner, who may ask twice', async () => {
		await writeRuntimeFile(home(), runtime);

		removeRuntimeFile(home(), runtime);
		removeRuntimeFile(home(), runtime);

		assert.ok(!existsSync(file()));
	});

	it('is left alone when it cannot be understood', async () => {
		await writeRuntimeFile(home(), runtime);
		writeFileSync(file(), 'not JSON');

		removeRuntimeFile(home(), runtime);

		assert.ok(existsSync(file()));
	});

	it('says what to do when it cannot be written', async () => {
		writeFileSync(home(), '');

		await assert.rejects(
			writeRuntimeFile(home(), runtime),
			(thrown: unknown) => thrown instanceof PoolError && thrown.code === 'storage_failed',
		);
	});
});
