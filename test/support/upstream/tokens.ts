import { randomBytes } from 'node:crypto';
import type { SimulatedAccount } from './accounts.js';
import { toSeconds, type UpstreamClock } from './clock.js';
import { signJwt } from './jwt.js';

export const codexClientId = 'app_EMoamEEZ73f0CkXaXp7hrann';

export interface IssuedTokens {
	readonly idToken: string;
	readonly accessToken: string;
	readonly refreshToken: string;
}

export interface AccessGrant {
	readonly account: SimulatedAccount;
	/** Epoch milliseconds, the `exp` of the token. */
	expiresAt: number;
	state: 'current' | 'rotated' | 'revoked';
}

export type RefreshFailure = 'refresh_token_expired' | 'refresh_token_reused' | 'refresh_token_invalidated';

export interface RefreshGrant {
	readonly account: SimulatedAccount;
	failure: RefreshFailure | undefined;
	/** When and for what it was exchanged. */
	used: { readonly at: number; readonly tokens: IssuedTokens } | undefined;
}

export interface IssueOptions {
	readonly accessLifetimeMs?: number;
	/** Keeps the refresh token as it is: the provider may answer a refresh without a new one. */
	readonly keepRefreshToken?: boolean;
}

const tenDaysMs = 864_000_000;

/** Every token the issuer ever gave out and what became of it. */
export class TokenBook {
	readonly #access = new Map<string, AccessGrant>();
	readonly #refresh = new Map<string, RefreshGrant>();
	readonly #clock: UpstreamClock;
	readonly #issuer: () => string;

	constructor(clock: UpstreamClock, issuer: () => string) {
		this.#clock = clock;
		this.#issuer = issuer;
	}

	access(token: string): AccessGrant | undefined {
		return this.#access.get(token);
	}

	refresh(token: string): RefreshGrant | undefined {
		return this.#refresh.get(token);
	}

	/** New tokens for the account. The access tokens it had before are refused from now on. */
	issue(account: SimulatedAccount, options: IssueOptions = {}): IssuedTokens {
		for (const grant of this.#access.values()) {
			if (grant.account === account && grant.state === 'current') grant.state = 'rotated';
		}
		const now = this.#clock.now();
		const expiresAt = now + (options.accessLifetimeMs ?? account.accessLifetimeMs ?? tenDaysMs);
		const keep = options.keepRefreshToken === true ? account.tokens?.refreshToken : undefined;
		const tokens: IssuedTokens = {
			idToken: signJwt(this.#idClaims(account, now, expiresAt)),
			accessToken: signJwt(this.#accessClaims(account, now, expiresAt)),
			refreshToken: keep ?? `rt_${randomBytes(24).toString('base64url')}`,
		};
		this.#access.set(tokens.accessToken, { account, expiresAt, state: 'current' });
		if (keep === undefined) this.#refresh.set(tokens.refreshToken, { account, failure: undefined, used: undefined });
		account.tokens = tokens;
		return tokens;
	}

	/** Exchanges a refresh token that has been found good. */
	exchange(grant: RefreshGrant, options: IssueOptions = {}): IssuedTokens {
		const tokens = this.issue(grant.account, options);
		if (options.keepRefreshToken !== true) grant.used = { at: this.#clock.now(), tokens };
		return tokens;
	}

	#idClaims(account: SimulatedAccount, now: number, expiresAt: number) {
		return {
			...this.#commonClaims(account, now, expiresAt),
			aud: [codexClientId],
			email: account.email,
			email_verified: true,
			name: account.name,
		};
	}

	#accessClaims(account: SimulatedAccount, now: number, expiresAt: number) {
		return {
			...this.#commonClaims(account, now, expiresAt),
			aud: ['https://api.openai.com/v1'],
			client_id: codexClientId,
			'https://api.openai.com/profile': { email: account.email, email_verified: true },
		};
	}

	#commonClaims(account: SimulatedAccount, now: number, expiresAt: number) {
		return {
			iss: this.#issuer(),
			sub: `auth0|${account.userId}`,
			iat: toSeconds(now),
			exp: toSeconds(expiresAt),
			jti: randomBytes(12).toString('hex'),
			'https://api.openai.com/auth': {
				chatgpt_account_id: account.chatgptAccountId,
				chatgpt_plan_type: account.plan,
				chatgpt_user_id: account.userId,
				user_id: account.userId,
				organizations: [{ id: `org-${account.userId}`, is_default: true, role: 'owner', title: 'Personal' }],
			},
		};
	}
}
