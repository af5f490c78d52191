import type { SignInMethod } from '../shared/signInApi.js';

export interface TokenSet {
	readonly accessToken: string;
	readonly refreshToken: string;
	readonly idToken: string | null;
}

export type RefreshOutcome =
	| {
			readonly kind: 'rotated';
			readonly tokens: { readonly accessToken?: string; readonly refreshToken?: string; readonly idToken?: string };
	  }
	/** The user must sign in again. */
	| { readonly kind: 'permanent'; readonly code: string }
	/** Try again later; `sent` false proves that the token was not consumed. */
	| { readonly kind: 'transient'; readonly code: string; readonly sent: boolean };

/** A sign-in under way. */
export interface PendingSignIn {
	/** What the user opens. */
	readonly url: string;
	/** What the user types in there; null unless the method is `device`. */
	readonly userCode: string | null;
	/** Epoch ms; over by then. */
	readonly expiresAt: number;
	/** Resolves once the tokens have been accepted; rejects with a PoolError whose message is for the user. */
	readonly result: Promise<void>;
	/**
	 * Finishes with the address that the browser ended on, pasted by the user. Rejects with `invalid_request` when it is
	 * not the end of this very sign-in; the sign-in then goes on waiting.
	 */
	finish(callbackUrl: string): Promise<void>;
	cancel(): void;
}

/** Makes an account of fresh tokens; gives the sentence that the browser shows, without any secret. */
export type AcceptTokens = (tokens: TokenSet) => Promise<string>;

/** What the issuer's signature says of an access token that somebody shows. */
export type LoginProof =
	/** Issued to Codex by the issuer; `expiresAt` in epoch milliseconds. */
	| { readonly kind: 'proven'; readonly expiresAt: number }
	| { readonly kind: 'expired' }
	/** Not what it claims to be, or issued to another program. */
	| { readonly kind: 'refused' };

export interface LoginVerifier {
	/** Rejects with `issuer_unreachable` when the keys to check the signature with cannot be had. */
	verify(accessToken: string): Promise<LoginProof>;
}

export interface Issuer {
	/** Never throws for what the issuer answers; see RefreshOutcome. */
	refresh(refreshToken: string): Promise<RefreshOutcome>;
	/**
	 * `browser` opens the loopback callback and rejects with `sign_in_port_busy` when neither 1455 nor 1457 is free;
	 * `paste` opens none and waits for `finish`; `device` shows a code and polls, and rejects with `sign_in_failed` when
	 * the issuer has switched it off.
	 */
	startSignIn(method: SignInMethod, accept: AcceptTokens): Promise<PendingSignIn>;
	/** Ends a sign-in at the issuer. False when the issuer did not confirm it. */
	revoke(refreshToken: string): Promise<boolean>;
	close(): Promise<void>;
}
