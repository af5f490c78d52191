import * as vscode from 'vscode';
import { nameOf } from './accountChoices.js';
import type { HostStatus } from './hostStatus.js';
import { SignInEpisodes } from './signInEpisodes.js';

const signInAgain = 'Sign In Again';

/** Tells the user, once each time, that an account needs a sign-in. */
export class SignInNotices {
	readonly #episodes = new SignInEpisodes();
	readonly #signInAgain: (accountId: string) => void;

	constructor(signInAgain: (accountId: string) => void) {
		this.#signInAgain = signInAgain;
	}

	update(status: HostStatus<unknown>): void {
		if ((status.kind !== 'owner' && status.kind !== 'follower') || status.pool === null) return;
		// Looked at in every window, so that a window that takes the pool over repeats nothing.
		const fresh = this.#episodes.look(status.pool.accounts);
		// Only one window owns the pool, so only one speaks; a pool without a window has nobody else to speak for it.
		if (status.kind === 'follower' && status.pool.owner.launcher === 'editor') return;
		for (const account of fresh) {
			const message = `${nameOf(account)} needs a sign-in. The pool leaves it alone until then.`;
			void vscode.window.showWarningMessage(message, signInAgain).then(chosen => {
				if (chosen === signInAgain) this.#signInAgain(account.id);
			});
		}
	}
}
