const loopbackHosts = ['127.0.0.1', 'localhost', '[::1]'];

/** The port that a base URL names on this machine, or null. */
export function loopbackPort(baseUrl: unknown): number | null {
	const url = typeof baseUrl === 'string' ? URL.parse(baseUrl) : null;
	return url !== null && loopbackHosts.includes(url.hostname) ? Number(url.port) || null : null;
}
