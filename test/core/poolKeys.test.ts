import assert from 'node:assert/strict';
import { PoolKeys } from '../../src/core/poolKeys.js';
import { PoolError } from '../../src/shared/poolError.js';
import { FakeClock } from '../support/fakeClock.js';
import { MemoryStore } from '../support/memoryStore.js';
import { MemoryVault } from '../support/memoryVault.js';

describe('PoolKeys', () => {
	const clock = new FakeClock();
	let store: MemoryStore;
	let vault: MemoryVault;
	let made: number;

	beforeEach(() => {
		store = new MemoryStore();
		vault = new MemoryVault();
		made = 0;
	});

	const open = (): PoolKeys => new PoolKeys(store, vault, clock, () => `cpk_secret-${++made}`);

	it('accepts the keys it has made and no other', () => {
		const keys = open();
		const { id, key } = keys.create('Laptop');
		assert.equal(keys.accept(key), id);
		for (const wrong of ['', 'cpk_', `${key} `, key.slice(0, -1), key.toUpperCase()])
			assert.equal(keys.accept(wrong), undefined);
	});

	it('still accepts them after a restart, and never stores the secret', () => {
		const { id, key } = open().create('Laptop');
		assert.equal(open().accept(key), id);
		assert.ok(!JSON.stringify([...store.keys.values()]).includes(key));
	});

	it('refuses a key from the moment it is revoked', () => {
		const keys = open();
		const { id, key } = keys.create('Laptop');
		keys.revoke(id);
		assert.equal(keys.accept(key), undefined);
		assert.equal(open().accept(key), undefined);
		assert.throws(
			() => keys.revoke(id),
			(error: unknown) => error instanceof PoolError && error.code === 'key_not_found',
		);
	});

	it('notes when a key was last used, at most once a minute', async () => {
		const keys = open();
		const { key } = keys.create('Laptop');
		const firstAt = clock.now();
		keys.accept(key);
		await clock.advance(59_000);
		keys.accept(key);
		assert.equal(keys.list()[0]?.lastUsedAt, firstAt);
		await clock.advance(1_000);
		keys.accept(key);
		assert.equal(keys.list()[0]?.lastUsedAt, clock.now());
	});

	describe('the default key', () => {
		it('is the same whenever it is asked for, also after a restart', async () => {
			const first = await open().revealDefault();
			assert.deepEqual(await open().revealDefault(), first);
			assert.equal(open().accept(first.key), first.id);
		});

		it('is one key for two who ask first at the same time', async () => {
			const keys = open();
			const [one, two] = await Promise.all([keys.revealDefault(), keys.revealDefault()]);
			assert.deepEqual(one, two);
			assert.equal(keys.accept(one.key), 'key_default');
		});

		it('is made anew when the vault has lost it or it was revoked', async () => {
			const keys = open();
			const lost = await keys.revealDefault();
			await vault.forget('pool-key/default');
			const second = await keys.revealDefault();
			assert.equal(keys.accept(lost.key), undefined);
			keys.revoke(second.id);
			const third = await keys.revealDefault();
			assert.notEqual(third.key, second.key);
			assert.deepEqual([keys.accept(second.key), keys.accept(third.key)], [undefined, 'key_default']);
		});
	});
});
