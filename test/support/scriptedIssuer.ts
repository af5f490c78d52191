import type { BrowserSignIn, Issuer, RefreshOutcome, TokenSet } from '../../src/core/ports.js';
import { PoolError } from '../../src/shared/poolError.js';

/** An issuer whose answers the test gives, and which keeps the refresh tokens it was shown. */
export class ScriptedIssuer implements Issuer {
	readonly shown: string[] = [];
	isClosed = false;
	/** What a refresh is answered. */
	onRefresh: (refreshToken: string) => RefreshOutcome | Promise<RefreshOutcome> = () => ({
		kind: 'transient',
		code: 'NOT_SCRIPTED',
		sent: false,
	});
	readonly signIns: ScriptedSignIn[] = [];

	async refresh(refreshToken: string): Promise<RefreshOutcome> {
		this.shown.push(refreshToken);
		return this.onRefresh(refreshToken);
	}

	startBrowserSignIn(): Promise<BrowserSignIn> {
		const signIn = new ScriptedSignIn(`https://issuer.test/${this.signIns.length + 1}`);
		this.signIns.push(signIn);
		return Promise.resolve(signIn);
	}

	close(): Promise<void> {
		this.isClosed = true;
		return Promise.resolve();
	}
}

export class ScriptedSignIn implements BrowserSignIn {
	readonly #outcome = Promise.withResolvers<TokenSet>();
	readonly result = this.#outcome.promise;

	constructor(readonly url: string) {}

	succeed(tokens: TokenSet): void {
		this.#outcome.resolve(tokens);
	}

	cancel(): void {
		this.#outcome.reject(new PoolError('sign_in_failed', 'The sign-in was cancelled.'));
	}
}
