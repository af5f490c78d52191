import assert from 'node:assert/strict';
import type { RefreshOutcome } from '../../src/core/issuerPort.js';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import { hasCode } from '../support/hasCode.js';

const minute = 60_000;
const month = 30 * 24 * 60 * minute;
const unanswered: RefreshOutcome = { kind: 'transient', code: 'REPLY_TIMEOUT', sent: true };
const unsent: RefreshOutcome = { kind: 'transient', code: 'ECONNREFUSED', sent: false };
const reused: RefreshOutcome = { kind: 'permanent', code: 'refresh_token_reused' };

describe('TokenRefresh', () => {
	let pool: CorePool;

	beforeEach(async () => {
		pool = await CorePool.of('a');
	});

	const state = () => pool.accounts.get('a').state;

	describe('before a token is spent', () => {
		it('notes in the vault that it is shown, and forgets the note with the answer', async () => {
			const { accessToken } = await pool.tokens.access('a');
			let noted: string[] = [];
			pool.issuer.onRefresh = () => {
				noted = pool.vault.names;
				return pool.rotate();
			};

			await pool.tokens.replace('a', accessToken);

			assert.deepEqual([noted, pool.vault.names], [['account/a', 'shown/a'], ['account/a']]);
		});

		it('shows no token while the vault refuses to write', async () => {
			const { accessToken } = await pool.tokens.access('a');
			pool.vault.failing = true;
			pool.issuer.onRefresh = pool.rotate;

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
			pool.issuer.onRefresh = pool.rotate;
		});

		it('is left alone while the access token works, also after a restart', async () => {
			await pool.clock.advance(57 * minute);
			const again = pool.anotherWindow();

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
			assert.equal((await pool.inVault())['refreshToken'], 'rt-a-3');
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
		pool.issuer.onRefresh = pool.rotate;
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

	it('saves before it closes what the vault has refused so far', async () => {
		const { accessToken } = await pool.tokens.access('a');
		pool.issuer.onRefresh = () => {
			pool.vault.failing = true;
			return pool.rotate();
		};
		await assert.rejects(pool.tokens.replace('a', accessToken), hasCode('vault_failed'));
		pool.vault.failing = false;

		await pool.tokens.settled();

		assert.deepEqual([(await pool.inVault())['refreshToken'], pool.accounts.get('a').generation], ['rt-a-2', 2]);
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

		answer.resolve(pool.rotate());
		await asked;

		assert.equal(await stored, 3);
		assert.equal((await pool.inVault())['refreshToken'], 'rt-brought');
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
		pool.issuer.onRefresh = pool.rotate;
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
			pool.issuer.onRefresh = pool.rotate;

			await pool.tokens.access('a');
			await pool.tokens.settled();

			assert.equal((await pool.inVault())['refreshToken'], 'rt-a-3');
		});
	});
});
