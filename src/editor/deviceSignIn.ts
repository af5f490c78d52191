import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { SignIn } from '../shared/signInApi.js';
import { showWaiting } from './browserSignIn.js';
import { openPage } from './openPage.js';

const copyAndOpen = 'Copy Code and Open Page';

/** The user enters a code in any browser. Returns the account's id, undefined when the user gave up. */
export async function signInWithCode(client: PoolClient, { id, url, userCode }: SignIn): Promise<string | undefined> {
	const code = userCode ?? '';
	// A dialog and no notification: the code must be seen, and stay until it has been.
	const question = `Your sign-in code is ${code}`;
	const detail = `Enter it at ${url}, on this or any other device. Never share it: whoever enters it signs in for you.`;
	const answer = await vscode.window.showInformationMessage(question, { modal: true, detail }, copyAndOpen);
	if (answer !== copyAndOpen) {
		await client.cancelSignIn(id);
		return undefined;
	}
	await vscode.env.clipboard.writeText(code);
	await openPage(url);
	return showWaiting(client, id, `Enter the code ${code} at [${url}](${url})`);
}
