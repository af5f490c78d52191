import * as l10n from '@vscode/l10n';
import type { SignInMethod } from '../shared/signInApi.js';

/** One way to sign in, as a user chooses it. */
export interface SignInWay {
	readonly label: string;
	readonly detail: string;
	readonly method: SignInMethod;
}

const ways = {
	browser: {
		method: 'browser',
		label: l10n.t('Browser'),
		detail: l10n.t('Sign in on this machine; the browser comes back by itself'),
	},
	device: {
		method: 'device',
		label: l10n.t('Device code'),
		detail: l10n.t('Enter a short code on this or any other device'),
	},
	paste: {
		method: 'paste',
		label: l10n.t('Paste the address'),
		detail: l10n.t('Sign in anywhere, and bring back the address of the page it ends on'),
	},
} as const satisfies Record<SignInMethod, SignInWay>;

/** The ways whose success is most likely come first; `tried` is the one that did not work. */
export function signInWays(isRemote: boolean, tried?: SignInMethod): readonly SignInWay[] {
	const { browser, device, paste } = ways;
	const ordered = isRemote ? [device, paste, browser] : [browser, device, paste];
	return [...ordered.filter(({ method }) => method !== tried), ...ordered.filter(({ method }) => method === tried)];
}
