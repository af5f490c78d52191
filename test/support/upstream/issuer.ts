import type { SimulatedAccount } from './accounts.js';
import { AuthorizationCodes } from './authorizationCodes.js';
import { DeviceLogins } from './deviceLogins.js';
import type { Exchange } from './exchange.js';
import { textAt } from './json.js';
import { publishedKeys } from './jwt.js';
import { devicePage, loginPage, messagePage } from './loginPage.js';
import { codexClientId, type IssuedTokens, type RefreshFailure } from './tokens.js';
import type { World } from './world.js';

const refreshMessages: Readonly<Record<RefreshFailure, string>> = {
	refresh_token_expired: 'Your refresh token has expired. Please try signing in again.',
	refresh_token_reused:
		'Your refresh token has already been used to generate a new access token. Please sign in again.',
	refresh_token_invalidated: 'Your refresh token has been invalidated. Please try signing in again.',
};

/** The OAuth issuer: sign-in in a browser or on another device, token exchange, refresh and revocation. */
export class Issuer {
	readonly deviceLogins: DeviceLogins;
	readonly #world: World;
	readonly #codes: AuthorizationCodes;

	constructor(world: World) {
		this.#world = world;
		this.#codes = new AuthorizationCodes(world.clock);
		this.deviceLogins = new DeviceLogins(world.clock, this.#codes);
	}

	answer(exchange: Exchange): void {
		const { record } = exchange;
		switch (`${record.method} ${record.path}`) {
			case 'GET /oauth/authorize':
				this.#showLogin(exchange);
				break;
			case 'POST /oauth/authorize':
				this.#finishLogin(exchange);
				break;
			case 'POST /oauth/token':
				this.#grantTokens(exchange);
				break;
			case 'POST /oauth/revoke':
				this.#revoke(exchange);
				break;
			case 'POST /api/accounts/deviceauth/usercode':
				this.#startDeviceLogin(exchange);
				break;
			case 'POST /api/accounts/deviceauth/token':
				this.#pollDeviceLogin(exchange);
				break;
			case 'GET /.well-known/jwks.json':
				exchange.sendJson(200, publishedKeys());
				break;
			case 'GET /codex/device':
				exchange.sendHtml(200, devicePage(this.#world.accounts));
				break;
			case 'POST /codex/device':
				this.#approveDevice(exchange);
				break;
			default:
				exchange.sendJson(404, { error: { message: 'Not Found', code: 'not_found' } });
		}
	}

	#showLogin(exchange: Exchange): void {
		const { query } = exchange.record;
		const problem = authorizeProblem(query);
		if (problem === undefined) exchange.sendHtml(200, loginPage(query, this.#world.accounts));
		else exchange.sendHtml(400, messagePage('This sign-in cannot go on', problem));
	}

	#finishLogin(exchange: Exchange): void {
		const form = formFields(exchange.value);
		const problem = authorizeProblem(form);
		const account = this.#accountOf(form.get('account'));
		if (problem !== undefined || (!account && !form.has('deny'))) {
			exchange.sendHtml(400, messagePage('This sign-in cannot go on', problem ?? 'Unknown account'));
			return;
		}
		const target = new URL(form.get('redirect_uri') ?? '');
		if (account) {
			const redirectUri = target.href;
			const challenge = form.get('code_challenge') ?? '';
			target.searchParams.set('code', this.#codes.issue({ account, redirectUri, challenge }));
		} else {
			target.searchParams.set('error', 'access_denied');
			target.searchParams.set('error_description', 'The sign-in was cancelled');
		}
		target.searchParams.set('state', form.get('state') ?? '');
		exchange.sendText(302, '', { location: target.href });
	}

	#grantTokens(exchange: Exchange): void {
		const request = exchange.value;
		if (textAt(request, 'client_id') !== codexClientId) {
			exchange.sendJson(401, oauthError('invalid_client', 'Unknown client_id'));
			return;
		}
		const grantType = textAt(request, 'grant_type');
		if (grantType === 'authorization_code') this.#exchangeCode(exchange);
		else if (grantType === 'refresh_token') this.#refresh(exchange);
		else exchange.sendJson(400, oauthError('unsupported_grant_type', 'Unsupported grant_type'));
	}

	#exchangeCode(exchange: Exchange): void {
		const { record, value } = exchange;
		const isForm = record.header('content-type')?.startsWith('application/x-www-form-urlencoded') === true;
		const code = textAt(value, 'code') ?? '';
		const redeemed = isForm
			? this.#codes.redeem(code, textAt(value, 'redirect_uri') ?? '', textAt(value, 'code_verifier') ?? '')
			: 'A code is exchanged with a form';
		if (typeof redeemed === 'string') {
			exchange.sendJson(400, oauthError('invalid_grant', redeemed));
			return;
		}
		exchange.sendJson(200, tokenReply(this.#world.book.issue(redeemed)));
	}

	#refresh(exchange: Exchange): void {
		const { book, clock, refreshReuseGraceMs } = this.#world;
		const grant = book.refresh(textAt(exchange.value, 'refresh_token') ?? '');
		if (grant?.used && clock.now() - grant.used.at < refreshReuseGraceMs) {
			exchange.sendJson(200, tokenReply(grant.used.tokens));
			return;
		}
		const failure = grant
			? (grant.failure ?? (grant.used ? 'refresh_token_reused' : undefined))
			: 'refresh_token_invalidated';
		if (!grant || failure) {
			const code = failure ?? 'refresh_token_invalidated';
			const error = { message: refreshMessages[code], type: 'invalid_request_error', param: null, code };
			exchange.sendJson(401, { error });
			return;
		}
		const accessOnly = grant.account.refreshReply === 'access_only';
		const tokens = book.exchange(grant, { keepRefreshToken: accessOnly });
		exchange.sendJson(200, accessOnly ? { access_token: tokens.accessToken } : tokenReply(tokens));
	}

	#revoke(exchange: Exchange): void {
		const token = textAt(exchange.value, 'token') ?? '';
		const grant = this.#world.book.refresh(token);
		if (grant) {
			grant.failure = 'refresh_token_invalidated';
			if (grant.account.tokens?.refreshToken === token) grant.account.revokeAccess();
		}
		exchange.sendJson(200, {});
	}

	#startDeviceLogin(exchange: Exchange): void {
		if (this.#world.deviceLogin === 'disabled') {
			exchange.sendJson(404, { error: { message: 'Device login is not enabled', code: 'not_found' } });
			return;
		}
		if (textAt(exchange.value, 'client_id') !== codexClientId) {
			exchange.sendJson(401, oauthError('invalid_client', 'Unknown client_id'));
			return;
		}
		const { deviceAuthId, userCode } = this.deviceLogins.start();
		exchange.sendJson(200, { device_auth_id: deviceAuthId, user_code: userCode, interval: '5' });
	}

	#pollDeviceLogin(exchange: Exchange): void {
		const id = textAt(exchange.value, 'device_auth_id') ?? '';
		const userCode = textAt(exchange.value, 'user_code') ?? '';
		const poll = this.deviceLogins.poll(id, userCode, `${this.#world.origin()}/deviceauth/callback`);
		switch (poll.kind) {
			case 'approved':
				exchange.sendJson(200, {
					authorization_code: poll.code,
					code_challenge: poll.challenge,
					code_verifier: poll.verifier,
				});
				break;
			case 'pending':
				exchange.sendJson(403, { error: { message: 'Authorization is pending', code: 'authorization_pending' } });
				break;
			case 'unknown':
				exchange.sendJson(404, { error: { message: 'Unknown device login', code: 'not_found' } });
				break;
			case 'expired':
				exchange.sendJson(400, { error: { message: 'The code has expired', code: 'expired_token' } });
				break;
			default:
				poll satisfies never;
		}
	}

	#approveDevice(exchange: Exchange): void {
		const form = formFields(exchange.value);
		const account = this.#accountOf(form.get('account'));
		const approved = account !== undefined && this.deviceLogins.approve(form.get('user_code') ?? '', account);
		const [status, message] = approved ? [200, 'You can close this page.'] : [400, 'No device waits with this code.'];
		exchange.sendHtml(status, messagePage(approved ? 'Device connected' : 'Not connected', message));
	}

	#accountOf(chatgptAccountId: string | null): SimulatedAccount | undefined {
		return this.#world.accounts.find(account => account.chatgptAccountId === chatgptAccountId);
	}
}

/** What is wrong with an authorization request, as the issuer would see it. */
function authorizeProblem(query: URLSearchParams): string | undefined {
	if (query.get('client_id') !== codexClientId) return 'Unknown client_id';
	if (query.get('response_type') !== 'code') return 'response_type must be code';
	if (!isRegistered(query.get('redirect_uri') ?? '')) return 'redirect_uri is not registered for this client';
	if (query.get('code_challenge_method') !== 'S256') return 'code_challenge_method must be S256';
	if (!/^[\w-]{43}$/.test(query.get('code_challenge') ?? '')) return 'code_challenge is missing or malformed';
	if ((query.get('state') ?? '').length < 8) return 'state is missing or too short';
	const scopes = (query.get('scope') ?? '').split(' ');
	if (!scopes.includes('openid') || !scopes.includes('offline_access')) return 'scope lacks openid or offline_access';
	return undefined;
}

function isRegistered(redirectUri: string): boolean {
	return /^http:\/\/(?:127\.0\.0\.1|localhost):(?:1455|1457)\/auth\/callback$/.test(redirectUri);
}

function tokenReply(tokens: IssuedTokens) {
	return {
		id_token: tokens.idToken,
		access_token: tokens.accessToken,
		refresh_token: tokens.refreshToken,
		expires_in: 864_000,
		token_type: 'bearer',
		scope: 'openid profile email offline_access',
	};
}

function oauthError(error: string, description: string) {
	return { error, error_description: description };
}

function formFields(body: unknown): URLSearchParams {
	const fields = typeof body === 'object' && body !== null ? Object.entries(body) : [];
	return new URLSearchParams(fields.filter((field): field is [string, string] => typeof field[1] === 'string'));
}
