import * as l10n from '@vscode/l10n';

/** Every code the pool answers with, and its HTTP status. */
const statusByCode = {
	invalid_request: 400,
	invalid_account_file: 400,
	conversation_bound: 400,
	model_missing: 400,
	/** Not 403 or 404: at 400 alone Codex shows the sentence, and does not try again. */
	model_not_allowed: 400,
	pool_key_rejected: 401,
	login_expired: 401,
	admin_token_rejected: 401,
	// Not a 401, at which Codex renews its tokens: that helps only a login that has expired.
	login_rejected: 403,
	key_beside_login_rejected: 403,
	origin_refused: 403,
	host_refused: 403,
	not_found: 404,
	account_not_found: 404,
	key_not_found: 404,
	session_not_found: 404,
	request_not_found: 404,
	model_not_found: 404,
	method_not_allowed: 405,
	body_too_large: 413,
	unsupported_encoding: 415,
	websocket_unsupported: 426,
	usage_limit_reached: 429,
	internal: 500,
	upstream_failed: 502,
	sign_in_failed: 502,
	upstream_overloaded: 503,
	no_account: 503,
	issuer_unreachable: 503,
	pool_disabled: 503,
	sign_in_port_busy: 503,
	runtime_not_running: 503,
	port_taken: 503,
	vault_failed: 500,
	storage_failed: 500,
} as const;

export type PoolErrorCode = keyof typeof statusByCode;

/** Codes come back over the wire as text. */
export function isPoolErrorCode(code: string): code is PoolErrorCode {
	return Object.hasOwn(statusByCode, code);
}

/** The one error the pool throws on purpose. `message` is a sentence that says what is wrong and what to do. */
export class PoolError extends Error {
	override readonly name = 'PoolError';

	constructor(
		readonly code: PoolErrorCode,
		message: string,
		options: { cause?: unknown } = {},
	) {
		super(message, options);
	}

	get status(): number {
		return statusByCode[this.code];
	}

	static from(thrown: unknown): PoolError {
		return thrown instanceof PoolError
			? thrown
			: new PoolError('internal', l10n.t('Something unexpected failed; the log has the details.'), { cause: thrown });
	}
}
