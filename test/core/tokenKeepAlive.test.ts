import assert from 'node:assert/strict';
import { TokenKeepAlive } from '../../src/core/tokens/tokenKeepAlive.js';
import { CorePool } from '../support/corePool.js';

const hour = 3_600_000;
const day = 24 * hour;

describe('TokenKeepAlive', () => {
	let pool: CorePool;
	let keepAlive: TokenKeepAlive;

	beforeEach(async () => {
		pool = await CorePool.of('a', 'b', 'c');
		for (const id of ['a', 'b', 'c']) pool.accounts.change(id, { refreshedAt: pool.clock.now() });
		pool.issuer.onRefresh = refreshToken => ({
			kind: 'rotated',
			tokens: { accessToken: pool.jwt(10 * day), refreshToken: `${refreshToken}+` },
		});
		keepAlive = new TokenKeepAlive(pool.accounts, pool.tokens, pool.clock, pool.log, () => 0.5);
	});

	afterEach(() => keepAlive.stop());

	it('leaves young tokens alone', async () => {
		keepAlive.start();

		await pool.clock.advance(4 * day);

		assert.deepEqual(pool.issuer.shown, []);
	});

	it('renews aged tokens one account at a time, paused ones too', async () => {
		pool.accounts.change('b', { state: 'paused', refreshedAt: 0 });
		await pool.clock.advance(6 * day);

		await keepAlive.renewOldest();
		assert.deepEqual(pool.issuer.shown, ['rt-b-1']);
		await keepAlive.renewOldest();
		await keepAlive.renewOldest();
		await keepAlive.renewOldest();

		assert.deepEqual([...pool.issuer.shown].sort(), ['rt-a-1', 'rt-b-1', 'rt-c-1']);
		assert.equal(pool.accounts.get('b').state, 'paused');
	});

	it('does not touch accounts that no renewal can help', async () => {
		for (const id of ['a', 'b']) pool.accounts.change(id, { state: id === 'a' ? 'needs_sign_in' : 'disabled' });
		await pool.clock.advance(6 * day);

		await keepAlive.renewOldest();
		await keepAlive.renewOldest();

		assert.deepEqual(pool.issuer.shown, ['rt-c-1']);
	});

	it('tells a closed account from one that needs a new sign-in', async () => {
		await pool.clock.advance(6 * day);
		pool.issuer.onRefresh = refreshToken => ({
			kind: 'permanent',
			code: refreshToken.startsWith('rt-a') ? 'account_deactivated' : 'refresh_token_expired',
		});

		for (let round = 0; round < 3; round++) await keepAlive.renewOldest();

		assert.deepEqual(
			['a', 'b', 'c'].map(id => pool.accounts.get(id).state),
			['disabled', 'needs_sign_in', 'needs_sign_in'],
		);
	});

	it('goes on after a failure, and stops when told', async () => {
		await pool.clock.advance(6 * day);
		pool.issuer.onRefresh = () => ({ kind: 'transient', code: 'http_500', sent: true });
		keepAlive.start();

		await pool.clock.advance(hour);
		const tries = pool.issuer.shown.length;
		assert.ok(tries >= 2 && tries <= 4, `${tries} tries in an hour`);
		keepAlive.stop();
		await pool.clock.advance(day);

		assert.equal(pool.issuer.shown.length, tries);
	});

	it('lets the others have their turn when one cannot be renewed', async () => {
		await pool.clock.advance(6 * day);
		pool.issuer.onRefresh = refreshToken =>
			refreshToken.startsWith('rt-a')
				? { kind: 'transient', code: 'http_500', sent: true }
				: { kind: 'rotated', tokens: { accessToken: pool.jwt(10 * day), refreshToken: `${refreshToken}+` } };

		for (let round = 0; round < 4; round++) {
			await keepAlive.renewOldest();
			await pool.clock.advance(hour);
		}

		assert.deepEqual(pool.issuer.shown, ['rt-a-1', 'rt-b-1', 'rt-c-1', 'rt-a-1']);
	});

	describe('when the clock jumps', () => {
		it('renews each account once after months, and not all at a time', async () => {
			keepAlive.start();
			pool.clock.set(pool.clock.now() + 180 * day);

			await pool.clock.advance(hour / 2);
			const soon = pool.issuer.shown.length;
			await pool.clock.advance(4 * hour);

			assert.ok(soon <= 2, `${soon} at once`);
			assert.equal(pool.issuer.shown.length, 3);
		});

		it('does not wait months because a token was renewed in the future', async () => {
			for (const id of ['a', 'b', 'c']) pool.accounts.change(id, { refreshedAt: pool.clock.now() + 180 * day });

			for (let round = 0; round < 4; round++) await keepAlive.renewOldest();

			assert.equal(pool.issuer.shown.length, 3);
			assert.ok(pool.accounts.rows().every(({ refreshedAt }) => refreshedAt === pool.clock.now()));
		});
	});
});
