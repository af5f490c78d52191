import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Puts `content` in place of `file`, whole or not at all, readable by its owner alone. It has reached the disk when the
 * promise resolves: a refresh token that is lost here can never be had again.
 */
export async function replacePrivateFile(file: string, content: Uint8Array | string): Promise<void> {
	await makePrivateFolder(dirname(file));
	const draft = `${file}.${randomUUID()}.tmp`;
	try {
		await createPrivateFile(draft, content);
		await rename(draft, file);
	} catch (thrown) {
		await rm(draft, { force: true });
		throw thrown;
	}
	await syncFolder(dirname(file));
}

/** Rejects with EEXIST rather than touch a file that is there. */
export async function createPrivateFile(file: string, content: Uint8Array | string): Promise<void> {
	const handle = await open(file, 'wx', 0o600);
	try {
		await handle.writeFile(content);
		await handle.sync();
	} finally {
		await handle.close();
	}
}

export async function makePrivateFolder(folder: string): Promise<void> {
	await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** Makes the rename itself last through a power cut. Windows cannot open a folder, and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
	if (process.platform === 'win32') return;
	const handle = await open(folder, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}
