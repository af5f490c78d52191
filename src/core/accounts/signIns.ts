import type { SignIn, StartSignIn } from '../../shared/signInApi.js';
import { PoolError } from '../../shared/poolError.js';
import type { Issuer, PendingSignIn, TokenSet } from '../issuerPort.js';
import type { Log } from '../ports.js';

/** What a sign-in has added, and the sentence that says so. */
export interface SignedIn {
	readonly accountId: string;
	readonly sentence: string;
}

interface Running {
	view: SignIn;
	readonly pending: PendingSignIn;
	/** Settles with the view, never rejects. */
	readonly ended: Promise<void>;
}

/** Finished sign-ins are remembered so that whoever asks late still learns the outcome. */
const remembered = 20;

/** Sign-ins under way and how the last ones ended. */
export class SignIns {
	readonly #signIns = new Map<string, Running>();

	constructor(
		private readonly issuer: Issuer,
		private readonly newId: () => string,
		private readonly log: Log,
	) {}

	/** `add` makes an account of the tokens, or throws a PoolError when it is not the one that was meant. */
	async start(
		method: NonNullable<StartSignIn['method']>,
		add: (tokens: TokenSet) => Promise<SignedIn>,
	): Promise<SignIn> {
		let accountId: string | null = null;
		const pending = await this.issuer.startSignIn(method, async tokens => {
			const added = await add(tokens);
			accountId = added.accountId;
			return added.sentence;
		});
		const { url, userCode, expiresAt } = pending;
		const view: SignIn = {
			id: this.newId(),
			method,
			url,
			userCode,
			expiresAt,
			state: 'waiting',
			accountId,
			error: null,
		};
		const ended = pending.result.then(
			() => {
				running.view = { ...view, state: 'succeeded', accountId };
			},
			(thrown: unknown) => {
				const error = PoolError.from(thrown);
				this.log.warn('sign-in failed', { method, code: error.code, cause: causeOf(error) });
				running.view = { ...view, state: 'failed', error: error.message };
			},
		);
		const running: Running = { view, pending, ended };
		this.#signIns.set(view.id, running);
		this.#forgetOldest();
		return view;
	}

	read(id: string): SignIn {
		return this.#get(id).view;
	}

	/** Ends a sign-in with the address the browser came to; gives the outcome. */
	async finish(id: string, callbackUrl: string): Promise<SignIn> {
		const running = this.#get(id);
		await running.pending.finish(callbackUrl);
		await running.ended;
		return running.view;
	}

	cancel(id: string): void {
		this.#get(id).pending.cancel();
	}

	/** Ends every sign-in that still waits, so that its port is free. */
	cancelAll(): void {
		for (const { view, pending } of this.#signIns.values()) if (view.state === 'waiting') pending.cancel();
	}

	#get(id: string): Running {
		const found = this.#signIns.get(id);
		if (!found) throw new PoolError('not_found', 'This sign-in is over or was never started. Start it again.');
		return found;
	}

	#forgetOldest(): void {
		for (const [id, { view }] of this.#signIns) {
			if (this.#signIns.size <= remembered) return;
			if (view.state !== 'waiting') this.#signIns.delete(id);
		}
	}
}

function causeOf({ cause }: PoolError): string | null {
	return cause instanceof Error ? cause.message : null;
}
