import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { BrowserSignIn } from '../../src/core/ports.js';
import { PoolError } from '../../src/shared/poolError.js';
import { OpenAiIssuer, type OpenAiIssuerOptions } from '../../src/upstream/openaiIssuer.js';
import { direct } from './upstreamFixture.js';
import { startUpstream, type Upstream } from '../support/upstream/startUpstream.js';

describe('OpenAiIssuer browser sign-in', () => {
	let upstream: Upstream;
	const issuers: OpenAiIssuer[] = [];

	beforeEach(async () => {
		upstream = await startUpstream();
	});

	afterEach(async () => {
		await Promise.all(issuers.splice(0).map(issuer => issuer.close()));
		await upstream.close();
	});

	function issuerWith(options: Partial<OpenAiIssuerOptions> = {}): OpenAiIssuer {
		const issuer = new OpenAiIssuer({
			url: new URL(upstream.issuerUrl),
			network: direct,
			version: '1.2.3',
			...options,
		});
		issuers.push(issuer);
		return issuer;
	}

	it('ends with the tokens of the account that signed in, and shows none of them', async () => {
		const account = upstream.addAccount();
		const signIn = await startOnCodexPorts(issuerWith());

		const callback = await upstream.signIn(signIn.url, account);
		const page = await fetch(callback);
		const shown = page.url + (await page.text());
		const tokens = await signIn.result;

		assert.equal(page.status, 200);
		assert.match(shown, /Signed in/);
		assert.deepEqual(tokens, account.tokens);
		const secrets = [tokens.accessToken, tokens.refreshToken, tokens.idToken];
		assert.ok(secrets.every(secret => secret !== '' && !shown.includes(secret)));
	});

	it('asks for what Codex asks for, under our own name', async () => {
		const signIn = await issuerWith({ callbackPorts: [0] }).startBrowserSignIn();

		const url = new URL(signIn.url);
		const { state, redirect_uri, code_challenge, ...rest } = Object.fromEntries(url.searchParams);

		assert.equal(url.origin + url.pathname, `${upstream.issuerUrl}/oauth/authorize`);
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
		const [alice, bob] = [upstream.addAccount(), upstream.addAccount()];
		const issuer = issuerWith();
		const first = await startOnCodexPorts(issuer);
		const second = await issuer.startBrowserSignIn();

		await fetch(await upstream.signIn(second.url, bob));
		await fetch(await upstream.signIn(first.url, alice));

		assert.deepEqual(await first.result, alice.tokens);
		assert.deepEqual(await second.result, bob.tokens);
	});

	it('survives a forged return and refuses a replayed one', async () => {
		const account = upstream.addAccount();
		const issuer = issuerWith();
		const signIn = await startOnCodexPorts(issuer);
		await issuer.startBrowserSignIn();
		const callback = await upstream.signIn(signIn.url, account);
		const forged = new URL(callback);
		forged.searchParams.set('state', 'forged');

		const statuses = [(await fetch(forged)).status, (await fetch(callback)).status, (await fetch(callback)).status];

		assert.deepEqual(statuses, [400, 200, 400]);
		assert.deepEqual(await signIn.result, account.tokens);
	});

	it('fails with a plain sentence when the user declines', async () => {
		const signIn = await startOnCodexPorts(issuerWith());

		const page = await fetch(await upstream.signIn(signIn.url, 'deny'));

		assert.equal(page.status, 400);
		assert.match(await page.text(), /declined in the browser/);
		await assert.rejects(signIn.result, {
			code: 'sign_in_failed',
			message: 'The sign-in was declined in the browser.',
		});
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
		'leaves the refresh token out': {
			fault: { kind: 'reply', status: 200, body: { access_token: 'a' } },
			says: /HTTP 200/,
		},
		'breaks the connection': { fault: { kind: 'refuse' }, says: /could not be reached.*ECONNRESET/ },
	} as const;
	for (const [what, { fault, says }] of Object.entries(brokenExchanges)) {
		it(`says so when the issuer ${what}`, async () => {
			const account = upstream.addAccount();
			upstream.script(fault, { path: '/oauth/token' });
			const signIn = await startOnCodexPorts(issuerWith());

			const page = await fetch(await upstream.signIn(signIn.url, account));

			assert.equal(page.status, 400);
			assert.match(await page.text(), says);
			await assert.rejects(signIn.result, { code: 'sign_in_failed', message: says });
		});
	}

	it('ends when it is cancelled, even while the issuer is still thinking', async () => {
		const account = upstream.addAccount();
		upstream.script({ kind: 'slow', wait: new Promise(() => undefined) }, { path: '/oauth/token' });
		const signIn = await startOnCodexPorts(issuerWith());
		const page = fetch(await upstream.signIn(signIn.url, account));
		await upstream.waitForRequest(request => request.path === '/oauth/token');

		signIn.cancel();

		await assert.rejects(signIn.result, { code: 'sign_in_failed', message: 'The sign-in was cancelled.' });
		assert.match(await (await page).text(), /The sign-in was cancelled\./);
	});

	it('ends by itself when nobody comes back, and with the issuer', async () => {
		const late = await issuerWith({ callbackPorts: [0], signInTimeoutMs: 10 }).startBrowserSignIn();
		const closing = issuerWith({ callbackPorts: [0] });
		const open = await closing.startBrowserSignIn();

		await closing.close();

		await assert.rejects(late.result, { code: 'sign_in_failed', message: /Nobody finished/ });
		await assert.rejects(open.result, { code: 'sign_in_failed', message: /cancelled/ });
	});
});

/** Other tests on this machine may hold the two ports for a moment: waits until one of them lets go. */
async function startOnCodexPorts(issuer: OpenAiIssuer): Promise<BrowserSignIn> {
	for (;;) {
		try {
			return await issuer.startBrowserSignIn();
		} catch (thrown) {
			if (!(thrown instanceof PoolError) || thrown.code !== 'sign_in_port_busy') throw thrown;
			const holder = connect(1455, '127.0.0.1').on('error', () => undefined);
			await once(holder.resume(), 'close');
		}
	}
}
