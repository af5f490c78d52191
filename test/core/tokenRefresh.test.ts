import assert from 'node:assert/strict';
import { AccountBook } from '../../src/core/accountBook.js';
import type { RefreshOutcome } from '../../src/core/ports.js';
import { TokenKeeper } from '../../src/core/tokenKeeper.js';
import { PoolError } from '../../src/shared/poolError.js';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';

const minute = 60_000;
const month = 30 * 24 * 60 * minute;
const unanswered: RefreshOutcome = { kind: 'transient', code: 'REPLY_TIMEOUT', sent: true };
const unsent: RefreshOutcome = { kind: 'transient', code: 'ECONNREFUSED', sent: false };
const reused: RefreshOutcome = { kind: 'permanent', code: 'refresh_token_reused' };

const hasCode =
	(code: PoolError['code']) =>
	(error: unknown): boolean =>
		error instanceof PoolError && error.code === code;

describe('TokenRefresh', () => {
	let pool: CorePool;

	beforeEach(async () => {
		pool = await CorePool.of('a');
	});

	const state = () => pool.accounts.get('a').state;
	const inVault = async () => JSON.parse((await pool.vault.read('account/a')) ?? 'null') as Record<string, unknown>;
	const rotate = (): RefreshOutcome => ({
		kind: 'rotated',
		tokens: { accessToken: pool.jwt(), refreshToken: `rt-a-${pool.issuer.shown.length + 1}` },
	});
	/** Another window, or this one after a restart: the same database and vault, and nothing in memory. */
	const anotherWindow = () => {
		const accounts = new AccountBook(pool.store, pool.clock, () => undefined);
		return { accounts, tokens: new TokenKeeper(accounts, pool.vault, pool.issuer, pool.clock, pool.log) };
	};

	describe('before a token is spent', () => {
		it('notes in the vault that it is shown, and forgets the note with the answer', async () => {
			const { accessToken } = await pool.tokens.access('a');
			let noted: string[] = [];
			pool.issuer.onRefresh = () => {
				noted = pool.vault.names;
				return rotate();
			};

			await pool.tokens.replace('a', accessToken);

			assert.deepEqual([noted, pool.vault.names], [['account/a', 'shown/a'], ['account/a']]);
		});

		it('shows no token while the vault refuses to write', async () => {
			const { accessToken } = await pool.tokens.access('a');
			pool.vault.failing = true;
			pool.issuer.onRefresh = rotate;

			await assert.rejects(pool.tokens.replace('a', accessToken), hasCode('vault_failed'));
			assert.deepEqual(pool.issuer.shown, []);
			pool.vault.failing = false;
			await pool.tokens.replace('a', accessToken);

			assert.deepEqual([pool.issuer.shown, state()], [['rt-a-1'], 'active']);
		});
	});

	describe('a token whose answer was lost', () => {
		beforeEach(async () => {
			await pool.tokens.access('a');
			pool.issuer.onRefresh = () => unanswered;
			await assert.rejects(pool.tokens.renew('a'), hasCode('upstream_failed'));
			pool.issuer.onRefresh = rotate;
		});

		it('is left alone while the access token works, also after a restart', async () => {
			await pool.clock.advance(57 * minute);
			const again = anotherWindow();

			for (const tokens of [pool.tokens, again.tokens]) {
				await tokens.renew('a');
				await tokens.access('a');
				await tokens.settled();
			}

			assert.deepEqual([pool.issuer.shown, state()], [['rt-a-1'], 'active']);
		});

		it('is shown again once the account would be lost otherwise, and saves it when the issuer forgives', async () => {
			await pool.clock.advance(61 * minute);

			await pool.tokens.access('a');

			assert.deepEqual([pool.issuer.shown, state()], [['rt-a-1', 'rt-a-1'], 'active']);
			assert.equal((await inVault())['refreshToken'], 'rt-a-3');
		});

		it('ends in a new sign-in that says why when it was spent after all', async () => {
			pool.issuer.onRefresh = () => reused;
			await pool.clock.advance(61 * minute);
			const rejected = assert.rejects(async () => pool.tokens.access('a'), hasCode('no_account'));
			await settle();

			await pool.clock.advance(5_000);
			await rejected;
			await assert.rejects(async () => pool.tokens.access('a'), hasCode('no_account'));

			assert.deepEqual(pool.issuer.shown, ['rt-a-1', 'rt-a-1']);
			assert.deepEqual([state(), pool.accounts.get('a').stateReason], ['needs_sign_in', 'refresh_reply_lost']);
		});
	});

	it('is as good as new when it provably never left', async () => {
		const { accessToken } = await pool.tokens.access('a');
		pool.issuer.onRefresh = () => unsent;
		await assert.rejects(pool.tokens.renew('a'), hasCode('upstream_failed'));
		pool.issuer.onRefresh = rotate;
		await pool.clock.advance(minute);

		const renewed = await pool.tokens.renew('a');

		assert.notEqual(renewed.accessToken, accessToken);
		assert.deepEqual(pool.vault.names, ['account/a']);
	});

	it('asks a sign-in service that is down less and less often', async () => {
		await pool.clock.advance(61 * minute);
		pool.issuer.onRefresh = () => unanswered;
		const askedAt: number[] = [];
		const start = pool.clock.now();

		for (let second = 0; second < 120; second++) {
			const before = pool.issuer.shown.length;
			await assert.rejects(async () => pool.tokens.access('a'), hasCode('upstream_failed'));
			if (pool.issuer.shown.length > before) askedAt.push((pool.clock.now() - start) / 1000);
			await pool.clock.advance(1000);
		}

		assert.deepEqual(askedAt, [0, 5, 15, 35, 75]);
		assert.equal(state(), 'active');
	});

	describe('two windows', () => {
		it('finds the pair of a window that has rotated it before', async () => {
			const { accessToken } = await pool.tokens.access('a');
			const other = anotherWindow();
			await other.tokens.access('a');
			pool.issuer.onRefresh = rotate;
			const theirs = await other.tokens.replace('a', accessToken);

			const ours = await pool.tokens.replace('a', accessToken);

			assert.deepEqual([ours.accessToken, pool.issuer.shown], [theirs.accessToken, ['rt-a-1']]);
			assert.deepEqual([pool.accounts.get('a').generation, other.accounts.get('a').generation], [2, 2]);
		});

		it('waits for the window that is rotating it, and shows nothing', async () => {
			const { accessToken } = await pool.tokens.access('a');
			const answer = Promise.withResolvers<RefreshOutcome>();
			pool.issuer.onRefresh = () => answer.promise;
			const theirs = anotherWindow().tokens.replace('a', accessToken);
			await settle();
			const ours = pool.tokens.replace('a', accessToken);
			await pool.clock.advance(3_000);

			answer.resolve(rotate());
			await theirs;
			await pool.clock.advance(500);

			assert.equal((await ours).accessToken, (await theirs).accessToken);
			assert.deepEqual([pool.issuer.shown, state()], [['rt-a-1'], 'active']);
		});

		it('waits no longer than a refresh can last for a window that has crashed', async () => {
			const { accessToken } = await pool.tokens.access('a');
			pool.issuer.onRefresh = () => new Promise(() => undefined);
			void anotherWindow().tokens.replace('a', accessToken);
			await settle();
			pool.issuer.onRefresh = rotate;
			const ours = pool.tokens.replace('a', accessToken);
			await pool.clock.advance(11_000);
			assert.equal(pool.issuer.shown.length, 1);

			await pool.clock.advance(1_000);
			await ours;

			assert.deepEqual([pool.issuer.shown.length, state()], [2, 'active']);
		});

		it('adopts the pair of the window that was faster, also when that is still being written', async () => {
			const { accessToken } = await pool.tokens.access('a');
			const other = anotherWindow();
			await other.tokens.access('a');
			const written = Promise.withResolvers<undefined>();
			const write = pool.vault.write.bind(pool.vault);
			pool.vault.write = async (name, secret) => {
				if (name === 'account/a') await written.promise;
				await write(name, secret);
			};
			pool.issuer.onRefresh = () => (pool.issuer.shown.length === 1 ? rotate() : reused);

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
			pool.issuer.onRefresh = () => (pool.issuer.shown.length === 1 ? rotate() : reused);
			void pool.tokens.replace('a', accessToken);
			await settle();

			const after = anotherWindow();
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
			pool.issuer.onRefresh = rotate;
			const renewed = await pool.tokens.replace('a', accessToken);
			pool.store.saveAccount(before);

			const after = anotherWindow();
			const found = await after.tokens.access('a');
			await after.tokens.renew('a');

			assert.equal(found.accessToken, renewed.accessToken);
			assert.deepEqual([after.accounts.get('a').generation, (await inVault())['generation']], [3, 3]);
			assert.deepEqual(pool.issuer.shown, ['rt-a-1', 'rt-a-2']);
		});
	});

	it('saves before it closes what the vault has refused so far', async () => {
		const { accessToken } = await pool.tokens.access('a');
		pool.issuer.onRefresh = () => {
			pool.vault.failing = true;
			return rotate();
		};
		await assert.rejects(pool.tokens.replace('a', accessToken), hasCode('vault_failed'));
		pool.vault.failing = false;

		await pool.tokens.settled();

		assert.deepEqual([(await inVault())['refreshToken'], pool.accounts.get('a').generation], ['rt-a-2', 2]);
	});

	it('lets the sign-in of the user win over a refresh that runs', async () => {
		const { accessToken } = await pool.tokens.access('a');
		const answer = Promise.withResolvers<RefreshOutcome>();
		pool.issuer.onRefresh = () => answer.promise;
		const asked = pool.tokens.replace('a', accessToken);
		await settle();
		const brought = { accessToken: pool.jwt(), refreshToken: 'rt-brought', idToken: null };
		const stored = pool.tokens.store('a', 'workspace-a', brought);
		await settle();

		answer.resolve(rotate());
		await asked;

		assert.equal(await stored, 3);
		assert.equal((await inVault())['refreshToken'], 'rt-brought');
		assert.equal((await pool.tokens.access('a')).accessToken, brought.accessToken);
	});

	it('leaves no token behind when the account is removed while its new pair is written', async () => {
		const { accessToken } = await pool.tokens.access('a');
		const written = Promise.withResolvers<undefined>();
		const write = pool.vault.write.bind(pool.vault);
		pool.vault.write = async (name, secret) => {
			if (name === 'account/a') await written.promise;
			await write(name, secret);
		};
		pool.issuer.onRefresh = rotate;
		const rejected = assert.rejects(pool.tokens.replace('a', accessToken), hasCode('account_not_found'));
		await settle();
		pool.accounts.remove('a');
		await pool.tokens.forget('a');

		written.resolve(undefined);
		await rejected;

		assert.deepEqual(pool.vault.names, []);
	});

	describe('when the clock jumps', () => {
		it('does not refresh at every request because every token looks over', async () => {
			// The issuer's clock goes right, so what it gives is over by ours.
			pool.issuer.onRefresh = () => ({
				kind: 'rotated',
				tokens: { accessToken: pool.jwt(60 * minute - 6 * month), refreshToken: `rt-${pool.issuer.shown.length}` },
			});
			await pool.clock.advance(6 * month);

			for (let request = 0; request < 20; request++) await pool.tokens.access('a');
			assert.equal(pool.issuer.shown.length, 1);
			const { accessToken } = await pool.tokens.access('a');
			await pool.tokens.replace('a', accessToken);

			assert.deepEqual([pool.issuer.shown.length, state()], [2, 'active']);
		});

		it('renews as usual after it was set back', async () => {
			await pool.tokens.access('a');
			await pool.clock.advance(57 * minute);
			pool.issuer.onRefresh = () => unsent;
			await pool.tokens.access('a');
			await pool.tokens.settled();
			pool.clock.set(pool.clock.now() - minute);
			pool.issuer.onRefresh = rotate;

			await pool.tokens.access('a');
			await pool.tokens.settled();

			assert.equal((await inVault())['refreshToken'], 'rt-a-3');
		});
	});
});
