import { isLoopbackHost } from '../shared/loopbackHost.js';

/** The port that a base URL names on this machine, or null. */
export function loopbackPort(baseUrl: unknown): number | null {
	const url = typeof baseUrl === 'string' ? URL.parse(baseUrl) : null;
	return url !== null && isLoopbackHost(url.hostname) ? Number(url.port) || null : null;
}
