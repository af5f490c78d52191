import { isLoopbackHost } from '../shared/loopbackHost.js';
import { PoolError } from '../shared/poolError.js';

/** Reads the address that stands for the ChatGPT backend. The result's path never ends in a slash, except for `/` itself. */
export function parseUpstreamUrl(text: string): URL {
	return parseAddress(text, 'codexPool.upstreamUrl (--upstream)');
}

/** Reads the address that stands for the OAuth issuer; see parseUpstreamUrl. */
export function parseIssuerUrl(text: string): URL {
	return parseAddress(text, 'codexPool.issuerUrl (--issuer)');
}

function parseAddress(text: string, setting: string): URL {
	const url = URL.parse(text.trim());
	if (!url || !isAllowed(url)) {
		// The text is left out of the sentence: it may hold a password.
		throw new PoolError(
			'invalid_request',
			`${setting} must be an https address, or http on 127.0.0.1, without user name, password, query or fragment.`,
		);
	}
	url.pathname = url.pathname.replace(/\/+$/, '');
	return url;
}

function isAllowed(url: URL): boolean {
	const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
	return isSafe && !/[?#]/.test(url.href) && url.username === '' && url.password === '';
}
