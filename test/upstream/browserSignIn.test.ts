import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { PoolError } from '../../src/shared/poolError.js';
import { assertHidesTokens, SignInFixture, startOnCodexPorts } from './signInFixture.js';
import { listenLocally, portOf } from './localServer.js';

describe('OpenAiIssuer browser sign-in', () => {
	let fixture: SignInFixture;

	beforeEach(async () => {
		fixture = await SignInFixture.open();
	});

	afterEach(() => fixture.close());

	/** A sign-in that the user has confirmed, before the browser comes back; another one keeps the port open. */
	const confirmed = async () => {
		const { upstream, account, accept } = fixture;
		const issuer = fixture.issuer();
		const signIn = await startOnCodexPorts(issuer, accept);
		await issuer.startSignIn('browser', accept);
		return { signIn, callback: await upstream.signIn(signIn.url, account) };
	};

	it('hands over the tokens, shows what became of them, and shows none of them', async () => {
		const { upstream, accepted, accept } = fixture;
		const account = upstream.addAccount();
		const signIn = await startOnCodexPorts(fixture.issuer(), accept);

		const page = await fetch(await upstream.signIn(signIn.url, account));
		const shown = page.url + (await page.text());
		await signIn.result;

		assert.equal(page.status, 200);
		assert.match(shown, /Signed in[\s\S]*Account 1 is in the pool\. You can close this tab/);
		assert.deepEqual(accepted, [account.tokens]);
		assert.equal(signIn.userCode, null);
		assertHidesTokens(shown + signIn.url, account);
	});

	it('asks for what Codex asks for, under our own name', async () => {
		const signIn = await fixture.issuer({ callbackPorts: [0] }).startSignIn('browser', fixture.accept);

		const url = new URL(signIn.url);
		const { state, redirect_uri, code_challenge, ...rest } = Object.fromEntries(url.searchParams);

		assert.equal(url.origin + url.pathname, `${fixture.upstream.issuerUrl}/oauth/authorize`);
		assert.match(redirect_uri ?? '', /^http:\/\/127\.0\.0\.1:\d+\/auth\/callback$/);
		assert.match(state ?? '', /^[\w-]{43}$/);
		assert.match(code_challenge ?? '', /^[\w-]{43}$/);
		assert.deepEqual(rest, {
			response_type: 'code',
			client_id: 'app_EMoamEEZ73f0CkXaXp7hrann',
			code_challenge_method: 'S256',
			scope: 'openid profile email offline_access api.connectors.read api.connectors.invoke',
			id_token_add_organizations: 'true',
			codex_cli_simplified_flow: 'true',
			originator: 'codex_account_pool',
		});
	});

	it('serves several sign-ins at once, in any order', async () => {
		const { upstream, accepted, accept } = fixture;
		const [alice, bob] = [upstream.addAccount(), upstream.addAccount()];
		const issuer = fixture.issuer();
		const first = await startOnCodexPorts(issuer, accept);
		const second = await issuer.startSignIn('browser', accept);

		await fetch(await upstream.signIn(second.url, bob));
		await fetch(await upstream.signIn(first.url, alice));
		await Promise.all([first.result, second.result]);

		assert.deepEqual(accepted, [bob.tokens, alice.tokens]);
	});

	it('survives a forged return and refuses a replayed one', async () => {
		const { signIn, callback } = await confirmed();
		const forged = new URL(callback);
		forged.searchParams.set('state', 'forged');

		const statuses = [(await fetch(forged)).status, (await fetch(callback)).status, (await fetch(callback)).status];
		await signIn.result;

		assert.deepEqual(statuses, [400, 200, 400]);
		assert.deepEqual(fixture.accepted, [fixture.account.tokens]);
	});

	it('gets nothing for the code of another sign-in: only its own verifier fits', async () => {
		const { upstream, accepted, accept } = fixture;
		const [own, stranger] = [upstream.addAccount(), upstream.addAccount()];
		const issuer = fixture.issuer();
		const signIn = await startOnCodexPorts(issuer, accept);
		const other = await issuer.startSignIn('browser', accept);
		const injected = await upstream.signIn(signIn.url, own);
		const foreign = await upstream.signIn(other.url, stranger);
		injected.searchParams.set('code', foreign.searchParams.get('code') ?? '');

		const page = await fetch(injected);

		assert.equal(page.status, 400);
		await assert.rejects(signIn.result, { code: 'sign_in_failed', message: /invalid_grant/ });
		assert.deepEqual(accepted, []);
	});

	it('changes nothing when a return comes after the sign-in was cancelled', async () => {
		const { signIn, callback } = await confirmed();
		signIn.cancel();
		await assert.rejects(signIn.result);

		const page = await fetch(callback);

		assert.equal(page.status, 400);
		assert.match(await page.text(), /Start again in the editor/);
		assert.equal(fixture.count('/oauth/token'), 0);
		assert.deepEqual(fixture.accepted, []);
	});

	it('can be finished by pasting where the browser ended, and then listens no more', async () => {
		const { upstream, accepted, accept } = fixture;
		const account = upstream.addAccount();
		const signIn = await startOnCodexPorts(fixture.issuer(), accept);
		const callback = await upstream.signIn(signIn.url, account);

		await signIn.finish(callback.href);
		await signIn.result;

		assert.deepEqual(accepted, [account.tokens]);
		await assert.rejects(fetch(callback), (thrown: Error) => /ECONNREFUSED/.test(String(thrown.cause)));
	});

	it('fails with a plain sentence when the user declines', async () => {
		const { upstream, accepted, accept } = fixture;
		const signIn = await startOnCodexPorts(fixture.issuer(), accept);

		const page = await fetch(await upstream.signIn(signIn.url, 'deny'));

		assert.equal(page.status, 400);
		assert.match(await page.text(), /declined in the browser/);
		await assert.rejects(signIn.result, {
			code: 'sign_in_failed',
			message: 'The sign-in was declined in the browser.',
		});
		assert.deepEqual(accepted, []);
	});

	it('shows the sentence of whoever refuses the account, and a neutral one for an accident', async () => {
		const { upstream } = fixture;
		const account = upstream.addAccount();
		const issuer = fixture.issuer();
		const refused = await startOnCodexPorts(issuer, () => {
			throw new PoolError('sign_in_failed', 'You signed in as <somebody else>.');
		});
		const broken = await issuer.startSignIn('browser', tokens => Promise.reject(new Error(tokens.accessToken)));

		const refusedPage = await (await fetch(await upstream.signIn(refused.url, account))).text();
		const brokenPage = await fetch(await upstream.signIn(broken.url, account));
		const brokenText = await brokenPage.text();

		assert.match(refusedPage, /Not signed in[\s\S]*You signed in as &#60;somebody else&#62;\./);
		await assert.rejects(refused.result, { code: 'sign_in_failed', message: 'You signed in as <somebody else>.' });
		assert.equal(brokenPage.status, 400);
		assert.match(brokenText, /the account could not be added/);
		assertHidesTokens(brokenText, account);
		await assert.rejects(broken.result, { code: 'sign_in_failed', message: /the account could not be added/ });
	});

	const brokenExchanges = {
		'refuses the code': {
			fault: { kind: 'reply', status: 400, body: { error: 'invalid_grant' } },
			says: /invalid_grant/,
		},
		'answers with a page': {
			fault: { kind: 'reply', status: 502, body: '<html>Bad gateway</html>' },
			says: /HTTP 502/,
		},
		'answers with half of its tokens': {
			fault: { kind: 'reply', status: 200, body: '{"access_token":"a","refresh' },
			says: /HTTP 200/,
		},
		'leaves the refresh token out': {
			fault: { kind: 'reply', status: 200, body: { access_token: 'a' } },
			says: /HTTP 200/,
		},
		'breaks the connection': { fault: { kind: 'refuse' }, says: /could not be reached.*ECONNRESET/ },
		'never answers': {
			fault: { kind: 'slow', wait: new Promise(() => undefined) },
			says: /could not be reached.*REPLY_TIMEOUT/,
		},
	} as const;
	for (const [what, { fault, says }] of Object.entries(brokenExchanges)) {
		it(`says so when the issuer ${what}`, async () => {
			const { upstream, accepted, accept } = fixture;
			const account = upstream.addAccount();
			upstream.script(fault, { path: '/oauth/token' });
			const signIn = await startOnCodexPorts(fixture.issuer({ signInTimeoutMs: 500 }), accept);

			const page = await fetch(await upstream.signIn(signIn.url, account));

			assert.equal(page.status, 400);
			assert.match(await page.text(), says);
			await assert.rejects(signIn.result, { code: 'sign_in_failed', message: says });
			assert.deepEqual(accepted, []);
		});
	}

	it('ends when it is cancelled, even while the issuer is still thinking', async () => {
		const { upstream, accepted, accept } = fixture;
		const account = upstream.addAccount();
		upstream.script({ kind: 'slow', wait: new Promise(() => undefined) }, { path: '/oauth/token' });
		const signIn = await startOnCodexPorts(fixture.issuer(), accept);
		const page = fetch(await upstream.signIn(signIn.url, account));
		await upstream.waitForRequest(request => request.path === '/oauth/token');

		signIn.cancel();

		await assert.rejects(signIn.result, { code: 'sign_in_failed', message: 'The sign-in was cancelled.' });
		assert.match(await (await page).text(), /The sign-in was cancelled\./);
		assert.deepEqual(accepted, []);
	});

	it('ends by itself when nobody comes back within 15 minutes', async () => {
		const startedAt = fixture.clock.now();
		const signIn = await fixture.issuer({ callbackPorts: [0] }).startSignIn('browser', fixture.accept);

		await fixture.clock.advance(15 * 60_000);

		assert.equal(signIn.expiresAt, startedAt + 15 * 60_000);
		await assert.rejects(signIn.result, { code: 'sign_in_failed', message: /Nobody finished/ });
	});

	it('leaves nothing waiting when the ports are busy', async () => {
		const busy = createServer();
		const { close } = await listenLocally(busy);
		const issuer = fixture.issuer({ callbackPorts: [portOf(busy)] });

		await assert.rejects(issuer.startSignIn('browser', fixture.accept), { code: 'sign_in_port_busy' });
		await close();

		assert.equal(fixture.clock.waiting, 0);
	});
});
