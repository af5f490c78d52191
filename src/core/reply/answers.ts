import type { PoolError } from '../../shared/poolError.js';
import type { Return } from '../routing/eligibility.js';
import type { ClientReply, HeaderMap } from '../ports.js';
import { errorOf } from '../attempt/providerError.js';

/** Error answers in the shape of the OpenAI API, which every client understands. */

export interface Answer {
	readonly status: number;
	readonly headers: HeaderMap;
	readonly body: Buffer;
}

/** Within this time a client had better wait by itself than show an error (protocol §9). */
const retryAfterLimitMs = 60_000;

export function errorAnswer(error: PoolError): Answer {
	return jsonAnswer(error.status, { error: { message: error.message, type: typeOf(error.status), code: error.code } });
}

/** With the real time of the first account that is back. `whose` completes "the accounts …". */
export function usageLimitAnswer({ at, after }: Return, whose: string, now: number): Answer {
	const message =
		after === 'reserved'
			? `The accounts ${whose} have only the reserve left that you keep for yourself.`
			: `Every account ${whose} has reached its usage limit.`;
	return limitAnswer({ code: 'usage_limit_reached', message, at }, now);
}

interface Limit {
	readonly code: string;
	readonly message: string;
	/** When it ends. */
	readonly at: number;
}

/** The only answer that Codex shows as a usage limit, by its type, and with the time at which it ends. */
export function limitAnswer({ code, message, at }: Limit, now: number): Answer {
	const waitMs = Math.max(0, at - now);
	const error = {
		type: 'usage_limit_reached',
		code,
		message,
		resets_at: Math.ceil(at / 1000),
		resets_in_seconds: Math.ceil(waitMs / 1000),
	};
	if (waitMs <= retryAfterLimitMs) return jsonAnswer(429, { error }, waitMs);
	const answer = jsonAnswer(429, { error });
	// OpenAI's SDKs try twice more otherwise, before they show it.
	return { ...answer, headers: { ...answer.headers, 'x-should-retry': 'false' } };
}

/** Every account is in a short rate limit: the client should simply come back. */
export function rateLimitAnswer(waitMs: number, whose: string): Answer {
	const error = {
		type: 'rate_limit_exceeded',
		code: 'rate_limit_exceeded',
		message: `Every account ${whose} is rate limited for a moment.`,
	};
	return jsonAnswer(429, { error }, waitMs);
}

/**
 * A refusal of the upstream, as it came. SDK callers get `{detail}` bodies in the error shape they can read, and
 * everybody so gets what came in an event or without a word.
 */
export function upstreamAnswer(
	status: number,
	headers: HeaderMap,
	raw: Buffer,
	body: unknown,
	forSdk: boolean,
): Answer {
	const isOpenAiShape = typeof body === 'object' && body !== null && 'error' in body;
	if (raw.length > 0 && (!forSdk || isOpenAiShape)) return { status, headers, body: raw };
	const { message, code, type } = errorOf(body);
	const error = {
		message: message || `The ChatGPT backend answered with status ${status}.`,
		type: type ?? typeOf(status),
		code: code ?? null,
	};
	const answer = jsonAnswer(status, { error });
	return { ...answer, headers: { ...headers, ...answer.headers } };
}

export function sendAnswer(client: ClientReply, answer: Answer, extra: HeaderMap = {}): void {
	client.start(answer.status, { ...answer.headers, ...extra, 'content-length': String(answer.body.length) });
	client.write(answer.body);
	client.end();
}

export function jsonAnswer(status: number, body: unknown, retryAfterMs?: number): Answer {
	const headers = { 'content-type': 'application/json; charset=utf-8' };
	return {
		status,
		headers:
			retryAfterMs === undefined
				? headers
				: { ...headers, 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) },
		body: Buffer.from(JSON.stringify(body)),
	};
}

/** The kind of error that goes with a status. */
export function typeOf(status: number): string {
	if (status === 401) return 'authentication_error';
	if (status === 403) return 'permission_error';
	if (status === 429) return 'rate_limit_error';
	return status < 500 ? 'invalid_request_error' : 'server_error';
}
