import * as z from 'zod';
import { issuerErrorCodes } from './refreshOutcome.js';
import { parseJson, type ExchangeOutcome } from './smallExchange.js';

export type DevicePoll =
	| { readonly kind: 'approved'; readonly code: string; readonly codeVerifier: string }
	| { readonly kind: 'pending' }
	/** Pending, and asked too often. */
	| { readonly kind: 'slowDown' }
	/** No poll can help any more. The sentence is for the user. */
	| { readonly kind: 'over'; readonly sentence: string };

const finalSentences: Readonly<Record<string, string>> = {
	expired_token: 'The code has expired. Start the sign-in again.',
	access_denied: 'The sign-in was declined in the browser.',
	authorization_declined: 'The sign-in was declined in the browser.',
};

const approvalSchema = z.object({ authorization_code: z.string().min(1), code_verifier: z.string().min(1) });

/**
 * Says what the answer to "has the user typed in the code?" means. The issuer itself says no with 403 or 404; broken
 * connections, error pages and server errors say nothing, so the question is asked again.
 */
export function devicePollOf(outcome: ExchangeOutcome): DevicePoll {
	if (outcome.kind === 'failed') return { kind: 'pending' };
	const { status, text } = outcome;
	const body = parseJson(text);
	if (status === 200 && body !== undefined) return approvalOf(body);

	const codes = issuerErrorCodes(body);
	const final = codes.find(code => Object.hasOwn(finalSentences, code));
	if (final !== undefined) return { kind: 'over', sentence: finalSentences[final] ?? final };
	if (status === 429 || status === 503 || codes.includes('slow_down')) return { kind: 'slowDown' };
	const isWaiting = status === 403 || status === 404 || codes.includes('authorization_pending');
	const isIssuerSpeaking = status < 500 && body !== undefined;
	if (isWaiting || !isIssuerSpeaking) return { kind: 'pending' };
	return { kind: 'over', sentence: `OpenAI refused the sign-in (${codes[0] ?? `HTTP ${status}`}). Start it again.` };
}

function approvalOf(body: unknown): DevicePoll {
	const approval = approvalSchema.safeParse(body).data;
	return approval
		? { kind: 'approved', code: approval.authorization_code, codeVerifier: approval.code_verifier }
		: { kind: 'over', sentence: 'OpenAI’s answer to the sign-in was not understood. Start it again.' };
}
