import type { AcceptTokens, Issuer, PendingSignIn, RefreshOutcome, TokenSet } from '../../src/core/issuerPort.js';
import type { SignInMethod } from '../../src/shared/signInApi.js';
import { PoolError } from '../../src/shared/poolError.js';

/** An issuer whose answers the test gives, and which keeps the refresh tokens it was shown. */
export class ScriptedIssuer implements Issuer {
	readonly shown: string[] = [];
	readonly revoked: string[] = [];
	readonly signIns: ScriptedSignIn[] = [];
	isClosed = false;
	/** What a refresh is answered. */
	onRefresh: (refreshToken: string) => RefreshOutcome | Promise<RefreshOutcome> = () => ({
		kind: 'transient',
		code: 'NOT_SCRIPTED',
		sent: false,
	});

	async refresh(refreshToken: string): Promise<RefreshOutcome> {
		this.shown.push(refreshToken);
		return this.onRefresh(refreshToken);
	}

	startSignIn(method: SignInMethod, accept: AcceptTokens): Promise<PendingSignIn> {
		const signIn = new ScriptedSignIn(`https://issuer.test/${this.signIns.length + 1}`, method, accept);
		this.signIns.push(signIn);
		return Promise.resolve(signIn);
	}

	revoke(refreshToken: string): Promise<boolean> {
		this.revoked.push(refreshToken);
		return Promise.resolve(true);
	}

	close(): Promise<void> {
		this.isClosed = true;
		return Promise.resolve();
	}
}

export class ScriptedSignIn implements PendingSignIn {
	readonly userCode: string | null;
	readonly expiresAt = Infinity;
	readonly result: Promise<void>;
	readonly #outcome = Promise.withResolvers<undefined>();
	readonly #accept: AcceptTokens;

	constructor(
		readonly url: string,
		method: SignInMethod,
		accept: AcceptTokens,
	) {
		this.userCode = method === 'device' ? 'ABCD-EFGH' : null;
		this.#accept = accept;
		this.result = this.#outcome.promise;
	}

	/** The user has signed in. */
	async succeed(tokens: TokenSet): Promise<void> {
		try {
			await this.#accept(tokens);
			this.#outcome.resolve(undefined);
		} catch (error) {
			this.#outcome.reject(error);
		}
	}

	finish(callbackUrl: string): Promise<void> {
		return Promise.reject(new PoolError('invalid_request', `This is not the end of the sign-in: ${callbackUrl}.`));
	}

	cancel(): void {
		this.#outcome.reject(new PoolError('sign_in_failed', 'The sign-in was cancelled.'));
	}
}
