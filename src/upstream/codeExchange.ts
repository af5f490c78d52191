import * as oauth from 'oauth4webapi';
import * as z from 'zod';
import type { TokenSet } from '../core/issuerPort.js';
import { PoolError } from '../shared/poolError.js';
import { codexClientId, type IssuerConnection } from './issuerConnection.js';
import { issuerErrorCodes } from './refreshOutcome.js';
import { parseJson } from './smallExchange.js';

export interface CodeExchange {
	/** What the issuer answered the authorization with. */
	readonly parameters: URLSearchParams;
	/** What they must repeat. */
	readonly state: string | typeof oauth.expectNoState;
	/** Where the code was sent; the issuer compares. */
	readonly redirectUri: string;
	readonly codeVerifier: string;
}

export interface CodeExchangeLimits {
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
}

const client: oauth.Client = { client_id: codexClientId };
const tokenPath = '/oauth/token';

/** Changes an authorization code for tokens. Rejects with a PoolError whose message is for the user. */
export async function exchangeCode(
	issuer: IssuerConnection,
	{ parameters, state, redirectUri, codeVerifier }: CodeExchange,
	limits: CodeExchangeLimits,
): Promise<TokenSet> {
	const server: oauth.AuthorizationServer = { issuer: issuer.address, token_endpoint: issuer.address + tokenPath };
	try {
		const callback = oauth.validateAuthResponse(server, client, parameters, state);
		const reply = await oauth.authorizationCodeGrantRequest(
			server,
			client,
			oauth.None(),
			callback,
			redirectUri,
			codeVerifier,
			{
				// parseIssuerUrl lets http through on loopback only.
				// eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so that nobody uses it lightly
				[oauth.allowInsecureRequests]: true,
				[oauth.customFetch]: (_url, options) => fetchReply(issuer, options, limits),
			},
		);
		// Read by hand: the library would insist on the id token's signature algorithm, and nobody here trusts that token.
		return readTokens(reply.status, parseJson(await reply.text()));
	} catch (thrown) {
		throw signInFailureOf(thrown);
	}
}

async function fetchReply(
	issuer: IssuerConnection,
	{ headers, body }: oauth.CustomFetchOptions<'POST', URLSearchParams>,
	limits: CodeExchangeLimits,
): Promise<Response> {
	const outcome = await issuer.post({ path: tokenPath, headers, body: body.toString() }, limits);
	limits.signal.throwIfAborted();
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
