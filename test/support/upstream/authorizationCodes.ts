import { createHash, randomBytes } from 'node:crypto';
import type { SimulatedAccount } from './accounts.js';
import type { UpstreamClock } from './clock.js';

export interface CodeGrant {
	readonly account: SimulatedAccount;
	readonly redirectUri: string;
	readonly challenge: string;
}

const lifetimeMs = 600_000;

/** Authorization codes: short-lived, for one use, and only for whoever holds the PKCE verifier. */
export class AuthorizationCodes {
	readonly #grants = new Map<string, CodeGrant & { readonly expiresAt: number }>();
	readonly #clock: UpstreamClock;

	constructor(clock: UpstreamClock) {
		this.#clock = clock;
	}

	issue(grant: CodeGrant): string {
		const code = `ac_${randomBytes(24).toString('base64url')}`;
		this.#grants.set(code, { ...grant, expiresAt: this.#clock.now() + lifetimeMs });
		return code;
	}

	/** The account the code stands for, or why it is refused. The code is gone either way. */
	redeem(code: string, redirectUri: string, verifier: string): SimulatedAccount | string {
		const grant = this.#grants.get(code);
		this.#grants.delete(code);
		if (!grant) return 'The authorization code is unknown or was already used';
		if (grant.expiresAt <= this.#clock.now()) return 'The authorization code has expired';
		if (grant.redirectUri !== redirectUri) return 'redirect_uri does not match the authorization request';
		if (grant.challenge !== challengeOf(verifier)) return 'code_verifier does not match the code challenge';
		return grant.account;
	}
}

export function challengeOf(verifier: string): string {
	return createHash('sha256').update(verifier).digest('base64url');
}
