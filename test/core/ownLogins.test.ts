import assert from 'node:assert/strict';
import { readIdentity } from '../../src/core/accounts/identity.js';
import { OwnLogins } from '../../src/core/accounts/ownLogins.js';
import type { LoginProof } from '../../src/core/issuerPort.js';
import type { AccountRow } from '../../src/core/storePort.js';
import { PoolError } from '../../src/shared/poolError.js';
import { FakeClock } from '../support/fakeClock.js';
import { makeJwt } from '../support/upstream/jwt.js';

const hour = 3_600_000;

describe('OwnLogins', () => {
	const clock = new FakeClock();
	let inPool: Set<string>;
	let verified: string[];
	let answer: () => Promise<LoginProof>;
	let logins: OwnLogins;

	beforeEach(() => {
		inPool = new Set();
		verified = [];
		answer = () => Promise.resolve({ kind: 'proven', expiresAt: clock.now() + hour });
		logins = new OwnLogins(
			{ find: id => (inPool.has(id) ? ({ id } as AccountRow) : undefined) },
			{
				verify: token => {
					verified.push(token);
					return answer();
				},
			},
			clock,
		);
	});

	/** A token of the workspace of a user. */
	const token = (workspace = 'workspace', jti = 0): string =>
		makeJwt({ jti, 'https://api.openai.com/auth': { chatgpt_user_id: 'user', chatgpt_account_id: workspace } });
	const addAccountOf = (accessToken: string): void =>
		void inPool.add(readIdentity({ accessToken, idToken: null }).accountId);

	it('lets the login of an account of the pool in, and proves it only once', async () => {
		addAccountOf(token());

		assert.deepEqual([await logins.admit(token()), await logins.admit(token())], ['login', 'login']);
		assert.equal(verified.length, 1);
	});

	it('refuses a login whose account is not in the pool, another workspace of the same user included', async () => {
		addAccountOf(token('workspace'));

		await assert.rejects(logins.admit(token('other')), { code: 'login_rejected', message: /not in the pool/ });
	});

	it('forgets nothing and trusts nothing: an account that leaves the pool takes its remembered login along', async () => {
		addAccountOf(token());
		await logins.admit(token());

		inPool.clear();
		await assert.rejects(logins.admit(token()), { code: 'login_rejected', message: /not in the pool/ });
		addAccountOf(token());
		assert.equal(await logins.admit(token()), 'login');
		assert.equal(verified.length, 1);
	});

	it('refuses a remembered login once it has expired', async () => {
		addAccountOf(token());
		await logins.admit(token());
		await clock.advance(hour);
		answer = () => Promise.resolve({ kind: 'expired' });

		await assert.rejects(logins.admit(token()), { code: 'login_expired', status: 401 });
		await assert.rejects(logins.admit(token()), { code: 'login_expired', status: 401 });
	});

	it('refuses what cannot be proven, whatever it says of itself', async () => {
		addAccountOf(token());
		answer = () => Promise.resolve({ kind: 'refused' });

		await assert.rejects(logins.admit(token()), { code: 'login_rejected', message: /Configure Codex/ });
	});

	it('refuses a proven login that does not say whose it is', async () => {
		await assert.rejects(logins.admit(makeJwt({ sub: 'user' })), { code: 'login_rejected' });
	});

	it('passes on that the issuer cannot be asked, and asks again the next time', async () => {
		addAccountOf(token());
		answer = () => Promise.reject(new PoolError('issuer_unreachable', 'Nobody answers'));
		await assert.rejects(logins.admit(token()), { code: 'issuer_unreachable' });
		answer = () => Promise.resolve({ kind: 'proven', expiresAt: clock.now() + hour });

		assert.equal(await logins.admit(token()), 'login');
	});

	it('remembers a bounded number of logins, the newest', async () => {
		addAccountOf(token());
		for (let jti = 0; jti <= 1000; jti++) await logins.admit(token('workspace', jti));
		verified.length = 0;

		await logins.admit(token('workspace', 1000));
		assert.deepEqual(verified, []);
		await logins.admit(token('workspace', 0));
		assert.deepEqual(verified, [token('workspace', 0)]);
	});
});
