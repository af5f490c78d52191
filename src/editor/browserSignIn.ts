import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { SignIn } from '../shared/signInApi.js';
import { awaitSignIn } from './awaitSignIn.js';
import { DisposableStore } from './disposableStore.js';
import { openPage } from './openPage.js';

/** The browser comes back by itself. Returns the account's id, undefined when the user gave up. */
export async function signInWithBrowser(client: PoolClient, { id, url }: SignIn): Promise<string | undefined> {
	await openPage(url);
	return showWaiting(client, id, l10n.t('Waiting for the sign-in in your browser'));
}

/** Waits under a notification whose Cancel ends the sign-in. */
export function showWaiting(client: PoolClient, id: string, title: string): Thenable<string | undefined> {
	const progress = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
	return vscode.window.withProgress(progress, async (_report, token) => {
		const owned = new DisposableStore();
		const givenUp = new AbortController();
		owned.add(token.onCancellationRequested(() => givenUp.abort()));
		try {
			return await awaitSignIn(client, id, givenUp.signal);
		} finally {
			owned.dispose();
		}
	});
}
