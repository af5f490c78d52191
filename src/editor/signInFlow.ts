import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { SignInMethod } from '../shared/signInApi.js';
import { PoolError } from '../shared/poolError.js';
import { signInWithBrowser } from './browserSignIn.js';
import { signInWithCode } from './deviceSignIn.js';
import { signInWithAddress } from './pasteSignIn.js';
import { signInRemedies } from './signInRemedies.js';
import { signInWays } from './signInWays.js';

const anotherWay = l10n.t('Another Way…');

/**
 * Signs in, by the way the user chooses where the browser of this window may not come back. With `accountId` it renews
 * that account. Returns the account's id, undefined when the user gave up.
 */
export async function signIn(client: PoolClient, accountId?: string): Promise<string | undefined> {
	let method = isRemote() ? await chooseWay() : 'browser';
	while (method !== undefined) {
		const tried: SignInMethod = method;
		try {
			const signedIn = await signInBy(tried, client, accountId);
			if (signedIn !== undefined) return signedIn;
			const answer = await vscode.window.showInformationMessage(l10n.t('The sign-in was cancelled.'), anotherWay);
			method = answer === anotherWay ? await chooseWay(tried) : undefined;
		} catch (error) {
			method = await askHowToGoOn(error, tried);
		}
	}
	return undefined;
}

/** Throws on what no other try would mend. */
async function askHowToGoOn(error: unknown, tried: SignInMethod): Promise<SignInMethod | undefined> {
	const remedies = error instanceof PoolError ? signInRemedies(error.code, tried) : [];
	if (!(error instanceof PoolError) || remedies.length === 0) throw error;
	const items = remedies.map(({ label, next }) => ({ title: label, next }));
	const answer = await vscode.window.showErrorMessage(error.message, ...items);
	return answer?.next === 'ask' ? chooseWay(tried) : answer?.next;
}

async function signInBy(
	method: SignInMethod,
	client: PoolClient,
	accountId: string | undefined,
): Promise<string | undefined> {
	const started = await client.startSignIn({ method, ...(accountId !== undefined && { accountId }) });
	switch (method) {
		case 'browser':
			return signInWithBrowser(client, started);
		case 'device':
			return signInWithCode(client, started);
		case 'paste':
			return signInWithAddress(client, started);
		default:
			return method satisfies never;
	}
}

async function chooseWay(tried?: SignInMethod): Promise<SignInMethod | undefined> {
	const items = signInWays(isRemote(), tried);
	const options = { title: l10n.t('How do you want to sign in?'), ignoreFocusOut: true };
	return (await vscode.window.showQuickPick(items, options))?.method;
}

/** Whether the pool may run on another machine than the user's browser. */
function isRemote(): boolean {
	return vscode.env.remoteName !== undefined || vscode.env.uiKind === vscode.UIKind.Web;
}
