import type { IncomingMessage } from 'node:http';
import { poolKeyHeader } from '../core/headerPolicy.js';
import { PoolError } from '../shared/poolError.js';

/** Who may speak to the pool at all. Checked before the body is read. */

const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/** A name that is not loopback is DNS rebinding; an Origin is a web page. No client of ours sends either. */
export function refuseForeigners({ headers }: IncomingMessage): void {
	if (!loopbackHost.test(headers.host ?? '')) {
		throw new PoolError(
			'host_refused',
			'The pool answers only to 127.0.0.1, localhost and [::1]. Use its base URL as it was copied.',
		);
	}
	if (headers.origin !== undefined) {
		throw new PoolError('origin_refused', 'The pool does not answer web pages. Use a Codex or OpenAI client.');
	}
}

export function bearerOf({ headers }: IncomingMessage): string | undefined {
	return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** Beside the client's own bearer, for a Codex client that keeps its ChatGPT login. That bearer is never looked at. */
function poolKeyOf(request: IncomingMessage): string | undefined {
	const named = request.headers[poolKeyHeader];
	return typeof named === 'string' ? named : bearerOf(request);
}

/** The id of the pool key. `accept` gives undefined for a key that is not ours. */
export function authenticate(request: IncomingMessage, accept: (secret: string) => string | undefined): string {
	const secret = poolKeyOf(request);
	const keyId = secret === undefined ? undefined : accept(secret);
	if (keyId !== undefined) return keyId;
	throw new PoolError(
		'pool_key_rejected',
		secret === undefined
			? 'A pool key is required: send it as "Authorization: Bearer cpk_…". Copy it with "Codex Pool: Copy Pool Key" or make one with "codex-pool keys create".'
			: 'This pool key is not known here. Copy the current one with "Codex Pool: Copy Pool Key" or make one with "codex-pool keys create".',
	);
}
