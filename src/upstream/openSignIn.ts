import type { AcceptTokens, TokenSet } from '../core/issuerPort.js';
import type { Clock } from '../core/ports.js';
import { PoolError } from '../shared/poolError.js';

export type SignInEnding =
	/** The sentence is for the user. */
	| { readonly kind: 'signedIn'; readonly sentence: string }
	/** So is the error's message. */
	| { readonly kind: 'failed'; readonly error: PoolError };

/** What the user needs for one way of signing in; the rest is the same for all of them. */
export interface SignInDoor {
	readonly url: string;
	readonly userCode: string | null;
	readonly finish: (callbackUrl: string) => Promise<void>;
}

/**
 * A sign-in under way, whichever the way. It ends once: with its tokens accepted, with a failure, out of time or
 * cancelled.
 */
export class OpenSignIn {
	/** Never rejects. */
	readonly ended: Promise<SignInEnding>;
	/** The same ending as callers of the port want it: rejects with the PoolError. */
	readonly result: Promise<void>;
	readonly expiresAt: number;
	readonly #accept: AcceptTokens;
	readonly #resolve: (ending: SignInEnding) => void;
	readonly #stopping = new AbortController();
	readonly #stopTimer: () => void;
	#stage: 'waiting' | 'fetching' | 'accepting' | 'ended' = 'waiting';

	constructor(clock: Clock, lifetimeMs: number, accept: AcceptTokens) {
		const { promise, resolve } = Promise.withResolvers<SignInEnding>();
		this.ended = promise;
		this.#resolve = resolve;
		this.result = promise.then(ending => {
			if (ending.kind === 'failed') throw ending.error;
		});
		this.result.catch(() => undefined); // Whoever asked may look at it later, or never.
		this.#accept = accept;
		this.expiresAt = clock.now() + lifetimeMs;
		this.#stopTimer = clock.after(lifetimeMs, () => this.#stop('Nobody finished the sign-in in time; start it again.'));
	}

	/** Aborted with a PoolError when the sign-in is cancelled or out of time. */
	get signal(): AbortSignal {
		return this.#stopping.signal;
	}

	/** Fetches the tokens and has them accepted. Once: whoever comes later gets the same ending. Never rejects. */
	complete(fetchTokens: (signal: AbortSignal) => Promise<TokenSet>): Promise<SignInEnding> {
		if (this.#stage === 'waiting') {
			this.#stage = 'fetching';
			void this.#run(fetchTokens);
		}
		return this.ended;
	}

	/** Too late once the tokens are being accepted: then the account comes into being, and the outcome says so. */
	cancel(): void {
		this.#stop('The sign-in was cancelled.');
	}

	async #run(fetchTokens: (signal: AbortSignal) => Promise<TokenSet>): Promise<void> {
		let mishap = 'OpenAI’s answer to the sign-in was not understood. Start it again.';
		try {
			const tokens = await fetchTokens(this.signal);
			this.signal.throwIfAborted();
			this.#stage = 'accepting';
			this.#stopTimer();
			mishap = 'You signed in, but the account could not be added; the log has the details.';
			this.#end({ kind: 'signedIn', sentence: await this.#accept(tokens) });
		} catch (thrown) {
			const error = thrown instanceof PoolError ? thrown : new PoolError('sign_in_failed', mishap, { cause: thrown });
			this.#end({ kind: 'failed', error });
		}
	}

	#stop(sentence: string): void {
		if (this.#stage === 'accepting' || this.#stage === 'ended') return;
		const error = new PoolError('sign_in_failed', sentence);
		this.#end({ kind: 'failed', error });
		this.#stopping.abort(error);
	}

	#end(ending: SignInEnding): void {
		this.#stage = 'ended';
		this.#stopTimer();
		this.#resolve(ending);
	}
}
