import { PoolError } from '../shared/poolError.js';

/**
 * Reads the address that a browser ended on from what a user pasted: whole or only from the `?` on, in quotes, or broken
 * into lines by a terminal. Throws `invalid_request` when it does not end the sign-in that `state` stands for.
 */
export function readPastedCallback(pasted: string, state: string): URLSearchParams {
	const parameters = new URLSearchParams(queryOf(pasted));
	// No sentence repeats the text: it may hold a code.
	if (!parameters.get('state') || !(parameters.get('code') || parameters.get('error'))) {
		throw new PoolError(
			'invalid_request',
			'This is not the address that the browser ended on. It begins with http://127.0.0.1:1455/auth/callback and holds “code=” and “state=”; copy all of it.',
		);
	}
	if (parameters.get('state') !== state) {
		throw new PoolError(
			'invalid_request',
			'This address ends another sign-in. Open the link of this one, and paste the address that the browser ends on.',
		);
	}
	return parameters;
}

function queryOf(pasted: string): string {
	const address = pasted.replace(/[\s"'`<>]/g, '');
	const query = address.slice(address.indexOf('?') + 1);
	return query.split('#', 1)[0] ?? '';
}
