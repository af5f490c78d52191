import assert from 'node:assert/strict';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { RefreshOutcome } from '../../src/core/issuerPort.js';
import { OpenAiIssuer, type OpenAiIssuerOptions } from '../../src/upstream/openaiIssuer.js';
import { FakeClock } from '../support/fakeClock.js';
import { direct } from './upstreamFixture.js';
import { startUpstream } from '../support/upstream/startUpstream.js';
import { freePort, startLocalServer } from './localServer.js';

interface Reply {
	readonly status: number;
	readonly body: unknown;
	readonly headers?: Readonly<Record<string, string>>;
}

describe('OpenAiIssuer refresh', () => {
	const closers: (() => Promise<void>)[] = [];

	afterEach(async () => {
		await Promise.all(closers.splice(0).map(close => close()));
	});

	function issuerAt(url: URL, options: Partial<OpenAiIssuerOptions> = {}): OpenAiIssuer {
		const issuer = new OpenAiIssuer({ url, network: direct, version: '1.2.3', clock: new FakeClock(), ...options });
		closers.push(() => issuer.close());
		return issuer;
	}

	async function serve(listener: RequestListener): Promise<URL> {
		const { url, close } = await startLocalServer(listener);
		closers.push(close);
		return url;
	}

	async function refreshAgainst(reply: Reply): Promise<RefreshOutcome> {
		const url = await serve((_incoming, response) => {
			const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
			response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(text);
		});
		return issuerAt(url).refresh('rt_old');
	}

	it('sends what Codex sends, under our own name, on a connection of its own', async () => {
		let seen: unknown;
		const respond = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
			const body: unknown = JSON.parse(Buffer.concat((await incoming.toArray()) as Buffer[]).toString());
			const { originator, connection } = incoming.headers;
			seen = [incoming.method, incoming.url, incoming.headers['content-type'], originator, connection, body];
			response.end('{}');
		};
		const url = await serve((incoming, response) => void respond(incoming, response));

		await issuerAt(url).refresh('rt_old');

		assert.deepEqual(seen, [
			'POST',
			'/oauth/token',
			'application/json',
			'codex_account_pool',
			'close',
			{ client_id: 'app_EMoamEEZ73f0CkXaXp7hrann', grant_type: 'refresh_token', refresh_token: 'rt_old' },
		]);
	});

	it('hands over the tokens that came and leaves out the others', async () => {
		const all = await refreshAgainst({ status: 200, body: { access_token: 'a', refresh_token: 'r', id_token: 'i' } });
		const accessOnly = await refreshAgainst({ status: 200, body: { access_token: 'a', refresh_token: null } });
		const refreshOnly = await refreshAgainst({ status: 200, body: { refresh_token: 'r' } });

		assert.deepEqual(all, {
			kind: 'rotated',
			tokens: { accessToken: 'a', refreshToken: 'r', idToken: 'i' },
		});
		assert.deepEqual(accessOnly, { kind: 'rotated', tokens: { accessToken: 'a' } });
		assert.deepEqual(refreshOnly, { kind: 'rotated', tokens: { refreshToken: 'r' } });
	});

	const permanent: Record<string, Reply> = {
		refresh_token_expired: { status: 401, body: { error: { code: 'refresh_token_expired' } } },
		refresh_token_reused: { status: 400, body: { error: 'refresh_token_reused' } },
		refresh_token_invalidated: { status: 500, body: { code: 'refresh_token_invalidated' } },
		invalid_grant: { status: 400, body: { error: 'invalid_grant', error_description: 'Unknown token' } },
		token_invalidated: { status: 400, body: { error: { code: 'token_invalidated' } } },
		token_expired: { status: 403, body: { error: { code: 'token_expired' } } },
		app_session_terminated: { status: 400, body: { error: { code: 'app_session_terminated' } } },
		account_session_expired: { status: 400, body: { error: { code: 'account_session_expired' } } },
		account_auth_invalidated: { status: 400, body: { error: { code: 'account_auth_invalidated' } } },
		account_deactivated: { status: 403, body: { error: { code: 'account_deactivated' } } },
		account_suspended: { status: 403, body: { error: { code: 'account_suspended' } } },
		account_deleted: { status: 403, body: { error: { code: 'account_deleted' } } },
		other_code: { status: 401, body: { error: { code: 'other_code' } } },
		http_401: { status: 401, body: { error: { message: 'No code, a long sentence' } } },
	};
	for (const [code, reply] of Object.entries(permanent)) {
		it(`asks for a new sign-in after ${reply.status} ${code}`, async () => {
			const outcome = await refreshAgainst(reply);

			assert.deepEqual(outcome, { kind: 'permanent', code });
		});
	}

	const html = { 'content-type': 'text/html; charset=UTF-8' };
	const transient: Record<string, Reply & { readonly code: string }> = {
		'an unknown refusal': { status: 400, body: { error: { code: 'rate_limited' } }, code: 'rate_limited' },
		'a server error': { status: 503, body: '', code: 'http_503' },
		'a challenge page': { status: 403, body: '<html>Just a moment…</html>', headers: html, code: 'http_403' },
		'a gateway that wants a login of its own': { status: 401, body: '<html>', headers: html, code: 'http_401' },
		'a redirect': { status: 302, body: '', headers: { location: '/elsewhere' }, code: 'http_302' },
		'a good status without tokens': { status: 200, body: { access_token: 7 }, code: 'http_200' },
		'a good status with garbage': { status: 200, body: '{"access_token":', code: 'http_200' },
		'a code that is no code': { status: 500, body: { error: 'a whole sentence, with marks' }, code: 'http_500' },
		'an endless answer': { status: 200, body: 'x'.repeat(3_000_000), code: 'REPLY_TOO_LARGE' },
	};
	for (const [what, reply] of Object.entries(transient)) {
		it(`tries again later after ${what}`, async () => {
			const outcome = await refreshAgainst(reply);

			assert.deepEqual(outcome, { kind: 'transient', code: reply.code, sent: true });
		});
	}

	it('gives up on an issuer that never answers, and says that the token may be gone', async () => {
		const url = await serve(() => undefined);

		const outcome = await issuerAt(url, { refreshTimeoutMs: 50 }).refresh('rt_old');

		assert.deepEqual(outcome, { kind: 'transient', code: 'REPLY_TIMEOUT', sent: true });
	});

	it('says that the token may be gone when the connection breaks after the request', async () => {
		const url = await serve(incoming => incoming.socket.resetAndDestroy());

		const outcome = await issuerAt(url).refresh('rt_old');

		assert.deepEqual(outcome, { kind: 'transient', code: 'ECONNRESET', sent: true });
	});

	it('proves that the token is untouched when no connection came about', async () => {
		const refused = await issuerAt(new URL(`http://127.0.0.1:${await freePort()}`)).refresh('rt_old');
		const unresolved = await issuerAt(new URL('https://nohost.invalid')).refresh('rt_old');

		assert.deepEqual(refused, { kind: 'transient', code: 'ECONNREFUSED', sent: false });
		assert.ok(unresolved.kind === 'transient' && !unresolved.sent);
	});

	it('rotates tokens that work once', async () => {
		const upstream = await startUpstream();
		closers.push(() => upstream.close());
		const account = upstream.addAccount();
		const first = account.tokens?.refreshToken ?? '';
		const issuer = issuerAt(new URL(upstream.issuerUrl));

		const rotated = await issuer.refresh(first);
		const reused = await issuer.refresh(first);

		assert.deepEqual(rotated, { kind: 'rotated', tokens: account.tokens });
		assert.deepEqual(reused, { kind: 'permanent', code: 'refresh_token_reused' });
	});
});
