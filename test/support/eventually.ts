import { setTimeout as wait } from 'node:timers/promises';

/**
 * Asks again until the answer comes, for what another process does without telling. Undefined, and a rejection, mean
 * "not yet"; the last reason is told when time is over.
 */
export async function eventually<T>(
	what: string,
	ask: () => Promise<T | undefined> | T | undefined,
	timeoutMs = 20_000,
): Promise<T> {
	const deadline = Date.now() + timeoutMs;
	let reason: unknown = 'no answer yet';
	while (Date.now() < deadline) {
		try {
			const answer = await ask();
			if (answer !== undefined) return answer;
		} catch (error) {
			reason = error;
		}
		await wait(50);
	}
	throw new Error(`Waited in vain until ${what}`, { cause: reason });
}
