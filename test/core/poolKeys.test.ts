import assert from 'node:assert/strict';
import { KeyBudgets } from '../../src/core/keys/keyBudgets.js';
import { PoolKeys } from '../../src/core/keys/poolKeys.js';
import { PoolError } from '../../src/shared/poolError.js';
import { FakeClock } from '../support/fakeClock.js';
import { MemoryStore } from '../support/memoryStore.js';
import { MemoryVault } from '../support/memoryVault.js';

describe('PoolKeys', () => {
	const clock = new FakeClock();
	let store: MemoryStore;
	let vault: MemoryVault;
	let made: number;
	let ended: string[];

	beforeEach(() => {
		store = new MemoryStore();
		vault = new MemoryVault();
		made = 0;
		ended = [];
	});

	const open = (): PoolKeys =>
		new PoolKeys({
			store,
			vault,
			budgets: new KeyBudgets(store, clock),
			clock,
			newSecret: () => `cpk_secret-${++made}`,
			secretEnded: keyId => ended.push(keyId),
		});

	it('accepts the keys it has made and no other', () => {
		const keys = open();
		const { id, key } = keys.create({ name: 'Laptop' });
		assert.equal(keys.accept(key), id);
		for (const wrong of ['', 'cpk_', `${key} `, key.slice(0, -1), key.toUpperCase()])
			assert.equal(keys.accept(wrong), undefined);
	});

	it('still accepts them after a restart, and never stores the secret', () => {
		const { id, key } = open().create({ name: 'Laptop' });
		assert.equal(open().accept(key), id);
		assert.ok(!JSON.stringify([...store.keys.values()]).includes(key));
	});

	it('refuses a key from the moment it is revoked', () => {
		const keys = open();
		const { id, key } = keys.create({ name: 'Laptop' });
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
		const { key } = keys.create({ name: 'Laptop' });
		const firstAt = clock.now();
		keys.accept(key);
		await clock.advance(59_000);
		keys.accept(key);
		assert.equal(keys.list()[0]?.lastUsedAt, firstAt);
		await clock.advance(1_000);
		keys.accept(key);
		assert.equal(keys.list()[0]?.lastUsedAt, clock.now());
	});

	it('ends a revoked key for those who are connected with it', () => {
		const keys = open();
		const { id } = keys.create({ name: 'Laptop' });
		assert.deepEqual(ended, []);
		keys.revoke(id);
		assert.deepEqual(ended, [id]);
	});

	it('shows how a secret begins, and no more of it', () => {
		const keys = open();
		const { key } = keys.create({ name: 'Laptop' });
		const [view] = keys.list();
		assert.equal(view?.prefix, 'cpk_secr');
		assert.ok(!JSON.stringify(view).includes(key));
	});

	it('changes the name, the scope, the accounts and the budget of a key, each by itself, for good', () => {
		const keys = open();
		const { id } = keys.create({ name: 'Laptop', models: ['gpt-5.5'] });

		keys.change(id, { name: 'CI' });
		keys.change(id, { accountIds: ['a'] });
		keys.change(id, { budget: { tokens: 1000, per: 'week' } });

		const limits = (of: PoolKeys) =>
			of.list().map(({ name, models, accountIds, budget }) => [name, models, accountIds, budget?.tokens]);
		const changed = [['CI', ['gpt-5.5'], ['a'], 1000]];
		assert.deepEqual([limits(keys), limits(open())], [changed, changed]);
		assert.deepEqual(open().find(id)?.accountIds, new Set(['a']));
		keys.change(id, { models: null, accountIds: null, budget: null });
		assert.deepEqual(limits(open()), [['CI', null, null, undefined]]);
		assert.throws(() => keys.change('key_none', { name: 'x' }), { code: 'key_not_found' });
	});

	it('gives a key another secret; the old one stops at once, and everything else stays', async () => {
		const keys = open();
		const { id, key } = keys.create({
			name: 'Laptop',
			models: ['gpt-5.5'],
			accountIds: ['a'],
			budget: { tokens: 5, per: 'day' },
		});
		keys.accept(key);

		const renewed = await keys.rotate(id);

		assert.deepEqual([renewed.id, renewed.name], [id, 'Laptop']);
		assert.deepEqual([keys.accept(key), keys.accept(renewed.key)], [undefined, id]);
		assert.deepEqual([open().accept(key), open().accept(renewed.key)], [undefined, id]);
		assert.deepEqual(ended, [id]);
		const [view] = open().list();
		assert.deepEqual([view?.models, view?.accountIds, view?.budget?.tokens], [['gpt-5.5'], ['a'], 5]);
		await assert.rejects(keys.rotate('key_none'), { code: 'key_not_found' });
	});

	describe('the default key', () => {
		it('is told apart, and keeps its name and limits when its secret is made anew', async () => {
			const keys = open();
			const { id } = await keys.revealDefault();
			keys.change(id, { name: 'Mine', models: ['gpt-5.5'], accountIds: ['a'] });
			await vault.forget('pool-key/default');

			const anew = await keys.revealDefault();

			assert.deepEqual([anew.id, anew.name], [id, 'Mine']);
			assert.deepEqual(
				keys.list().map(({ isDefault, name, models, accountIds }) => [isDefault, name, models, accountIds]),
				[[true, 'Mine', ['gpt-5.5'], ['a']]],
			);
			assert.deepEqual(ended, [id]);
		});

		it('is in the vault with its new secret before the old one stops', async () => {
			const keys = open();
			const { id, key } = await keys.revealDefault();
			const write = vault.write.bind(vault);
			vault.write = async (name, secret) => {
				assert.equal(keys.accept(key), id, 'the old one still counts');
				await write(name, secret);
			};

			const renewed = await keys.rotate(id);

			assert.equal(keys.accept(key), undefined);
			assert.deepEqual(await keys.revealDefault(), renewed);
		});

		it('stays what it was when the vault does not take the new secret', async () => {
			const keys = open();
			const first = await keys.revealDefault();
			vault.write = () => Promise.reject(new PoolError('vault_failed', 'The vault is locked.'));

			await assert.rejects(keys.rotate(first.id), { code: 'vault_failed' });

			assert.deepEqual([keys.accept(first.key), ended], [first.id, []]);
			assert.deepEqual(await keys.revealDefault(), first);
		});

		it('is one key for those who copy and renew it at the same time', async () => {
			const keys = open();
			const { id } = await keys.revealDefault();

			await Promise.all([keys.rotate(id), keys.revealDefault(), keys.rotate(id), keys.revealDefault()]);

			const { key } = await keys.revealDefault();
			assert.equal(keys.accept(key), id);
			assert.equal(made, 3);
		});

		it('learns how its secret begins, when it is from before that was kept', async () => {
			await open().revealDefault();
			const [row] = store.loadKeys();
			assert.ok(row);
			store.saveKey({ ...row, prefix: null });

			const keys = open();
			assert.equal(keys.list()[0]?.prefix, null);
			await keys.revealDefault();

			assert.equal(keys.list()[0]?.prefix, 'cpk_secr');
		});

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
