import assert from 'node:assert/strict';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectFree, writeSecretFile } from '../../src/cli/secretFile.js';

describe('writeSecretFile', () => {
	let folder: string;
	let path: string;

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'pool-files-'));
		path = join(folder, 'secret');
	});
	afterEach(() => rm(folder, { recursive: true }));

	it('never writes through a link, whether it may replace it or not', async () => {
		const elsewhere = join(folder, 'elsewhere');
		await writeFile(elsewhere, 'public');
		await symlink(elsewhere, path);

		await assert.rejects(writeSecretFile(path, 'text', false), /exists/);
		await writeSecretFile(path, 'text', true);

		assert.equal(await readFile(elsewhere, 'utf8'), 'public');
		assert.ok((await lstat(path)).isFile());
	});

	it('leaves nothing behind when it cannot replace what is there', async () => {
		await mkdir(join(path, 'content'), { recursive: true });

		await assert.rejects(expectFree(path, true), /is a folder/);
		await assert.rejects(writeSecretFile(path, 'text', true), /cannot be written/);

		assert.deepEqual(await readdir(folder), ['secret']);
	});

	it('says that the folder is missing', async () => {
		const lost = join(folder, 'missing', 'secret');

		await expectFree(lost, false);
		await assert.rejects(writeSecretFile(lost, 'text', false), /its folder does not exist/);
	});

	it('is refused a name that is taken before anything is asked for', async () => {
		await symlink(join(folder, 'nowhere'), path);

		await assert.rejects(expectFree(path, false), { code: 'invalid_request' });
		await expectFree(path, true);
	});
});
