import { open, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const lookAgainMs = 10;

/**
 * Does `work` while no other process does its own under the same lock file. `patienceMs` is far longer than any of them
 * takes: whoever still has the lock then died with it. What is counted are looks, not seconds, so that a process that
 * slept together with the machine still gets its time.
 */
export async function whileLocked<T>(file: string, patienceMs: number, work: () => Promise<T>): Promise<T> {
	const looks = patienceMs / lookAgainMs;
	for (let left = looks; !(await take(file)); left--) {
		if (left <= 0) {
			await rm(file, { force: true });
			// Whoever takes it next gets as much time.
			left = looks;
		}
		await sleep(lookAgainMs);
	}
	try {
		return await work();
	} finally {
		await rm(file, { force: true });
	}
}

/** False when somebody has it. */
async function take(file: string): Promise<boolean> {
	try {
		await (await open(file, 'wx', 0o600)).close();
		return true;
	} catch (thrown) {
		if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return false;
		throw thrown;
	}
}
