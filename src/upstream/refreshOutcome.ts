import * as z from 'zod';
import type { RefreshOutcome } from '../core/issuerPort.js';
import { parseJson, type ExchangeOutcome } from './smallExchange.js';

/** Codes after which no retry can help: the user signs in again, or the account itself is gone. */
const permanentCodes: ReadonlySet<string> = new Set([
	'refresh_token_expired',
	'refresh_token_reused',
	'refresh_token_invalidated',
	// RFC 6749 §5.2: the refresh token is invalid, expired or revoked.
	'invalid_grant',
	'token_invalidated',
	'token_expired',
	'app_session_terminated',
	'account_session_expired',
	'account_auth_invalidated',
	'account_deactivated',
	'account_suspended',
	'account_deleted',
]);

const token = z.string().min(1).optional().catch(undefined);
const rotationSchema = z.object({ access_token: token, refresh_token: token, id_token: token });

/** Says what the token endpoint's answer to a refresh means. */
export function refreshOutcomeOf(outcome: ExchangeOutcome): RefreshOutcome {
	if (outcome.kind === 'failed') return { kind: 'transient', code: outcome.fault.code, sent: outcome.sent };
	const { status, headers, text } = outcome;
	const body = parseJson(text);

	const codes = issuerErrorCodes(body);
	const permanent = codes.find(code => permanentCodes.has(code));
	if (permanent !== undefined) return { kind: 'permanent', code: permanent };
	// An HTML 401 is the page of some gateway on the way, and it speaks for no account.
	const isIssuerSpeaking = headers['content-type']?.includes('html') !== true;
	if (status === 401 && isIssuerSpeaking) return { kind: 'permanent', code: codes[0] ?? 'http_401' };

	const tokens = status === 200 ? rotatedTokens(body) : undefined;
	if (tokens) return { kind: 'rotated', tokens };
	return { kind: 'transient', code: codes[0] ?? `http_${status}`, sent: true };
}

/** The issuer has used `error.code`, a plain `error` and a top-level `code`. Anything but a short code word is dropped. */
export function issuerErrorCodes(body: unknown): string[] {
	const error = property(body, 'error');
	const candidates = [property(error, 'code'), error, property(body, 'code')];
	return candidates.filter(code => typeof code === 'string').filter(code => /^[\w.-]{1,64}$/.test(code));
}

/** Each token is optional, and what is missing stays as it was. A new refresh token alone is worth everything: the old one is used up. */
function rotatedTokens(body: unknown): Extract<RefreshOutcome, { kind: 'rotated' }>['tokens'] | undefined {
	const { data } = rotationSchema.safeParse(body);
	if (!data) return undefined;
	const tokens = {
		...(data.access_token !== undefined && { accessToken: data.access_token }),
		...(data.refresh_token !== undefined && { refreshToken: data.refresh_token }),
		...(data.id_token !== undefined && { idToken: data.id_token }),
	};
	return Object.keys(tokens).length > 0 ? tokens : undefined;
}

function property(value: unknown, name: string): unknown {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
