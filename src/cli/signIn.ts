import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from '../client/poolClient.js';
import type { SignIn } from '../shared/managementApi.js';
import { PoolError } from '../shared/poolError.js';
import type { Output } from './output.js';
import { plainText } from './textTable.js';

const askEveryMs = 500;

/** Signs in with the browser; resolves with the new account's id. Ctrl+C gives the sign-in up on the pool's side too. */
export async function signIn(pool: PoolClient, output: Output): Promise<string | null> {
	const started = await pool.startSignIn();
	const finished = new AbortController();
	try {
		const interrupted = once(process, 'SIGINT', { signal: finished.signal }).then(async () => {
			await pool.cancelSignIn(started.id);
			throw new PoolError('sign_in_failed', 'The sign-in was cancelled.');
		});
		output.note(
			{ url: started.url },
			`Open this address in your browser and sign in:\n\n  ${plainText(started.url)}\n`,
		);
		const outcome = output.progress('Waiting for the browser', () => settled(pool, started, finished.signal));
		return (await Promise.race([outcome, interrupted])).accountId;
	} finally {
		finished.abort();
	}
}

async function settled(pool: PoolClient, started: SignIn, signal: AbortSignal): Promise<SignIn> {
	let current = started;
	while (current.state === 'waiting') {
		await sleep(askEveryMs, undefined, { signal });
		current = await pool.readSignIn(started.id);
	}
	if (current.state === 'failed') throw new PoolError('sign_in_failed', current.error ?? 'The sign-in failed.');
	return current;
}
