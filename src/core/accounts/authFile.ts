import * as z from 'zod';
import { PoolError } from '../../shared/poolError.js';
import type { TokenSet } from '../issuerPort.js';
import { headerText } from './headerText.js';

/** What an `auth.json` of Codex (protocol §11.1) or OpenCode gives. */
export interface AuthFile {
	readonly tokens: TokenSet;
	/** The workspace account the file was made for; undefined lets the token say. */
	readonly chatgptAccountId: string | undefined;
}

const tokensSchema = z.object({
	id_token: headerText.nullish(),
	access_token: headerText,
	refresh_token: headerText,
	account_id: headerText.nullish(),
});
const fileSchema = z.looseObject({ OPENAI_API_KEY: z.string().nullish() });
/** OpenCode's file, under the provider's name. */
const openCodeSchema = z.object({
	type: z.literal('oauth'),
	access: z.unknown().optional(),
	refresh: z.unknown().optional(),
	accountId: z.unknown().optional(),
});

export function parseAuthFile(text: string): AuthFile {
	const file = fileSchema.safeParse(parseJson(text));
	if (!file.success) throw refuse('This is not a Codex auth.json file: it holds no account.', file.error);
	const spelled = tokensOf(file.data);
	if (spelled === undefined) {
		throw file.data.OPENAI_API_KEY
			? refuse(
					'This auth.json holds an API key, not a ChatGPT account. Run "codex login" with ChatGPT and import the file again.',
				)
			: refuse('This auth.json is signed out. Run "codex login" and import the file again.');
	}
	const tokens = tokensSchema.safeParse(snakeCased(spelled));
	if (!tokens.success) {
		const unusable = tokens.error.issues.map(issue => issue.path.join('.')).join(', ');
		throw refuse(
			`This auth.json is incomplete or damaged (${unusable}). Run "codex login" and import the file again.`,
			tokens.error,
		);
	}
	return {
		tokens: {
			accessToken: tokens.data.access_token,
			refreshToken: tokens.data.refresh_token,
			idToken: tokens.data.id_token ?? null,
		},
		chatgptAccountId: tokens.data.account_id ?? undefined,
	};
}

/** Undefined when the file holds no tokens, in none of the places where programs put them. */
function tokensOf(file: Readonly<Record<string, unknown>>): unknown {
	if (file['tokens'] !== undefined && file['tokens'] !== null) return file['tokens'];
	if ('access_token' in file || 'accessToken' in file) return file;
	const openCode = openCodeSchema.safeParse(file['openai']).data;
	return openCode && { accessToken: openCode.access, refreshToken: openCode.refresh, accountId: openCode.accountId };
}

/** Some tools write the same file in camel case. */
function snakeCased(value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => [key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`), entry]),
	);
}

function parseJson(text: string): unknown {
	try {
		// Some editors begin a file with a mark of its encoding.
		return JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch (error) {
		throw refuse('This file is not valid JSON. It may have been cut off while copying; export it again.', error);
	}
}

function refuse(message: string, cause?: unknown): PoolError {
	return new PoolError('invalid_account_file', message, { cause });
}
