import { AuthorizationRequest } from './authorizationRequest.js';
import { redirectUriOf, type CallbackServer } from './callbackServer.js';
import type { IssuerConnection } from './issuerConnection.js';
import type { OpenSignIn, SignInDoor } from './openSignIn.js';
import { readPastedCallback } from './pastedCallback.js';

export interface BrowserSignInContext {
	readonly issuer: IssuerConnection;
	readonly callbacks: CallbackServer;
	/** For the exchange of the code. */
	readonly timeoutMs: number;
}

/** The browser comes back to this machine by itself; where it cannot, the user pastes the address it ended on. */
export async function openBrowserSignIn(context: BrowserSignInContext, signIn: OpenSignIn): Promise<SignInDoor> {
	const { issuer, callbacks, timeoutMs } = context;
	const request = new AuthorizationRequest(issuer);
	const redirectUri = await callbacks.expect(request.state, (parameters, here) =>
		signIn.complete(signal => request.redeem(parameters, here, { timeoutMs, signal })),
	);
	void signIn.ended.then(() => callbacks.forget(request.state));
	return doorOf(request, redirectUri, { signIn, timeoutMs });
}

/** The browser runs on another machine, where its way back ends in an error page: the user pastes that page's address. */
export function openPasteSignIn(
	{ issuer, timeoutMs }: Pick<BrowserSignInContext, 'issuer' | 'timeoutMs'>,
	signIn: OpenSignIn,
): Promise<SignInDoor> {
	// Nobody listens there. The issuer sends browsers to no other address.
	return doorOf(new AuthorizationRequest(issuer), redirectUriOf(1455), { signIn, timeoutMs });
}

async function doorOf(
	request: AuthorizationRequest,
	redirectUri: string,
	{ signIn, timeoutMs }: { readonly signIn: OpenSignIn; readonly timeoutMs: number },
): Promise<SignInDoor> {
	return {
		url: await request.urlTo(redirectUri),
		userCode: null,
		finish: async pasted => {
			const parameters = readPastedCallback(pasted, request.state);
			await signIn.complete(signal => request.redeem(parameters, redirectUri, { timeoutMs, signal }));
		},
	};
}
