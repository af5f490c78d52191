import * as l10n from '@vscode/l10n';
import type { PoolClient } from '../client/poolClient.js';
import type { SignIn } from '../shared/signInApi.js';
import { PoolError } from '../shared/poolError.js';
import { pause } from './pause.js';

const askEveryMs = 750;

/** Until a sign-in has ended elsewhere. Returns the account's id, undefined when `givenUp` ended it. */
export async function awaitSignIn(
	client: Pick<PoolClient, 'readSignIn' | 'cancelSignIn'>,
	id: string,
	givenUp: AbortSignal,
): Promise<string | undefined> {
	for (;;) {
		const accountId = signedInAccount(await client.readSignIn(id));
		if (accountId !== undefined) return accountId;
		await pause(askEveryMs, givenUp);
		if (givenUp.aborted) {
			await client.cancelSignIn(id);
			return undefined;
		}
	}
}

/** The account of a sign-in that has succeeded, undefined while it waits. Throws when it has failed. */
export function signedInAccount({ state, accountId, error }: SignIn): string | undefined {
	switch (state) {
		case 'waiting':
			return undefined;
		case 'succeeded':
			if (accountId !== null) return accountId;
			throw new PoolError('sign_in_failed', l10n.t('You signed in, but the account is not in the pool. Try again.'));
		case 'failed':
			throw new PoolError('sign_in_failed', error ?? l10n.t('The sign-in failed. Try again.'));
		default:
			return state satisfies never;
	}
}
