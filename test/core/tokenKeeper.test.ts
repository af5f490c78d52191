import assert from 'node:assert/strict';
import type { RefreshOutcome } from '../../src/core/issuerPort.js';
import type { AccountAccess } from '../../src/core/upstreamPort.js';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import { hasCode } from '../support/hasCode.js';

const minute = 60_000;

describe('TokenKeeper', () => {
	let pool: CorePool;

	beforeEach(async () => {
		pool = await CorePool.of('a');
	});

	const state = () => pool.accounts.get('a').state;

	it('gives a fresh token without asking anyone, at once from the second time on', async () => {
		const first = await pool.tokens.access('a');
		const second = pool.tokens.access('a');
		assert.equal(second, first);
		assert.deepEqual(
			[first.accountId, first.chatgptAccountId, first.accessToken, pool.issuer.shown],
			['a', 'workspace-a', (await pool.inVault())['accessToken'], []],
		);
	});

	it('refreshes once for 200 callers that meet an expired token', async () => {
		await pool.clock.advance(2 * 60 * minute);
		pool.issuer.onRefresh = pool.rotate;
		const all = await Promise.all(Array.from({ length: 200 }, async () => pool.tokens.access('a')));
		assert.equal(new Set(all.map(access => access.accessToken)).size, 1);
		assert.deepEqual(pool.issuer.shown, ['rt-a-1']);
	});

	it('renews a token that is about to expire, without making the request wait', async () => {
		const before = await pool.tokens.access('a');
		await pool.clock.advance(56 * minute);
		pool.issuer.onRefresh = pool.rotate;

		assert.equal(pool.tokens.access('a'), before);
		await pool.tokens.settled();
		const after = await pool.tokens.access('a');

		assert.notEqual(after.accessToken, before.accessToken);
		assert.deepEqual(pool.issuer.shown, ['rt-a-1']);
	});

	it('does not ask a sign-in service that is down at every request', async () => {
		await pool.tokens.access('a');
		await pool.clock.advance(56 * minute);
		pool.issuer.onRefresh = () => ({ kind: 'transient', code: 'ECONNREFUSED', sent: false });

		for (let request = 0; request < 10; request++) {
			await pool.tokens.access('a');
			await pool.tokens.settled();
		}
		assert.equal(pool.issuer.shown.length, 1);
		await pool.clock.advance(minute);
		await pool.tokens.access('a');
		await pool.tokens.settled();

		assert.equal(pool.issuer.shown.length, 2);
	});

	it('refreshes once for a storm of 401s, also for those that come late', async () => {
		const { accessToken } = await pool.tokens.access('a');
		const answer = Promise.withResolvers<RefreshOutcome>();
		pool.issuer.onRefresh = () => answer.promise;
		const early = Array.from({ length: 100 }, () => pool.tokens.replace('a', accessToken));
		await settle();
		answer.resolve(pool.rotate());
		const renewed = await Promise.all(early);
		const late = await Promise.all(Array.from({ length: 100 }, () => pool.tokens.replace('a', accessToken)));
		assert.equal(new Set([...renewed, ...late].map(access => access.accessToken)).size, 1);
		assert.notEqual(late[0]?.accessToken, accessToken);
		assert.deepEqual(pool.issuer.shown, ['rt-a-1']);
	});

	it('does not hand out the refused token when the 401 meets a load that is under way', async () => {
		const { accessToken } = await pool.inVault();
		pool.issuer.onRefresh = pool.rotate;
		const loading = pool.tokens.access('a');
		const replaced = await pool.tokens.replace('a', String(accessToken));
		assert.equal((await loading).accessToken, accessToken);
		assert.notEqual(replaced.accessToken, accessToken);
		assert.equal(pool.issuer.shown.length, 1);
	});

	it('writes the new pair to the vault before anybody gets it', async () => {
		const { accessToken } = await pool.tokens.access('a');
		const written = Promise.withResolvers<undefined>();
		const write = pool.vault.write.bind(pool.vault);
		pool.vault.write = async (name, secret) => {
			await written.promise;
			await write(name, secret);
		};
		pool.issuer.onRefresh = pool.rotate;
		let given: AccountAccess | undefined;
		const asked = pool.tokens.replace('a', accessToken).then(access => (given = access));
		await settle();
		assert.equal(given, undefined);
		written.resolve(undefined);
		const access = await asked;
		assert.deepEqual(
			[(await pool.inVault())['accessToken'], (await pool.inVault())['refreshToken']],
			[access.accessToken, 'rt-a-2'],
		);
		assert.deepEqual([(await pool.inVault())['generation'], pool.accounts.get('a').generation], [2, 2]);
	});

	it('does not use a token that the vault refused to keep, and does not lose it either', async () => {
		const { accessToken } = await pool.tokens.access('a');
		const write = pool.vault.write.bind(pool.vault);
		pool.vault.write = () => Promise.reject(new Error('The keyring is locked'));
		pool.issuer.onRefresh = pool.rotate;
		await assert.rejects(pool.tokens.replace('a', accessToken), hasCode('vault_failed'));
		assert.equal(pool.accounts.get('a').generation, 1);

		pool.vault.write = write;
		const access = await pool.tokens.replace('a', accessToken);
		assert.deepEqual(pool.issuer.shown, ['rt-a-1']);
		assert.deepEqual([(await pool.inVault())['accessToken'], state()], [access.accessToken, 'active']);
	});

	it('asks for a new sign-in when the provider has ended this one', async () => {
		const { accessToken } = await pool.tokens.access('a');
		pool.issuer.onRefresh = () => ({ kind: 'permanent', code: 'refresh_token_expired' });
		await assert.rejects(pool.tokens.replace('a', accessToken), hasCode('no_account'));
		assert.deepEqual([state(), pool.accounts.get('a').stateReason], ['needs_sign_in', 'refresh_token_expired']);
	});

	it('adopts the pair that another window has put into the vault in the meantime', async () => {
		const { accessToken } = await pool.tokens.access('a');
		const theirs = pool.jwt();
		pool.issuer.onRefresh = async () => {
			await pool.keep('a', { generation: 2, accessToken: theirs, refreshToken: 'rt-a-theirs' });
			return { kind: 'permanent', code: 'refresh_token_reused' };
		};
		const access = await pool.tokens.replace('a', accessToken);
		assert.deepEqual([access.accessToken, state()], [theirs, 'active']);
	});

	it('goes on with a token that still works when the refresh fails for a passing reason', async () => {
		const before = await pool.tokens.access('a');
		await pool.clock.advance(57 * minute);
		pool.issuer.onRefresh = () => ({ kind: 'transient', code: 'ECONNREFUSED', sent: false });
		assert.equal((await pool.tokens.access('a')).accessToken, before.accessToken);
		await pool.clock.advance(4 * minute);
		await assert.rejects(async () => pool.tokens.access('a'), hasCode('upstream_failed'));
		assert.equal(state(), 'active');
	});

	it('never refreshes with an entry that is older than the database knows, and takes the newer one once it is there', async () => {
		pool.accounts.change('a', { generation: 5 });
		const { accessToken } = await pool.tokens.access('a');
		pool.issuer.onRefresh = pool.rotate;
		const asked = pool.tokens.replace('a', accessToken);
		await settle();

		const newest = pool.jwt();
		await pool.keep('a', { generation: 5, accessToken: newest, refreshToken: 'rt-a-5' });
		await pool.clock.advance(500);

		assert.equal((await asked).accessToken, newest);
		assert.deepEqual([pool.issuer.shown, state()], [[], 'active']);
	});

	it('asks for a new sign-in when the newest tokens do not come back', async () => {
		pool.accounts.change('a', { generation: 5 });
		const { accessToken } = await pool.tokens.access('a');
		const asked = pool.tokens.replace('a', accessToken);
		const rejected = assert.rejects(asked, hasCode('no_account'));
		await settle();

		await pool.clock.advance(5_000);
		await rejected;

		assert.deepEqual([pool.issuer.shown, state()], [[], 'needs_sign_in']);
		assert.equal(pool.accounts.get('a').stateReason, 'tokens_outdated');
	});

	it('keeps what the issuer leaves out', async () => {
		const { accessToken } = await pool.tokens.access('a');
		pool.issuer.onRefresh = () => ({ kind: 'rotated', tokens: { accessToken: pool.jwt() } });
		await pool.tokens.replace('a', accessToken);
		assert.equal((await pool.inVault())['refreshToken'], 'rt-a-1');
	});

	it('asks for a new sign-in when the vault has lost the tokens or holds rubbish', async () => {
		for (const secret of [undefined, '', 'null', '{"generation":1}']) {
			const fresh = await CorePool.of('a');
			if (secret === undefined) await fresh.vault.forget('account/a');
			else await fresh.vault.write('account/a', secret);
			await assert.rejects(async () => fresh.tokens.access('a'), hasCode('no_account'));
			assert.deepEqual(
				[fresh.accounts.get('a').state, fresh.accounts.get('a').stateReason],
				['needs_sign_in', 'tokens_missing'],
			);
		}
	});

	it('leaves no token behind when an account is removed while its refresh runs', async () => {
		const { accessToken } = await pool.tokens.access('a');
		const answer = Promise.withResolvers<RefreshOutcome>();
		pool.issuer.onRefresh = () => answer.promise;
		const asked = pool.tokens.replace('a', accessToken);
		await settle();
		pool.accounts.remove('a');
		await pool.tokens.forget('a');
		answer.resolve(pool.rotate());
		await assert.rejects(asked, hasCode('account_not_found'));
		assert.deepEqual(pool.vault.names, []);
	});

	it('lets a refresh that runs come to its end before the pool closes', async () => {
		const { accessToken } = await pool.tokens.access('a');
		const answer = Promise.withResolvers<RefreshOutcome>();
		pool.issuer.onRefresh = () => answer.promise;
		void pool.tokens.replace('a', accessToken).catch(() => undefined);
		await settle();
		let isSettled = false;
		const settled = pool.tokens.settled().then(() => (isSettled = true));
		await settle();
		assert.equal(isSettled, false);
		answer.resolve(pool.rotate());
		await settled;
		assert.equal((await pool.inVault())['refreshToken'], 'rt-a-2');
	});

	it('renews the tokens that the user has brought with a generation of their own', async () => {
		await pool.tokens.access('a');
		const accessToken = pool.jwt();
		const generation = await pool.tokens.store('a', 'workspace-a', {
			accessToken,
			refreshToken: 'rt-new',
			idToken: null,
		});
		assert.equal(generation, 2);
		assert.equal((await pool.tokens.access('a')).accessToken, accessToken);
		assert.deepEqual([(await pool.inVault())['generation'], (await pool.inVault())['refreshToken']], [2, 'rt-new']);
	});

	it('leaves the account as it is when the vault cannot be read', async () => {
		pool.vault.read = () => Promise.reject(new Error('The keyring is locked'));

		await assert.rejects(async () => pool.tokens.access('a'), hasCode('vault_failed'));

		assert.equal(state(), 'active');
	});

	describe('asking with a token', () => {
		const refused = (body: unknown) => ({ status: 401, headers: {}, body });

		beforeEach(() => {
			pool.issuer.onRefresh = pool.rotate;
		});

		it('asks once more with a new one when it was refused', async () => {
			const shown: string[] = [];
			const reply = await pool.tokens.ask('a', ({ accessToken }) => {
				shown.push(accessToken);
				return Promise.resolve(shown.length === 1 ? refused({}) : { status: 200, headers: {}, body: {} });
			});

			assert.equal(reply.status, 200);
			assert.deepEqual([new Set(shown).size, pool.issuer.shown, state()], [2, ['rt-a-1'], 'active']);
		});

		const endings = {
			'asks for a new sign-in when the new one is refused as well': [{ error: {} }, 'needs_sign_in', 'token_refused'],
			'says that the provider has closed the account': [
				{ detail: 'Your account has been deactivated.' },
				'disabled',
				'account_deactivated',
			],
			'blames no account for a page on the way': [undefined, 'active', null],
		} as const;
		for (const [what, [body, ending, reason]] of Object.entries(endings)) {
			it(what, async () => {
				await pool.tokens.ask('a', () => Promise.resolve(refused(body)));

				assert.deepEqual([state(), pool.accounts.get('a').stateReason], [ending, reason]);
			});
		}
	});
});
