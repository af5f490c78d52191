import assert from 'node:assert/strict';
import type { RefreshOutcome } from '../../src/core/issuerPort.js';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import { hasCode } from '../support/hasCode.js';

const reused: RefreshOutcome = { kind: 'permanent', code: 'refresh_token_reused' };

describe('tokens that outlive their window', () => {
	let pool: CorePool;

	beforeEach(async () => {
		pool = await CorePool.of('a');
	});

	const state = () => pool.accounts.get('a').state;

	describe('two windows', () => {
		it('finds the pair of a window that has rotated it before', async () => {
			const { accessToken } = await pool.tokens.access('a');
			const other = pool.anotherWindow();
			await other.tokens.access('a');
			pool.issuer.onRefresh = pool.rotate;
			const theirs = await other.tokens.replace('a', accessToken);

			const ours = await pool.tokens.replace('a', accessToken);

			assert.deepEqual([ours.accessToken, pool.issuer.shown], [theirs.accessToken, ['rt-a-1']]);
			assert.deepEqual([pool.accounts.get('a').generation, other.accounts.get('a').generation], [2, 2]);
		});

		it('waits for the window that is rotating it, and shows nothing', async () => {
			const { accessToken } = await pool.tokens.access('a');
			const answer = Promise.withResolvers<RefreshOutcome>();
			pool.issuer.onRefresh = () => answer.promise;
			const theirs = pool.anotherWindow().tokens.replace('a', accessToken);
			await settle();
			const ours = pool.tokens.replace('a', accessToken);
			await pool.clock.advance(3_000);

			answer.resolve(pool.rotate());
			await theirs;
			await pool.clock.advance(500);

			assert.equal((await ours).accessToken, (await theirs).accessToken);
			assert.deepEqual([pool.issuer.shown, state()], [['rt-a-1'], 'active']);
		});

		it('waits no longer than a refresh can last for a window that has crashed', async () => {
			const { accessToken } = await pool.tokens.access('a');
			pool.issuer.onRefresh = () => new Promise(() => undefined);
			void pool.anotherWindow().tokens.replace('a', accessToken);
			await settle();
			pool.issuer.onRefresh = pool.rotate;
			const ours = pool.tokens.replace('a', accessToken);
			await pool.clock.advance(11_000);
			assert.equal(pool.issuer.shown.length, 1);

			await pool.clock.advance(1_000);
			await ours;

			assert.deepEqual([pool.issuer.shown.length, state()], [2, 'active']);
		});

		it('adopts the pair of the window that was faster, also when that is still being written', async () => {
			const { accessToken } = await pool.tokens.access('a');
			const other = pool.anotherWindow();
			await other.tokens.access('a');
			const written = Promise.withResolvers<undefined>();
			const write = pool.vault.write.bind(pool.vault);
			pool.vault.write = async (name, secret) => {
				if (name === 'account/a') await written.promise;
				await write(name, secret);
			};
			pool.issuer.onRefresh = () => (pool.issuer.shown.length === 1 ? pool.rotate() : reused);

			// Both read the vault before either has noted anything in it.
			const racing = [pool.tokens.replace('a', accessToken), other.tokens.replace('a', accessToken)];
			await settle();
			await pool.clock.advance(1_000);
			written.resolve(undefined);
			await settle();
			await pool.clock.advance(500);
			const [ours, theirs] = await Promise.all(racing);

			assert.equal(ours?.accessToken, theirs?.accessToken);
			assert.deepEqual([state(), other.accounts.get('a').state], ['active', 'active']);
		});
	});

	describe('a crash', () => {
		it('between rotation and the vault costs the sign-in, and the account says so', async () => {
			const { accessToken } = await pool.tokens.access('a');
			const write = pool.vault.write.bind(pool.vault);
			pool.vault.write = (name, secret) =>
				name === 'account/a' ? new Promise<undefined>(() => undefined) : write(name, secret);
			pool.issuer.onRefresh = () => (pool.issuer.shown.length === 1 ? pool.rotate() : reused);
			void pool.tokens.replace('a', accessToken);
			await settle();

			const after = pool.anotherWindow();
			assert.equal((await after.tokens.access('a')).accessToken, accessToken);
			const rejected = assert.rejects(after.tokens.replace('a', accessToken), hasCode('no_account'));
			await settle();
			for (let second = 0; second < 20; second++) await pool.clock.advance(1000);
			await rejected;

			const { state: ending, stateReason } = after.accounts.get('a');
			assert.deepEqual([ending, stateReason], ['needs_sign_in', 'refresh_reply_lost']);
		});

		it('between the vault and the database costs nothing', async () => {
			const { accessToken } = await pool.tokens.access('a');
			const before = pool.accounts.get('a');
			pool.issuer.onRefresh = pool.rotate;
			const renewed = await pool.tokens.replace('a', accessToken);
			pool.store.saveAccount(before);

			const after = pool.anotherWindow();
			const found = await after.tokens.access('a');
			await after.tokens.renew('a');

			assert.equal(found.accessToken, renewed.accessToken);
			assert.deepEqual([after.accounts.get('a').generation, (await pool.inVault())['generation']], [3, 3]);
			assert.deepEqual(pool.issuer.shown, ['rt-a-1', 'rt-a-2']);
		});
	});
});
