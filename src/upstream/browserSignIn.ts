import * as oauth from 'oauth4webapi';
import type { Dispatcher } from 'undici';
import * as z from 'zod';
import type { BrowserSignIn, TokenSet } from '../core/ports.js';
import { PoolError } from '../shared/poolError.js';
import type { CallbackServer } from './callbackServer.js';
import { originator } from './ownIdentity.js';
import { issuerErrorCodes } from './refreshOutcome.js';
import { exchange, parseJson } from './smallExchange.js';

const scope = 'openid profile email offline_access api.connectors.read api.connectors.invoke';
const exchangeTimeoutMs = 30_000;

export interface SignInContext {
	readonly server: oauth.AuthorizationServer & { readonly authorization_endpoint: string };
	readonly client: oauth.Client;
	readonly connections: Dispatcher;
	/** Sent with the pool's own requests to the issuer. */
	readonly headers: Readonly<Record<string, string>>;
	readonly callbacks: CallbackServer;
	readonly timeoutMs: number;
}

/** Authorization code with PKCE: the browser fetches the code, the pool changes it for tokens. */
export async function startBrowserSignIn(context: SignInContext): Promise<BrowserSignIn> {
	const state = oauth.generateRandomState();
	const codeVerifier = oauth.generateRandomCodeVerifier();
	const codeChallenge = await oauth.calculatePKCECodeChallenge(codeVerifier);
	const { promise, resolve, reject } = Promise.withResolvers<TokenSet>();
	const stopped = new AbortController();

	const redirectUri = await context.callbacks.expect(state, async (parameters, redirectUri) => {
		try {
			const callback = oauth.validateAuthResponse(context.server, context.client, parameters, state);
			resolve(await exchangeCode(context, { callback, redirectUri, codeVerifier, signal: stopped.signal }));
			return undefined;
		} catch (thrown) {
			const failure = signInFailureOf(thrown);
			reject(failure);
			return failure.message;
		}
	});

	const stop = (sentence: string): void => {
		const failure = new PoolError('sign_in_failed', sentence);
		reject(failure);
		stopped.abort(failure);
		context.callbacks.forget(state);
	};
	const timer = setTimeout(stop, context.timeoutMs, 'Nobody finished the sign-in in the browser; start it again.');
	const result = promise.finally(() => clearTimeout(timer));
	result.catch(() => undefined); // Whoever asked may look at it later, or never.

	const url = new URL(context.server.authorization_endpoint);
	url.search = new URLSearchParams({
		response_type: 'code',
		client_id: context.client.client_id,
		redirect_uri: redirectUri,
		code_challenge: codeChallenge,
		code_challenge_method: 'S256',
		state,
		scope,
		id_token_add_organizations: 'true',
		codex_cli_simplified_flow: 'true',
		originator,
	}).toString();
	return { url: url.href, result, cancel: () => stop('The sign-in was cancelled.') };
}

interface CodeExchange {
	/** From validateAuthResponse. */
	readonly callback: URLSearchParams;
	readonly redirectUri: string;
	readonly codeVerifier: string;
	readonly signal: AbortSignal;
}

async function exchangeCode(context: SignInContext, code: CodeExchange): Promise<TokenSet> {
	const { server, client, headers } = context;
	const { callback, redirectUri, codeVerifier, signal } = code;
	const reply = await oauth.authorizationCodeGrantRequest(
		server,
		client,
		oauth.None(),
		callback,
		redirectUri,
		codeVerifier,
		{
			headers,
			signal,
			// parseIssuerUrl lets http through on loopback only.
			// eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so that nobody uses it lightly
			[oauth.allowInsecureRequests]: true,
			[oauth.customFetch]: (url, options) => fetchReply(context.connections, url, options),
		},
	);
	// Read by hand: the library would insist on the id token's signature algorithm, and nobody here trusts that token.
	return readTokens(reply.status, parseJson(await reply.text()));
}

async function fetchReply(
	connections: Dispatcher,
	url: string,
	{ method, headers, body, signal }: oauth.CustomFetchOptions<'POST', URLSearchParams>,
): Promise<Response> {
	const { origin, pathname } = new URL(url);
	const outcome = await exchange(
		connections,
		{ origin, path: pathname, method, headers, body: body.toString(), reset: true },
		{ timeoutMs: exchangeTimeoutMs, signal },
	);
	signal?.throwIfAborted();
	if (outcome.kind === 'replied') return new Response(outcome.text || null, { status: outcome.status });
	throw new PoolError(
		'sign_in_failed',
		`OpenAI could not be reached to finish the sign-in (${outcome.fault.code}). Check the connection and start again.`,
		{ cause: outcome.fault },
	);
}

const tokensSchema = z.object({
	access_token: z.string().min(1),
	refresh_token: z.string().min(1),
	id_token: z.string().min(1).nullable().default(null),
});

function readTokens(status: number, body: unknown): TokenSet {
	const tokens = status === 200 ? tokensSchema.safeParse(body).data : undefined;
	if (tokens) {
		return { accessToken: tokens.access_token, refreshToken: tokens.refresh_token, idToken: tokens.id_token };
	}
	const code = issuerErrorCodes(body)[0] ?? `HTTP ${status}`;
	throw new PoolError('sign_in_failed', `OpenAI did not complete the sign-in (${code}). Start it again.`);
}

function signInFailureOf(thrown: unknown): PoolError {
	if (thrown instanceof PoolError) return thrown;
	if (!(thrown instanceof oauth.AuthorizationResponseError)) {
		return new PoolError('sign_in_failed', 'OpenAI’s answer to the sign-in was not understood. Start it again.', {
			cause: thrown,
		});
	}
	const code = issuerErrorCodes({ error: thrown.error })[0] ?? 'unknown';
	const sentence =
		code === 'access_denied'
			? 'The sign-in was declined in the browser.'
			: `OpenAI refused the sign-in (${code}). Start it again.`;
	return new PoolError('sign_in_failed', sentence, { cause: thrown });
}
