import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { SignIn } from '../shared/signInApi.js';
import { PoolError } from '../shared/poolError.js';
import { signedInAccount } from './awaitSignIn.js';
import { DisposableStore } from './disposableStore.js';
import { openPage } from './openPage.js';

/** The user brings back the address the browser ended on. Returns the account's id, undefined when the user gave up. */
export async function signInWithAddress(client: PoolClient, { id, url }: SignIn): Promise<string | undefined> {
	await openPage(url);
	const ended = await askAddress(address => client.finishSignIn(id, address));
	if (ended !== undefined) return signedInAccount(ended);
	await client.cancelSignIn(id);
	return undefined;
}

/** Stays open until an address ends the sign-in: an address of something else is told of beside it. */
function askAddress(finish: (address: string) => Promise<SignIn>): Promise<SignIn | undefined> {
	const owned = new DisposableStore();
	const box = owned.add(vscode.window.createInputBox());
	box.title = l10n.t('Sign in: paste the address');
	box.prompt = l10n.t(
		'After you sign in, the browser ends on a page that does not load. Copy the address of that page.',
	);
	box.placeholder = 'http://127.0.0.1:1455/auth/callback?code=…';
	// The user must leave for the browser and come back.
	box.ignoreFocusOut = true;
	return new Promise<SignIn | undefined>((resolve, reject) => {
		const submit = async (): Promise<void> => {
			if (box.value.trim() === '' || box.busy) return;
			box.busy = true;
			box.enabled = false;
			try {
				resolve(await finish(box.value));
			} catch (error) {
				if (!(error instanceof PoolError && error.code === 'invalid_request')) {
					reject(PoolError.from(error));
					return;
				}
				box.validationMessage = error.message;
			} finally {
				box.busy = false;
				box.enabled = true;
			}
		};
		owned.add(box.onDidAccept(() => void submit()));
		owned.add(box.onDidChangeValue(() => (box.validationMessage = undefined)));
		owned.add(box.onDidHide(() => resolve(undefined)));
		box.show();
	}).finally(() => owned.dispose());
}
