import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from '../client/poolClient.js';
import type { SignIn, StartSignIn } from '../shared/signInApi.js';
import { PoolError } from '../shared/poolError.js';
import { formatDuration } from './duration.js';
import { exitCodes } from './exitCode.js';
import type { Output } from './output.js';
import { Prompt } from './prompt.js';
import { plainText } from './textTable.js';

const askEveryMs = 500;
const pastesAllowed = 3;

/**
 * Signs in by the method asked for; resolves with the account's id. Whatever ends it here first, Ctrl+C above all, ends
 * it on the pool's side too.
 */
export async function signIn(
	pool: PoolClient,
	start: StartSignIn,
	output: Output,
	prompt = new Prompt(output),
): Promise<string> {
	const over = new AbortController();
	// From the very start: a sign-in that nobody cancels would hold the browser's port for minutes.
	const interrupted = interruption(over.signal);
	try {
		const started = await pool.startSignIn(start);
		output.note(addressOf(started), explain(started, Date.now()));
		const ending =
			started.method === 'paste'
				? endByPaste(pool, started, { output, prompt, signal: over.signal })
				: output.progress(waitingFor[started.method], () => endElsewhere(pool, started, over.signal));
		const { state, accountId, error } = await Promise.race([ending, interrupted]).catch(async (thrown: unknown) => {
			// Why we stop is the news; that the pool could not be told adds nothing to it.
			await pool.cancelSignIn(started.id).catch(() => undefined);
			throw thrown;
		});
		if (state === 'succeeded' && accountId !== null) return accountId;
		throw new PoolError('sign_in_failed', error ?? 'The sign-in failed.');
	} finally {
		over.abort();
	}
}

/** Rejects at the first Ctrl+C; the second one ends the program there and then. */
function interruption(signal: AbortSignal): Promise<never> {
	const { promise, reject } = Promise.withResolvers<never>();
	promise.catch(() => undefined); // It may come before anybody waits for it.
	let presses = 0;
	const onSignal = (): void => {
		presses += 1;
		if (presses > 1) process.exit(exitCodes.failure);
		reject(new PoolError('sign_in_failed', 'The sign-in was cancelled.'));
	};
	// Not `once`: the spinner's own listener ends the program when it finds itself alone.
	process.on('SIGINT', onSignal);
	signal.addEventListener('abort', () => process.off('SIGINT', onSignal), { once: true });
	return promise;
}

function addressOf({ url, userCode }: SignIn): { url: string; userCode?: string } {
	return userCode === null ? { url } : { url, userCode };
}

function explain({ method, url, userCode, expiresAt }: SignIn, now: number): string {
	const address = `\n\n  ${plainText(url)}\n`;
	switch (method) {
		case 'browser':
			return `Open this address in your browser and sign in:${address}`;
		case 'device':
			return [
				`Open this address on any device, sign in and enter the code:${address}`,
				`  ${plainText(userCode ?? '')}\n`,
				`The code works for ${formatDuration(expiresAt - now)}. Never share it: whoever enters it signs in for you.\n`,
			].join('\n');
		case 'paste':
			return [
				`Open this address in any browser and sign in:${address}`,
				'The browser ends on a page that does not load. Copy the address of that page and paste it here.\n',
			].join('\n');
		default:
			return method satisfies never;
	}
}

const waitingFor = { browser: 'Waiting for the browser', device: 'Waiting for the code to be entered' } as const;

async function endElsewhere(pool: PoolClient, started: SignIn, signal: AbortSignal): Promise<SignIn> {
	let current = started;
	while (current.state === 'waiting') {
		await sleep(askEveryMs, undefined, { signal });
		current = await pool.readSignIn(started.id);
	}
	return current;
}

interface Pasting {
	readonly output: Output;
	readonly prompt: Prompt;
	readonly signal: AbortSignal;
}

/** A person may have copied the wrong address and is asked again; a script is not. */
async function endByPaste(pool: PoolClient, { id }: SignIn, { output, prompt, signal }: Pasting): Promise<SignIn> {
	for (let left = prompt.isInteractive ? pastesAllowed : 1; ; left -= 1) {
		const address = await prompt.ask('Address: ', signal);
		if (!address) throw new PoolError('sign_in_failed', 'No address was given; the sign-in was cancelled.');
		try {
			return await output.progress('Finishing the sign-in', () => pool.finishSignIn(id, address));
		} catch (thrown) {
			if (!(thrown instanceof PoolError) || thrown.code !== 'invalid_request' || left <= 1) throw thrown;
			output.hint(plainText(thrown.message));
		}
	}
}
