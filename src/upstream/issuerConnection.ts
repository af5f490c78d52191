import type { Dispatcher } from 'undici';
import type { Network } from './network.js';
import { identityHeaders } from './ownIdentity.js';
import { exchange, type ExchangeLimits, type ExchangeOutcome } from './smallExchange.js';

/** The public client of the Codex sign-in. */
export const codexClientId = 'app_EMoamEEZ73f0CkXaXp7hrann';

export interface IssuerConnectionOptions {
	/** From parseIssuerUrl. */
	readonly url: URL;
	readonly network: Network;
	readonly version: string;
}

interface Post {
	/** Below the issuer's address. */
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

/** The issuer's address and how the pool speaks to it: under its own name, one request a connection. */
export class IssuerConnection {
	/** Without a slash at its end. */
	readonly address: string;
	readonly #url: URL;
	readonly #connections: Dispatcher;
	readonly #identity: Readonly<Record<string, string>>;

	constructor({ url, network, version }: IssuerConnectionOptions) {
		this.address = url.href.replace(/\/$/, '');
		this.#url = url;
		this.#connections = network.open(url);
		this.#identity = { ...identityHeaders(version) };
	}

	/** Never rejects. */
	post({ path, headers, body }: Post, limits: ExchangeLimits): Promise<ExchangeOutcome> {
		const request: Dispatcher.DispatchOptions = {
			origin: this.#url.origin,
			path: new URL(this.address + path).pathname,
			method: 'POST',
			headers: { ...headers, ...this.#identity },
			body,
			// Tokens and codes work once: they are never risked on a kept connection that may be dying.
			reset: true,
		};
		return exchange(this.#connections, request, limits);
	}

	/** Never rejects. */
	postJson(path: string, body: Readonly<Record<string, string>>, limits: ExchangeLimits): Promise<ExchangeOutcome> {
		const headers = { 'content-type': 'application/json', accept: 'application/json' };
		return this.post({ path, headers, body: JSON.stringify(body) }, limits);
	}

	/** Never rejects. */
	getJson(path: string, limits: ExchangeLimits): Promise<ExchangeOutcome> {
		const request: Dispatcher.DispatchOptions = {
			origin: this.#url.origin,
			path: new URL(this.address + path).pathname,
			method: 'GET',
			headers: { accept: 'application/json', ...this.#identity },
			reset: true,
		};
		return exchange(this.#connections, request, limits);
	}

	/** Breaks what still waits for an answer. Repeatable. */
	async close(): Promise<void> {
		await this.#connections.destroy();
	}
}
