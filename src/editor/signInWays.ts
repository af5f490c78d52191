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
		label: 'Browser',
		detail: 'Sign in on this machine; the browser comes back by itself',
	},
	device: {
		method: 'device',
		label: 'Device code',
		detail: 'Enter a short code on this or any other device',
	},
	paste: {
		method: 'paste',
		label: 'Paste the address',
		detail: 'Sign in anywhere, and bring back the address of the page it ends on',
	},
} as const satisfies Record<SignInMethod, SignInWay>;

/** The ways whose success is most likely come first; `tried` is the one that did not work. */
export function signInWays(isRemote: boolean, tried?: SignInMethod): readonly SignInWay[] {
	const { browser, device, paste } = ways;
	const ordered = isRemote ? [device, paste, browser] : [browser, device, paste];
	return [...ordered.filter(({ method }) => method !== tried), ...ordered.filter(({ method }) => method === tried)];
}
