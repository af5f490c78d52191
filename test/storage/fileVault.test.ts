import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { PoolError } from '../../src/shared/poolError.js';
import { FileVault } from '../../src/storage/fileVault.js';
import { eachTestGetsAFolder } from './storageFixtures.js';

const vaultFailed = (thrown: unknown): boolean =>
	thrown instanceof PoolError && thrown.code === 'vault_failed' && thrown.message.endsWith('.');

describe('FileVault', () => {
	const root = eachTestGetsAFolder();
	const folder = (): string => join(root(), 'vault');
	const vaultFile = (): string => join(folder(), 'vault.bin');
	const keyFile = (): string => join(folder(), 'vault.key');
	let vault: FileVault;

	beforeEach(() => {
		vault = new FileVault(folder());
	});

	it('gives back what was written, also after a restart, and nothing for an unknown name', async () => {
		await vault.write('account/1', 'secret');

		assert.equal(await vault.read('account/1'), 'secret');
		assert.equal(await new FileVault(folder()).read('account/1'), 'secret');
		assert.equal(await vault.read('account/2'), undefined);
	});

	it('gives back any name and secret', async () => {
		const text = fc.string({ unit: 'grapheme' });
		await fc.assert(
			fc.asyncProperty(fc.oneof(text, fc.constantFrom('__proto__', 'constructor', '')), text, async (name, secret) => {
				await vault.write(name, secret);
				assert.equal(await new FileVault(folder()).read(name), secret);
			}),
			{ numRuns: 25 },
		);
	});

	it('forgets one name and keeps the others', async () => {
		await vault.write('one', '1');
		await vault.write('two', '2');

		await vault.forget('one');
		await vault.forget('never there');

		const reopened = new FileVault(folder());
		assert.equal(await reopened.read('one'), undefined);
		assert.equal(await reopened.read('two'), '2');
	});

	it('loses none of many writes at once, and leaves nothing but its two files', async () => {
		const names = Array.from({ length: 30 }, (_, i) => `name-${i}`);

		await Promise.all(names.map(name => vault.write(name, `secret of ${name}`)));

		const secrets = await Promise.all(names.map(name => new FileVault(folder()).read(name)));
		assert.deepEqual(
			secrets,
			names.map(name => `secret of ${name}`),
		);
		assert.deepEqual(readdirSync(folder()).sort(), ['vault.bin', 'vault.key']);
	});

	it('loses none of what two pools write into one folder at once, as while one drains and the next has begun', async () => {
		const next = new FileVault(folder());
		const names = Array.from({ length: 30 }, (_, i) => `name-${i}`);

		await Promise.all(names.map((name, at) => (at % 2 === 0 ? vault : next).write(name, `secret of ${name}`)));

		assert.deepEqual(
			await Promise.all(names.map(name => new FileVault(folder()).read(name))),
			names.map(name => `secret of ${name}`),
		);
		assert.deepEqual(readdirSync(folder()).sort(), ['vault.bin', 'vault.key']);
	});

	it('goes on without a process that died while it wrote', async () => {
		const patient = new FileVault(folder(), 20);
		await patient.write('one', '1');
		writeFileSync(join(folder(), 'vault.lock'), '');

		await patient.write('two', '2');

		assert.deepEqual([await patient.read('one'), await patient.read('two')], ['1', '2']);
		assert.deepEqual(readdirSync(folder()).sort(), ['vault.bin', 'vault.key']);
	});

	it('never lets a secret or a name show in its files', async () => {
		const marked = 'MARKED-refresh-token-7f3a';
		await vault.write('MARKED-account', marked);

		for (const name of readdirSync(folder())) {
			const bytes = readFileSync(join(folder(), name));
			for (const encoding of ['utf8', 'utf16le', 'base64', 'hex'] as const) {
				assert.ok(!bytes.includes(Buffer.from(marked).toString(encoding)));
			}
			assert.ok(!bytes.includes('MARKED'));
			assert.ok(!bytes.includes(Buffer.from('MARKED', 'utf16le')));
		}
	});

	it('never writes the same bytes twice, because a nonce is used once', async () => {
		await vault.write('one', '1');
		const first = readFileSync(vaultFile());

		await vault.write('one', '1');

		assert.ok(!readFileSync(vaultFile()).equals(first));
	});

	it('is readable by its owner alone, also when a key came back from a backup', async function () {
		// Windows has no file modes.
		if (process.platform === 'win32') this.skip();
		await vault.write('one', '1');
		chmodSync(keyFile(), 0o644);

		await vault.read('one');

		const modes = [folder(), vaultFile(), keyFile()].map(path => statSync(path).mode & 0o777);
		assert.deepEqual(modes, [0o700, 0o600, 0o600]);
	});

	for (const [name, spoil] of Object.entries({
		'the key is another one': () => writeFileSync(keyFile(), Buffer.alloc(32, 7)),
		'the key was cut short': () => truncateSync(keyFile(), 12),
		'the key is gone': () => rmSync(keyFile()),
		'the file was cut short': () => truncateSync(vaultFile(), 40),
		'the file is empty': () => truncateSync(vaultFile(), 0),
		'one bit of the file was changed': () => changeByte(vaultFile(), -1),
		'the header was changed': () => changeByte(vaultFile(), 0),
	})) {
		it(`says what to do when ${name}, and overwrites nothing`, async () => {
			await vault.write('one', '1');
			spoil();
			const before = readFileSync(vaultFile());

			await assert.rejects(vault.read('one'), vaultFailed);
			await assert.rejects(vault.write('two', '2'), vaultFailed);

			assert.ok(readFileSync(vaultFile()).equals(before));
			assert.ok(!readdirSync(folder()).some(entry => entry.endsWith('.tmp')));
		});
	}

	it('works again once the cause of a failure is gone', async () => {
		await vault.write('one', '1');
		const key = readFileSync(keyFile());
		rmSync(keyFile());
		await assert.rejects(vault.read('one'), vaultFailed);

		writeFileSync(keyFile(), key);

		assert.equal(await vault.read('one'), '1');
	});

	it('says what to do when its folder is a file', async () => {
		writeFileSync(folder(), '');

		await assert.rejects(vault.write('one', '1'), vaultFailed);
	});
});

function changeByte(file: string, at: number): void {
	const bytes = readFileSync(file);
	const index = at < 0 ? bytes.length + at : at;
	bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index);
	writeFileSync(file, bytes);
}
