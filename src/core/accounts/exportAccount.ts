import type { ExportShape } from '../../shared/accountApi.js';
import { expiryOf } from './identity.js';
import type { TokenSet } from '../issuerPort.js';

export interface ExportedTokens {
	readonly tokens: TokenSet;
	readonly chatgptAccountId: string;
	/** When the pair was last renewed, epoch ms. */
	readonly savedAt: number;
}

/** The text of a file that another program signs in with. It holds live tokens. */
export function exportAccount(shape: ExportShape, { tokens, chatgptAccountId, savedAt }: ExportedTokens): string {
	switch (shape) {
		case 'codex':
			return asText({
				auth_mode: 'chatgpt',
				OPENAI_API_KEY: null,
				tokens: {
					id_token: tokens.idToken,
					access_token: tokens.accessToken,
					refresh_token: tokens.refreshToken,
					account_id: chatgptAccountId,
				},
				last_refresh: new Date(savedAt).toISOString(),
			});
		case 'opencode':
			return asText({
				openai: {
					type: 'oauth',
					refresh: tokens.refreshToken,
					access: tokens.accessToken,
					expires: expiryOf(tokens.accessToken) ?? 0,
					accountId: chatgptAccountId,
				},
			});
		default:
			return shape satisfies never;
	}
}

function asText(value: unknown): string {
	return `${JSON.stringify(value, null, 2)}\n`;
}
