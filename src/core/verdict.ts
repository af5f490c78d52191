import { retryHint } from './duration.js';
import type { HeaderMap, UpstreamFault } from './ports.js';
import { fieldOf, isObject, numberOf, textOf } from './untrusted.js';

/**
 * What an attempt's outcome means for the account and for the request. One pure function, so that the table in
 * protocol §9 is the test.
 */
export type Verdict =
	/** The request itself is at fault: it is answered as it is and the account is untouched. */
	| { readonly kind: 'caller' }
	/** The access token was refused: refresh once and replay on the same account. */
	| { readonly kind: 'credential' }
	/** The provider has closed this account or workspace. */
	| { readonly kind: 'disabled'; readonly reason: string }
	/** A short rate limit that says nothing about quota. */
	| { readonly kind: 'rate'; readonly waitMs: number }
	/** A usage window is spent; `until` is null when the provider did not say. */
	| { readonly kind: 'quota'; readonly until: number | null; readonly reason: string }
	/** The upstream is overloaded or broken; another account may fare better. */
	| { readonly kind: 'overload'; readonly code: string }
	/** The conversation carries what was encrypted for another account: replay without it. */
	| { readonly kind: 'foreign_content' }
	/** The account's plan does not have the model; another account's may. */
	| { readonly kind: 'model_missing' }
	/** This machine is offline: nobody is punished. */
	| { readonly kind: 'offline'; readonly code: string };

/** A refusal over HTTP, or one inside a 200 stream before anything visible (`status` 200). */
export interface Refusal {
	readonly status: number;
	readonly headers: HeaderMap;
	/** The parsed error body or the data of the terminal event; undefined when it was not JSON. */
	readonly body: unknown;
}

const defaultRateWaitMs = 1_000;
const quotaCodes = new Set([
	'usage_limit_reached',
	'insufficient_quota',
	'usage_not_included',
	'quota_exceeded',
	'credit_balance_exhausted',
	'organization_spend_limit_exceeded',
	'project_spend_limit_exceeded',
]);
const overloadCodes = new Set([
	'server_is_overloaded',
	'slow_down',
	'server_error',
	'overloaded_error',
	'internal_server_error',
]);
const disabledCodes = new Set(['deactivated_workspace', 'account_deactivated', 'account_suspended', 'account_deleted']);
const credentialCodes = new Set([
	'token_expired',
	'token_invalidated',
	'token_revoked',
	'invalid_api_key',
	'account_session_expired',
	'app_session_terminated',
	'account_auth_invalidated',
]);

export function judgeRefusal(refusal: Refusal, now: number): Verdict {
	const { status } = refusal;
	const error = errorOf(refusal.body);
	if (error.code !== undefined && disabledCodes.has(error.code)) return { kind: 'disabled', reason: error.code };
	if (error.type !== undefined && disabledCodes.has(error.type)) return { kind: 'disabled', reason: error.type };
	if (status === 401 && /account has been deactivated/i.test(error.message))
		return { kind: 'disabled', reason: 'account_deactivated' };
	if (status === 401 || (error.code !== undefined && credentialCodes.has(error.code))) return { kind: 'credential' };
	if (status === 402) return { kind: 'disabled', reason: 'payment_required' };

	const quotaCode = [error.type, error.code].find(code => code !== undefined && quotaCodes.has(code));
	const isLimit = status === 429 || status === 200;
	if (quotaCode !== undefined && isLimit)
		return { kind: 'quota', until: quotaReset(refusal, error, now), reason: quotaCode };
	if (refusal.headers['x-codex-rate-limit-reached-type'] && status === 429) {
		return {
			kind: 'quota',
			until: quotaReset(refusal, error, now),
			reason: refusal.headers['x-codex-rate-limit-reached-type'],
		};
	}
	if (error.code !== undefined && overloadCodes.has(error.code)) return { kind: 'overload', code: error.code };
	if (status === 429 || error.code === 'rate_limit_exceeded') {
		return {
			kind: 'rate',
			waitMs: retryAfterMs(refusal.headers, now) ?? retryHint(error.message) ?? defaultRateWaitMs,
		};
	}
	if (status >= 500 || status === 408) return { kind: 'overload', code: error.code ?? `http_${status}` };
	if (error.code === 'invalid_encrypted_content') return { kind: 'foreign_content' };
	// The backend says this in words only.
	if (status === 400 && /model is not supported/i.test(error.message)) return { kind: 'model_missing' };
	// A challenge page in front of the backend is no answer to this request.
	if (status === 403 && refusal.body === undefined) return { kind: 'overload', code: 'challenge' };
	if (status === 200 && error.code === undefined && error.message === '')
		return { kind: 'overload', code: 'no_event_stream' };
	return { kind: 'caller' };
}

export function judgeFault(fault: UpstreamFault): Verdict {
	return fault.kind === 'offline' ? { kind: 'offline', code: fault.code } : { kind: 'overload', code: fault.code };
}

export interface ProviderError {
	readonly type: string | undefined;
	readonly code: string | undefined;
	readonly message: string;
	readonly resetsAtSeconds: number | undefined;
	readonly resetsInSeconds: number | undefined;
}

/** Reads every spelling: `{error:{…}}`, `{error:"…"}`, `{detail}`, `{detail:{code}}`, an event with `response.error`, or a bare error. */
export function errorOf(body: unknown): ProviderError {
	const detail = fieldOf(body, 'detail');
	const error =
		fieldOf(body, 'error') ?? fieldOf(fieldOf(body, 'response'), 'error') ?? (isObject(detail) ? detail : body);
	const message = fieldOf(error, 'message') ?? detail ?? error;
	return {
		type: textOf(fieldOf(error, 'type')),
		code: textOf(fieldOf(error, 'code')),
		message: typeof message === 'string' ? message : '',
		resetsAtSeconds: numberOf(fieldOf(error, 'resets_at')),
		resetsInSeconds: numberOf(fieldOf(error, 'resets_in_seconds')),
	};
}

/** `Retry-After` in seconds or as an HTTP date, and the SDKs' `retry-after-ms`. */
export function retryAfterMs(headers: HeaderMap, now: number): number | undefined {
	const seconds = numeral(headers['retry-after']);
	const waitMs =
		numeral(headers['retry-after-ms']) ??
		(seconds === undefined ? Date.parse(headers['retry-after'] ?? '') - now : seconds * 1000);
	return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}

function quotaReset(refusal: Refusal, error: ProviderError, now: number): number | null {
	if (error.resetsAtSeconds !== undefined) return error.resetsAtSeconds * 1000;
	if (error.resetsInSeconds !== undefined) return now + error.resetsInSeconds * 1000;
	const waitMs = retryAfterMs(refusal.headers, now) ?? retryHint(error.message);
	return waitMs === undefined ? null : now + waitMs;
}

function numeral(value: string | undefined): number | undefined {
	return value === undefined || value.trim() === '' ? undefined : numberOf(Number(value));
}
