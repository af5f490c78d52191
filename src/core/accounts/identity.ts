import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import * as z from 'zod';
import { PoolError } from '../../shared/poolError.js';
import type { TokenSet } from '../issuerPort.js';
import { wordsFrom } from '../quota/providerFigures.js';
import { headerText } from './headerText.js';

/** Who an account is: a ChatGPT user in one workspace. Decoded from the tokens, never trusted for anything but display. */
export interface Identity {
	/** Opaque and stable: the same user and workspace always give the same account. */
	readonly accountId: string;
	readonly userId: string;
	readonly chatgptAccountId: string;
	readonly email: string | null;
	readonly plan: string | null;
}

/** Claims of protocol §11.1. */
const claimsSchema = z.object({
	email: z.string().optional(),
	sub: z.string().optional(),
	'https://api.openai.com/auth': z
		.object({
			chatgpt_account_id: headerText.optional(),
			chatgpt_plan_type: z.string().optional(),
			chatgpt_user_id: z.string().min(1).optional(),
			user_id: z.string().min(1).optional(),
		})
		.optional(),
	'https://api.openai.com/profile': z.object({ email: z.string().optional() }).optional(),
});

/** RFC 5321: the parts before and behind the @. Whoever makes a token up may write anything into it. */
const longestEmail = 320;
const longestPlan = 64;

export function readIdentity(tokens: Pick<TokenSet, 'accessToken' | 'idToken'>, statedAccountId?: string): Identity {
	const access = readClaims(tokens.accessToken);
	const id = tokens.idToken === null ? undefined : readClaims(tokens.idToken);
	const auth = { ...id?.['https://api.openai.com/auth'], ...access['https://api.openai.com/auth'] };
	const chatgptAccountId = statedAccountId ?? auth.chatgpt_account_id;
	const userId = auth.chatgpt_user_id ?? auth.user_id ?? access.sub ?? id?.sub;
	if (chatgptAccountId === undefined || userId === undefined) {
		throw new PoolError(
			'invalid_account_file',
			'These tokens do not say which ChatGPT account they belong to. Sign in with ChatGPT (not with an API key) and try again.',
		);
	}
	return {
		accountId: `acc_${createHash('sha256').update(`${userId}\n${chatgptAccountId}`).digest('hex').slice(0, 16)}`,
		userId,
		chatgptAccountId,
		email:
			wordsFrom(access['https://api.openai.com/profile']?.email ?? id?.email ?? access.email, longestEmail) ?? null,
		plan: wordsFrom(auth.chatgpt_plan_type, longestPlan) ?? null,
	};
}

/** When an access token expires, epoch milliseconds; null when it does not say. */
export function expiryOf(accessToken: string): number | null {
	try {
		const { exp } = decodeJwt(accessToken);
		return typeof exp === 'number' ? exp * 1000 : null;
	} catch {
		// An opaque token has no expiry that we could know; the upstream will refuse it when it is over.
		return null;
	}
}

function readClaims(token: string): z.infer<typeof claimsSchema> {
	try {
		return claimsSchema.parse(decodeJwt(token));
	} catch (error) {
		throw new PoolError(
			'invalid_account_file',
			'A token in this file is damaged. Sign in again with Codex and import the new file.',
			{
				cause: error,
			},
		);
	}
}
