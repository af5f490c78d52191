import type { SignIn } from '../shared/managementApi.js';
import { PoolError } from '../shared/poolError.js';
import type { BrowserSignIn, Issuer, Log, TokenSet } from './ports.js';

interface Running {
	view: SignIn;
	readonly browser: BrowserSignIn;
}

/** Finished sign-ins are remembered so that whoever asks late still learns the outcome. */
const remembered = 20;

/** Browser sign-ins under way and how the last ones ended. */
export class SignIns {
	readonly #signIns = new Map<string, Running>();

	constructor(
		private readonly issuer: Issuer,
		private readonly newId: () => string,
		private readonly log: Log,
	) {}

	/** `add` turns the tokens into an account and gives its id. */
	async start(add: (tokens: TokenSet) => Promise<string>): Promise<SignIn> {
		const browser = await this.issuer.startBrowserSignIn();
		const view: SignIn = { id: this.newId(), url: browser.url, state: 'waiting', accountId: null, error: null };
		const running: Running = { view, browser };
		this.#signIns.set(view.id, running);
		this.#forgetOldest();
		void browser.result.then(add).then(
			accountId => {
				running.view = { ...view, state: 'succeeded', accountId };
			},
			(thrown: unknown) => {
				const error = PoolError.from(thrown);
				this.log.warn('sign-in failed', {
					code: error.code,
					cause: error.cause instanceof Error ? error.cause.message : null,
				});
				running.view = { ...view, state: 'failed', error: error.message };
			},
		);
		return view;
	}

	read(id: string): SignIn {
		return this.#get(id).view;
	}

	cancel(id: string): void {
		this.#get(id).browser.cancel();
	}

	/** Ends every sign-in that still waits, so that its port is free. */
	cancelAll(): void {
		for (const { view, browser } of this.#signIns.values()) if (view.state === 'waiting') browser.cancel();
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
