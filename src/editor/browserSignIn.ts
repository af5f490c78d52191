import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import { PoolError } from '../shared/poolError.js';
import { DisposableStore } from './disposableStore.js';
import { pause } from './pause.js';

const askEveryMs = 750;
const copyLink = 'Copy Link';

/** Signs in with the user's browser. Returns the account's id, undefined when the user gave up. */
export async function signInWithBrowser(client: PoolClient): Promise<string | undefined> {
	const { id, url } = await client.startSignIn();
	// The editor takes text too, and then opens exactly that. A Uri is escaped anew, which changes what the provider gets:
	// https://github.com/microsoft/vscode/issues/85930
	const opened = await vscode.env.openExternal(url as unknown as vscode.Uri).then(
		done => done,
		() => false,
	);
	if (!opened) offerLink(url);
	const progress = {
		location: vscode.ProgressLocation.Notification,
		title: 'Waiting for the sign-in',
		cancellable: true,
	};
	return vscode.window.withProgress(progress, (_report, token) => waitForSignIn(client, id, token));
}

async function waitForSignIn(
	client: PoolClient,
	id: string,
	token: vscode.CancellationToken,
): Promise<string | undefined> {
	const owned = new DisposableStore();
	const given = new AbortController();
	owned.add(token.onCancellationRequested(() => given.abort()));
	try {
		for (;;) {
			await pause(askEveryMs, given.signal);
			if (given.signal.aborted) {
				await client.cancelSignIn(id);
				return undefined;
			}
			const { state, accountId, error } = await client.readSignIn(id);
			if (state === 'succeeded') return accountId ?? undefined;
			if (state === 'failed') throw new PoolError('sign_in_failed', error ?? 'The sign-in failed. Try again.');
		}
	} finally {
		owned.dispose();
	}
}

function offerLink(url: string): void {
	const message = 'The browser could not be opened. Open the sign-in link yourself.';
	void vscode.window.showWarningMessage(message, copyLink).then(chosen => {
		if (chosen === copyLink) void vscode.env.clipboard.writeText(url);
	});
}
