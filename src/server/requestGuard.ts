import type { IncomingMessage } from 'node:http';
import { poolKeyHeader } from '../core/request/headerPolicy.js';
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

/** Who is let in to models and turns. */
export interface Gate {
	/** The id of the pool key; undefined for a key that is not ours. */
	readonly accept: (secret: string) => string | undefined;
	/**
	 * What counts as the key of a ChatGPT login that stands for one. Rejects with why it does not. Null where the user
	 * wants keys only.
	 */
	readonly admitLogin: ((accessToken: string) => Promise<string>) | null;
}

/**
 * The id of the pool key. A client that needs its bearer for something else sends the key beside it; that bearer is
 * never looked at then.
 */
export async function authenticate(request: IncomingMessage, { accept, admitLogin }: Gate): Promise<string> {
	const named = request.headers[poolKeyHeader];
	const bearer = bearerOf(request);
	if (typeof named !== 'string' && isLogin(bearer)) {
		if (admitLogin) return admitLogin(bearer);
		throw new PoolError(
			'login_rejected',
			'The pool wants its own key, not a ChatGPT login. Run "Codex Pool: Configure Codex", or let the logins of its accounts in: setting codexPool.acceptOwnLogins, "codex-pool serve --accept-own-logins".',
		);
	}
	const secret = typeof named === 'string' ? named : bearer;
	const keyId = secret === undefined ? undefined : accept(secret);
	if (keyId !== undefined) return keyId;
	throw new PoolError(
		typeof named === 'string' && isLogin(bearer) ? 'key_beside_login_rejected' : 'pool_key_rejected',
		secret === undefined
			? 'A pool key is required: send it as "Authorization: Bearer cpk_…". Copy it with "Codex Pool: Copy Pool Key" or make one with "codex-pool keys create".'
			: 'This pool key is not known here. Copy the current one with "Codex Pool: Copy Pool Key" or make one with "codex-pool keys create".',
	);
}

/** Three parts of base64url, the first of which begins an object: a signed token. A pool key has no dot. */
function isLogin(bearer: string | undefined): bearer is string {
	return bearer !== undefined && /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(bearer);
}
