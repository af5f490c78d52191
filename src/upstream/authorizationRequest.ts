import * as oauth from 'oauth4webapi';
import type { TokenSet } from '../core/issuerPort.js';
import { exchangeCode, type CodeExchangeLimits } from './codeExchange.js';
import { codexClientId, type IssuerConnection } from './issuerConnection.js';
import { originator } from './ownIdentity.js';

const scope = 'openid profile email offline_access api.connectors.read api.connectors.invoke';

/** Authorization code with PKCE: what the browser takes to the issuer, and the verifier that stays here. */
export class AuthorizationRequest {
	/** Tells this sign-in's answer from all others. */
	readonly state = oauth.generateRandomState();
	readonly #codeVerifier = oauth.generateRandomCodeVerifier();
	readonly #issuer: IssuerConnection;

	constructor(issuer: IssuerConnection) {
		this.#issuer = issuer;
	}

	/** What the user opens. The issuer sends the browser on to `redirectUri`. */
	async urlTo(redirectUri: string): Promise<string> {
		const url = new URL(`${this.#issuer.address}/oauth/authorize`);
		url.search = new URLSearchParams({
			response_type: 'code',
			client_id: codexClientId,
			redirect_uri: redirectUri,
			code_challenge: await oauth.calculatePKCECodeChallenge(this.#codeVerifier),
			code_challenge_method: 'S256',
			state: this.state,
			scope,
			id_token_add_organizations: 'true',
			codex_cli_simplified_flow: 'true',
			originator,
		}).toString();
		return url.href;
	}

	/** Changes what the browser brought to `redirectUri` for tokens. Rejects with a PoolError for the user. */
	redeem(parameters: URLSearchParams, redirectUri: string, limits: CodeExchangeLimits): Promise<TokenSet> {
		const { state } = this;
		return exchangeCode(this.#issuer, { parameters, state, redirectUri, codeVerifier: this.#codeVerifier }, limits);
	}
}
