import { randomUUID } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { systemCode } from '../client/loopbackRequest.js';
import { PoolError } from '../shared/poolError.js';

/** Before anything is asked for: rejects when a file is in the way that must not be replaced. */
export async function expectFree(path: string, mayReplace: boolean): Promise<void> {
	const found = await lstat(path).catch(() => undefined); // Nothing there, or nothing we may see: writing will tell.
	if (found?.isDirectory()) throw new PoolError('invalid_request', `${path} is a folder. Name a file.`);
	if (found && !mayReplace) throw inTheWay(path);
}

/**
 * Writes what only the user may read; half a file is taken away again. A file that is replaced stays whole until the new
 * one is, and leaves it none of its permissions; a link is replaced itself, not followed.
 */
export async function writeSecretFile(path: string, text: string, mayReplace: boolean): Promise<void> {
	const written = mayReplace ? `${path}.${randomUUID()}.tmp` : path;
	try {
		const file = await open(written, 'wx', 0o600);
		try {
			await file.writeFile(text);
			await file.sync();
		} catch (thrown) {
			await rm(written, { force: true });
			throw thrown;
		} finally {
			await file.close();
		}
		if (mayReplace) await rename(written, path);
	} catch (cause) {
		if (mayReplace) await rm(written, { force: true });
		throw systemCode(cause) === 'EEXIST' ? inTheWay(path) : unwritable(path, cause);
	}
}

function inTheWay(path: string): PoolError {
	return new PoolError('invalid_request', `${path} exists. Name another file, or replace it with --force.`);
}

const reasons: Readonly<Record<string, string>> = {
	ENOENT: 'its folder does not exist',
	ENOTDIR: 'its folder does not exist',
	EEXIST: 'a file is in its place',
	EACCES: 'you may not write there',
	EPERM: 'you may not write there',
	EROFS: 'nobody may write there',
	ENOSPC: 'the disk is full',
};

export function unwritable(path: string, cause: unknown): PoolError {
	const code = systemCode(cause) ?? 'unknown reason';
	return new PoolError('invalid_request', `${path} cannot be written: ${reasons[code] ?? code}.`, { cause });
}
