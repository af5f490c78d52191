import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici';
import { PoolError } from '../shared/poolError.js';
import type { RuntimeOptions } from '../shared/runtimeMessages.js';
import { lentReads } from '../core/socket/lentReads.js';
import { isLoopbackHost } from '../shared/loopbackHost.js';

const connectTimeoutMs = 10_000;

/** HTTP/1.1 with as many connections as there are running requests, kept warm between them. */
const poolOptions = {
	allowH2: false,
	pipelining: 1,
	connections: null,
	// A connection costs two or three round trips. NATs commonly forget an idle one after some minutes.
	keepAliveTimeout: 120_000,
	keepAliveMaxTimeout: 240_000,
	maxHeaderSize: 64 * 1024,
	// A model may think for minutes before and between bytes; see the idle rule of DispatchUpstream.
	headersTimeout: 0,
	bodyTimeout: 0,
} as const satisfies Pool.Options;

/** How this machine reaches the outside: its proxy and the certificates it trusts. */
export class Network {
	readonly #proxyUrl: string | undefined;
	readonly #noProxy: string;
	readonly #extraCertificates: readonly string[];
	#trust: SecureContext | undefined;

	/** The editor's settings win over the environment's. */
	constructor(options: RuntimeOptions['network'], env: NodeJS.ProcessEnv = process.env) {
		const proxy =
			options.proxyUrl || env['https_proxy'] || env['HTTPS_PROXY'] || env['http_proxy'] || env['HTTP_PROXY'];
		this.#proxyUrl = proxy ? parseProxyUrl(proxy) : undefined;
		this.#noProxy = options.noProxy.join(',') || env['no_proxy'] || env['NO_PROXY'] || '';
		this.#extraCertificates = options.extraCertificates;
		options.extraCertificates.forEach(checkCertificate);
	}

	/** Connections to one origin. Whoever opens them closes them. */
	open(origin: URL): Dispatcher {
		const connect = this.#connectOptions(origin);
		if (this.#proxyUrl === undefined || isLoopbackHost(origin.hostname)) {
			return new Pool(origin.origin, { ...poolOptions, connect });
		}
		return new EnvHttpProxyAgent({
			...poolOptions,
			connect,
			requestTls: connect,
			proxyTls: this.#connectOptions(new URL(this.#proxyUrl)),
			// Without a limit of its own, a proxy that never answers CONNECT would hold the request for ever.
			clientFactory: (url, options) => new Pool(url, { ...options, headersTimeout: connectTimeoutMs }),
			httpProxy: this.#proxyUrl,
			httpsProxy: this.#proxyUrl,
			noProxy: this.#noProxy,
		});
	}

	#connectOptions(target: URL): { timeout: number; onread: typeof lentReads; secureContext?: SecureContext } {
		const options = { timeout: connectTimeoutMs, onread: lentReads };
		if (target.protocol !== 'https:') return options;
		this.#trust ??= createTrust(this.#extraCertificates);
		return { ...options, secureContext: this.#trust };
	}
}

/** One context for all connections: reading hundreds of certificates takes milliseconds. */
function createTrust(extraCertificates: readonly string[]): SecureContext {
	const trusted = new Set([...getCACertificates('default'), ...getCACertificates('system'), ...extraCertificates]);
	return createSecureContext({ ca: [...trusted] });
}

function checkCertificate(pem: string): void {
	try {
		new X509Certificate(pem);
	} catch (cause) {
		throw new PoolError('invalid_request', 'An additional certificate in the network settings is not valid PEM.', {
			cause,
		});
	}
}

/** The text may hold a password, so no message repeats it. */
function parseProxyUrl(text: string): string {
	const url = URL.parse(text.includes('://') ? text : `http://${text}`);
	if (!url || !['http:', 'https:', 'socks5:', 'socks:'].includes(url.protocol)) {
		throw new PoolError(
			'invalid_request',
			'The proxy address in http.proxy or HTTPS_PROXY is not usable: give an http, https or socks5 address.',
		);
	}
	return url.href;
}
