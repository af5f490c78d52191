import assert from 'node:assert/strict';
import { htmlReply, type Fault } from '../support/upstream/faults.js';
import { SignInFixture } from './signInFixture.js';

describe('OpenAiIssuer revocation', () => {
	let fixture: SignInFixture;

	beforeEach(async () => {
		fixture = await SignInFixture.open();
	});

	afterEach(() => fixture.close());

	it('ends the sign-in at the issuer, as Codex does', async () => {
		const account = fixture.upstream.addAccount();
		const refreshToken = account.tokens?.refreshToken ?? '';
		const issuer = fixture.issuer();

		const isRevoked = await issuer.revoke(refreshToken);
		const refresh = await issuer.refresh(refreshToken);

		assert.equal(isRevoked, true);
		assert.deepEqual(refresh, { kind: 'permanent', code: 'refresh_token_invalidated' });
		const sent = fixture.upstream.requests[0];
		assert.equal(sent?.path, '/oauth/revoke');
		assert.equal(sent.header('originator'), 'codex_account_pool');
		assert.equal(sent.header('content-type'), 'application/json');
		assert.deepEqual(sent.body, {
			token: refreshToken,
			token_type_hint: 'refresh_token',
			client_id: 'app_EMoamEEZ73f0CkXaXp7hrann',
		});
	});

	const unconfirmed: Record<string, Fault> = {
		refuses: { kind: 'reply', status: 400, body: { error: 'invalid_request' } },
		redirects: { kind: 'reply', status: 302, headers: { location: '/elsewhere' } },
		fails: htmlReply(500, 'Internal Server Error'),
		'breaks the connection': { kind: 'refuse' },
		'never answers': { kind: 'slow', wait: new Promise(() => undefined) },
	};
	for (const [what, fault] of Object.entries(unconfirmed)) {
		it(`is not confirmed by an issuer that ${what}`, async () => {
			const account = fixture.upstream.addAccount();
			fixture.upstream.script(fault, { path: '/oauth/revoke' });

			const isRevoked = await fixture.issuer({ refreshTimeoutMs: 500 }).revoke(account.tokens?.refreshToken ?? '');

			assert.equal(isRevoked, false);
		});
	}

	it('is not confirmed once the issuer is closed', async () => {
		const issuer = fixture.issuer();
		await issuer.close();

		const isRevoked = await issuer.revoke('rt_1');

		assert.equal(isRevoked, false);
	});
});
