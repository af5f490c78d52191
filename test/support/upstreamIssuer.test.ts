import assert from 'node:assert/strict';
import { SettableClock } from './settableClock.js';
import type { SimulatedAccount } from './upstream/accounts.js';
import { challengeOf } from './upstream/authorizationCodes.js';
import { objectAt, textAt } from './upstream/json.js';
import { readClaims } from './upstream/jwt.js';
import { startUpstream, type Upstream } from './upstream/startUpstream.js';
import { send } from './upstream/turn.js';

const clientId = 'app_EMoamEEZ73f0CkXaXp7hrann';
const redirectUri = 'http://127.0.0.1:1455/auth/callback';
const verifier = 'v'.repeat(64);

describe('the simulated issuer', () => {
	const clock = new SettableClock();
	let upstream: Upstream;
	let alice: SimulatedAccount;

	beforeEach(async () => {
		upstream = await startUpstream({ clock });
		alice = upstream.addAccount({ email: 'alice@example.com', plan: 'pro' });
	});

	afterEach(() => upstream.close());

	const authorizeUrl = (overrides: Readonly<Record<string, string>> = {}) => {
		const query = new URLSearchParams({
			response_type: 'code',
			client_id: clientId,
			redirect_uri: redirectUri,
			code_challenge: challengeOf(verifier),
			code_challenge_method: 'S256',
			state: 'state-of-the-client',
			scope: 'openid profile email offline_access',
			...overrides,
		});
		return `${upstream.issuerUrl}/oauth/authorize?${query.toString()}`;
	};
	const exchangeCode = (code: string, overrides: Readonly<Record<string, string>> = {}) =>
		send(`${upstream.issuerUrl}/oauth/token`, {
			headers: { 'content-type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams({
				grant_type: 'authorization_code',
				client_id: clientId,
				code,
				redirect_uri: redirectUri,
				code_verifier: verifier,
				...overrides,
			}).toString(),
		});
	const refresh = async (refreshToken: string) => {
		const body = { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken };
		const answer = await send(`${upstream.issuerUrl}/oauth/token`, { body });
		const reply: unknown = JSON.parse(answer.text);
		return { status: answer.status, reply, code: textAt(objectAt(reply, 'error'), 'code') };
	};
	const usageStatus = async (bearer: string) => {
		const headers = { authorization: `Bearer ${bearer}`, 'chatgpt-account-id': alice.chatgptAccountId };
		return (await send(`${upstream.backendUrl}/wham/usage`, { headers })).status;
	};

	describe('browser sign-in', () => {
		it('shows its accounts, sends the browser back and gives tokens for the code', async () => {
			const page = await send(authorizeUrl());
			const back = await upstream.signIn(authorizeUrl(), alice);
			const answer = await exchangeCode(back.searchParams.get('code') ?? '');

			assert.match(page.text, /alice@example\.com/);
			assert.equal(`${back.origin}${back.pathname}`, redirectUri);
			assert.equal(back.searchParams.get('state'), 'state-of-the-client');
			const tokens: unknown = JSON.parse(answer.text);
			assert.equal(await usageStatus(textAt(tokens, 'access_token') ?? ''), 200);
			const claims = readClaims(textAt(tokens, 'id_token') ?? '');
			assert.equal(claims['email'], 'alice@example.com');
			assert.equal(claims['iss'], upstream.issuerUrl);
			const auth = objectAt(claims, 'https://api.openai.com/auth');
			assert.equal(auth['chatgpt_account_id'], alice.chatgptAccountId);
			assert.equal(auth['chatgpt_plan_type'], 'pro');
		});

		it('lets the user cancel', async () => {
			const back = await upstream.signIn(authorizeUrl(), 'deny');

			assert.equal(back.searchParams.get('error'), 'access_denied');
			assert.equal(back.searchParams.get('state'), 'state-of-the-client');
		});

		for (const [name, overrides] of [
			['another client', { client_id: 'app_other' }],
			['another port', { redirect_uri: 'http://127.0.0.1:2456/auth/callback' }],
			['another path', { redirect_uri: 'http://127.0.0.1:1455/callback' }],
			['another host', { redirect_uri: 'http://example.com:1455/auth/callback' }],
			['a plain challenge', { code_challenge_method: 'plain' }],
			['no challenge', { code_challenge: '' }],
			['no offline access', { scope: 'openid' }],
		] as const) {
			it(`refuses ${name}`, async () => {
				const page = await send(authorizeUrl(overrides));

				assert.equal(page.status, 400);
			});
		}

		it('gives tokens once, and only to whoever asked for the code', async () => {
			const code = async () => (await upstream.signIn(authorizeUrl(), alice)).searchParams.get('code') ?? '';
			const used = await code();
			await exchangeCode(used);

			const again = await exchangeCode(used);
			const stranger = await exchangeCode(await code(), { code_verifier: 'w'.repeat(64) });
			const elsewhere = await exchangeCode(await code(), { redirect_uri: redirectUri.replace('1455', '1457') });
			const late = await code();
			clock.time += 600_000;
			const expired = await exchangeCode(late);

			const statuses = [again, stranger, elsewhere, expired].map(answer => answer.status);
			assert.deepEqual(statuses, [400, 400, 400, 400]);
			assert.match(again.text, /invalid_grant/);
		});
	});

	describe('refresh', () => {
		it('rotates both tokens and refuses the old ones', async () => {
			const old = { access: alice.accessToken, refresh: alice.refreshToken };

			const first = await refresh(old.refresh);
			const second = await refresh(old.refresh);

			assert.equal(textAt(first.reply, 'refresh_token'), alice.refreshToken);
			assert.equal(await usageStatus(textAt(first.reply, 'access_token') ?? ''), 200);
			assert.equal(await usageStatus(old.access), 401);
			assert.deepEqual([second.status, second.code], [401, 'refresh_token_reused']);
		});

		it('forgives a reuse within the grace time with the same tokens', async () => {
			upstream.refreshReuseGraceMs = 60_000;
			const old = alice.refreshToken;

			const first = await refresh(old);
			const repeated = await refresh(old);
			clock.time += 60_000;
			const late = await refresh(old);

			assert.deepEqual(repeated.reply, first.reply);
			assert.equal(late.code, 'refresh_token_reused');
		});

		it('fails for good when it is told to, when revoked and when unknown', async () => {
			const bob = upstream.addAccount();
			const body = { token: bob.refreshToken, token_type_hint: 'refresh_token', client_id: clientId };
			alice.breakRefresh('refresh_token_expired');
			await send(`${upstream.issuerUrl}/oauth/revoke`, { body });

			const codes = [];
			for (const token of [alice.refreshToken, bob.refreshToken, 'rt_unknown']) codes.push((await refresh(token)).code);

			const invalidated = 'refresh_token_invalidated';
			assert.deepEqual(codes, ['refresh_token_expired', invalidated, invalidated]);
		});

		it('may answer with an access token alone', async () => {
			alice.refreshReply = 'access_only';
			const kept = alice.refreshToken;

			const first = await refresh(kept);
			const second = await refresh(kept);

			assert.deepEqual(Object.keys(objectAt({ reply: first.reply }, 'reply')), ['access_token']);
			assert.equal(second.status, 200);
		});

		it('can be made to fail for a while', async () => {
			upstream.script(
				{ kind: 'reply', status: 503, body: '<html>busy</html>' },
				{ path: '/oauth/token', account: alice },
			);
			const body = { grant_type: 'refresh_token', client_id: clientId, refresh_token: alice.refreshToken };

			const busy = await send(`${upstream.issuerUrl}/oauth/token`, { body });
			const later = await refresh(alice.refreshToken);

			assert.deepEqual([busy.status, busy.headers['content-type']], [503, 'text/html; charset=utf-8']);
			assert.equal(later.status, 200);
		});
	});

	describe('device sign-in', () => {
		const start = async () => {
			const url = `${upstream.issuerUrl}/api/accounts/deviceauth/usercode`;
			const answer = await send(url, { body: { client_id: clientId } });
			const reply: unknown = JSON.parse(answer.text);
			const poll = () =>
				send(`${upstream.issuerUrl}/api/accounts/deviceauth/token`, {
					body: { device_auth_id: textAt(reply, 'device_auth_id'), user_code: textAt(reply, 'user_code') },
				});
			return { userCode: textAt(reply, 'user_code') ?? '', poll };
		};

		it('waits until the code is typed in, then gives a code to exchange', async () => {
			const device = await start();

			const pending = await device.poll();
			assert.ok(upstream.approveDevice(device.userCode, alice));
			const approved = await device.poll();

			assert.equal(pending.status, 403);
			const reply: unknown = JSON.parse(approved.text);
			const tokens = await exchangeCode(textAt(reply, 'authorization_code') ?? '', {
				code_verifier: textAt(reply, 'code_verifier') ?? '',
				redirect_uri: `${upstream.issuerUrl}/deviceauth/callback`,
			});
			assert.equal(tokens.status, 200);
		});

		it('expires after a quarter of an hour', async () => {
			const device = await start();
			clock.time += 900_000;

			assert.equal(upstream.approveDevice(device.userCode, alice), false);
			assert.equal((await device.poll()).status, 400);
		});
	});

	it('writes an account file whose tokens work', async () => {
		const { tokens } = alice.authFile();

		assert.equal(tokens.account_id, alice.chatgptAccountId);
		assert.equal(await usageStatus(tokens.access_token), 200);
		assert.equal((await refresh(tokens.refresh_token)).status, 200);
	});
});
