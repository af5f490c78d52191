import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { SignIn } from '../shared/signInApi.js';
import { showWaiting } from './browserSignIn.js';
import { openPage } from './openPage.js';

const copyAndOpen = l10n.t('Copy Code and Open Page');

/** The user enters a code in any browser. Returns the account's id, undefined when the user gave up. */
export async function signInWithCode(client: PoolClient, { id, url, userCode }: SignIn): Promise<string | undefined> {
	const code = userCode ?? '';
	// A dialog and no notification: the code must be seen, and stay until it has been.
	const question = l10n.t('Your sign-in code is {0}', code);
	const detail = l10n.t(
		'Enter it at {0}, on this or any other device. Never share it: whoever enters it signs in for you.',
		url,
	);
	const answer = await vscode.window.showInformationMessage(question, { modal: true, detail }, copyAndOpen);
	if (answer !== copyAndOpen) {
		await client.cancelSignIn(id);
		return undefined;
	}
	await vscode.env.clipboard.writeText(code);
	await openPage(url);
	return showWaiting(client, id, l10n.t('Enter the code {0} at [{1}]({1})', code, url));
}
