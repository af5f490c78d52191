import type { Client } from 'oauth4webapi';
import type { Dispatcher } from 'undici';
import type { BrowserSignIn, Issuer, RefreshOutcome } from '../core/ports.js';
import { startBrowserSignIn, type SignInContext } from './browserSignIn.js';
import { CallbackServer } from './callbackServer.js';
import type { Network } from './network.js';
import { identityHeaders } from './ownIdentity.js';
import { refreshOutcomeOf } from './refreshOutcome.js';
import { exchange } from './smallExchange.js';

/** The public client of the Codex sign-in. The issuer ties these callback ports to it and sends browsers to no others. */
const client: Client = { client_id: 'app_EMoamEEZ73f0CkXaXp7hrann' };
const codexCallbackPorts = [1455, 1457];

export interface OpenAiIssuerOptions {
	/** From parseIssuerUrl. */
	readonly url: URL;
	readonly network: Network;
	readonly version: string;
	readonly callbackPorts?: readonly number[];
	readonly signInTimeoutMs?: number;
	readonly refreshTimeoutMs?: number;
}

/** OpenAI's sign-in. Tokens pass through unread. */
export class OpenAiIssuer implements Issuer {
	readonly #signInContext: SignInContext;
	readonly #connections: Dispatcher;
	readonly #tokenEndpoint: URL;
	readonly #headers: Readonly<Record<string, string>>;
	readonly #refreshTimeoutMs: number;
	readonly #signIns = new Set<BrowserSignIn>();

	constructor(options: OpenAiIssuerOptions) {
		const issuer = options.url.href.replace(/\/$/, '');
		this.#connections = options.network.open(options.url);
		this.#tokenEndpoint = new URL(`${issuer}/oauth/token`);
		this.#headers = { ...identityHeaders(options.version) };
		this.#refreshTimeoutMs = options.refreshTimeoutMs ?? 8000;
		this.#signInContext = {
			server: {
				issuer,
				authorization_endpoint: `${issuer}/oauth/authorize`,
				token_endpoint: this.#tokenEndpoint.href,
			},
			client,
			connections: this.#connections,
			headers: this.#headers,
			callbacks: new CallbackServer(options.callbackPorts ?? codexCallbackPorts),
			timeoutMs: options.signInTimeoutMs ?? 15 * 60_000,
		};
	}

	async refresh(refreshToken: string): Promise<RefreshOutcome> {
		const outcome = await exchange(
			this.#connections,
			{
				origin: this.#tokenEndpoint.origin,
				path: this.#tokenEndpoint.pathname,
				method: 'POST',
				headers: { ...this.#headers, 'content-type': 'application/json', accept: 'application/json' },
				body: JSON.stringify({
					client_id: client.client_id,
					grant_type: 'refresh_token',
					refresh_token: refreshToken,
				}),
				// The token works once: it is never risked on a kept connection that may be dying.
				reset: true,
			},
			{ timeoutMs: this.#refreshTimeoutMs },
		);
		return refreshOutcomeOf(outcome);
	}

	async startBrowserSignIn(): Promise<BrowserSignIn> {
		const signIn = await startBrowserSignIn(this.#signInContext);
		this.#signIns.add(signIn);
		const forget = (): boolean => this.#signIns.delete(signIn);
		signIn.result.then(forget, forget);
		return signIn;
	}

	/** Cancels what waits for a browser and breaks what waits for the issuer. Repeatable. */
	async close(): Promise<void> {
		for (const signIn of this.#signIns) signIn.cancel();
		await this.#connections.destroy();
	}
}
