import assert from 'node:assert/strict';
import { expiryOf, readIdentity } from '../../src/core/accounts/identity.js';
import { PoolError } from '../../src/shared/poolError.js';
import { makeJwt } from '../support/upstream/jwt.js';

const auth = 'https://api.openai.com/auth';
const access = (claims: Record<string, unknown>): string => makeJwt({ sub: 'auth0|1', ...claims });
const claims = { chatgpt_account_id: 'workspace-1', chatgpt_user_id: 'user-1', chatgpt_plan_type: 'plus' };

describe('readIdentity', () => {
	it('reads who an account is', () => {
		const accessToken = access({ [auth]: claims, 'https://api.openai.com/profile': { email: 'a@example.com' } });
		const identity = readIdentity({ accessToken, idToken: null });
		assert.match(identity.accountId, /^acc_[0-9a-f]{16}$/);
		assert.deepEqual(
			{ ...identity, accountId: '' },
			{ accountId: '', userId: 'user-1', chatgptAccountId: 'workspace-1', email: 'a@example.com', plan: 'plus' },
		);
	});

	it('tells two workspaces of one user apart, and two users of one workspace', () => {
		const idOf = (user: string, workspace: string): string =>
			readIdentity({
				accessToken: access({ [auth]: { chatgpt_user_id: user, chatgpt_account_id: workspace } }),
				idToken: null,
			}).accountId;
		const ids = [idOf('u1', 'w1'), idOf('u1', 'w2'), idOf('u2', 'w1'), idOf('u2', 'w2')];
		assert.equal(new Set(ids).size, 4);
		assert.equal(idOf('u1', 'w1'), ids[0]);
	});

	it('lets the file say which workspace it was made for', () => {
		const accessToken = access({ [auth]: claims });
		assert.equal(readIdentity({ accessToken, idToken: null }, 'workspace-2').chatgptAccountId, 'workspace-2');
	});

	it('takes from the id token what the access token does not say', () => {
		const idToken = makeJwt({ email: 'b@example.com', [auth]: claims });
		const identity = readIdentity({ accessToken: access({}), idToken });
		assert.deepEqual([identity.email, identity.userId, identity.plan], ['b@example.com', 'user-1', 'plus']);
	});

	it('takes no more of an e-mail and a plan than a line of words', () => {
		const identity = readIdentity({
			accessToken: access({
				[auth]: { ...claims, chatgpt_plan_type: 'p'.repeat(100) },
				email: `a\u001b[2J\n\u202e@example.com${'m'.repeat(400)}`,
			}),
			idToken: null,
		});

		assert.equal(identity.plan, 'p'.repeat(64));
		assert.match(identity.email ?? '', /^a \[2J @example\.comm+$/);
		assert.equal(identity.email?.length, 320);
	});

	it('refuses with a sentence what says nothing, or is no token', () => {
		for (const accessToken of [
			makeJwt({}),
			access({ [auth]: {} }),
			'opaque',
			'a.b.c',
			'',
			makeJwt({ [auth]: 'text' }),
			access({ [auth]: { ...claims, chatgpt_account_id: 'workspace\r\nx-evil: 1' } }),
		]) {
			assert.throws(
				() => readIdentity({ accessToken, idToken: null }),
				(error: unknown) =>
					error instanceof PoolError && error.code === 'invalid_account_file' && error.message.endsWith('.'),
			);
		}
	});
});

describe('expiryOf', () => {
	it('reads the expiry in milliseconds', () =>
		assert.equal(expiryOf(makeJwt({ exp: 1_800_000_000 })), 1_800_000_000_000));

	it('does not know the expiry of an opaque token or one that does not say', () => {
		assert.deepEqual(
			[expiryOf('opaque'), expiryOf(makeJwt({})), expiryOf(''), expiryOf(makeJwt({ exp: 'soon' }))],
			[null, null, null, null],
		);
	});
});
