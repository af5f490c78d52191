import { readFileSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runtimeFileSchema, type RuntimeFile } from '../shared/poolApi.js';
import { PoolError } from '../shared/poolError.js';
import { makePrivateFolder, replacePrivateFile } from './privateFile.js';

export function runtimeFilePath(homeDir: string, port: number): string {
	return join(homeDir, 'runtime', `${port}.json`);
}

/** Tells the faces how to reach this runtime. Whoever owns the port replaces what an earlier owner left. */
export async function writeRuntimeFile(homeDir: string, runtime: RuntimeFile): Promise<void> {
	const file = runtimeFilePath(homeDir, runtime.port);
	try {
		await makePrivateFolder(dirname(file));
		await chmod(dirname(file), 0o700);
		await replacePrivateFile(file, `${JSON.stringify(runtime, null, '\t')}\n`);
	} catch (thrown) {
		throw new PoolError(
			'storage_failed',
			`${file} cannot be written, so no window could reach the pool. Check the permissions of ${homeDir}.`,
			{ cause: thrown },
		);
	}
}

/** Removes the file unless a newer owner has replaced it. Never throws and never waits: it also runs as the process exits. */
export function removeRuntimeFile(homeDir: string, runtime: Pick<RuntimeFile, 'port' | 'adminToken'>): void {
	const file = runtimeFilePath(homeDir, runtime.port);
	try {
		const found = runtimeFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
		if (found.adminToken === runtime.adminToken) rmSync(file, { force: true });
	} catch {
		// Gone, unreadable or somebody else's: nothing of ours to remove, and nobody left to tell.
	}
}
