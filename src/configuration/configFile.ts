import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, open, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import * as l10n from '@vscode/l10n';
import { PoolError } from '../shared/poolError.js';

/** A user's text file as it was read. A file that is not there reads as empty. */
export interface ConfigFile {
	readonly text: string;
	readonly exists: boolean;
	/** Permission bits; those of a file we would create when there is none. */
	readonly mode: number;
}

const ownerOnly = 0o600;

export async function readConfigFile(path: string): Promise<ConfigFile> {
	try {
		const [bytes, { mode }] = await Promise.all([readFile(path), stat(path)]);
		return { text: decode(bytes, path), exists: true, mode: mode & 0o777 };
	} catch (error) {
		if (isMissing(error)) return { text: '', exists: false, mode: ownerOnly };
		throw error instanceof PoolError ? error : cannot('read', path, error);
	}
}

/**
 * Replaces the whole file at once: a reader sees the old text or the new one. A symbolic link stays a link; what it
 * points to is replaced.
 */
export async function writeConfigFile(path: string, text: string, mode: number): Promise<void> {
	let temporary: string | undefined;
	try {
		await mkdir(dirname(path), { recursive: true, mode: 0o700 });
		const target = await followLinks(path);
		temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
		const file = await open(temporary, 'wx', ownerOnly);
		try {
			await file.writeFile(text);
			await file.sync();
		} finally {
			await file.close();
		}
		await chmod(temporary, mode);
		await rename(temporary, target);
	} catch (error) {
		if (temporary !== undefined) await rm(temporary, { force: true });
		throw cannot('write', path, error);
	}
}

/** Writes what the user alone may read, whatever the permissions of a file that is replaced. */
export function replaceSecretFile(path: string, text: string): Promise<void> {
	return writeConfigFile(path, text, ownerOnly);
}

/** Where a write must go. Unlike realpath, it knows where a link points whose target is not there yet. */
async function followLinks(path: string): Promise<string> {
	try {
		return await realpath(path);
	} catch (error) {
		if (!isMissing(error)) throw error;
	}
	const link = await lstat(path).catch((error: unknown) => {
		if (isMissing(error)) return undefined;
		throw error;
	});
	return link?.isSymbolicLink() === true ? resolve(dirname(path), await readlink(path)) : path;
}

function decode(bytes: Buffer, path: string): string {
	try {
		// The byte order mark is kept: what is written back must differ in our change alone.
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch (cause) {
		throw new PoolError('invalid_request', l10n.t('{0} is not UTF-8 text, so it was left alone.', path), { cause });
	}
}

function isMissing(thrown: unknown): boolean {
	return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}

function cannot(verb: 'read' | 'write', path: string, cause: unknown): PoolError {
	const place = cause instanceof Error && 'code' in cause ? `${path} (${String(cause.code)})` : path;
	const problem =
		verb === 'read'
			? l10n.t('Could not read {0}. Check the permissions of its folder.', place)
			: l10n.t('Could not write {0}. Check the permissions of its folder.', place);
	return new PoolError('storage_failed', problem, { cause });
}
