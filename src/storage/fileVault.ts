import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Vault } from '../core/ports.js';
import { PoolError } from '../shared/poolError.js';
import { whileLocked } from './fileLock.js';
import { createPrivateFile, makePrivateFolder, replacePrivateFile } from './privateFile.js';

const cipher = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** First bytes of the file, authenticated with the rest: format 1. */
const header = Buffer.from('CPV1');

const entriesSchema = z.array(z.tuple([z.string(), z.string()]));

const startAnew = 'Restore vault.key and vault.bin from the same backup, or delete both and sign in again.';

/**
 * Secrets for a pool without an editor: one encrypted file (`vault.bin`: header, nonce, tag, ciphertext of all names and
 * secrets) and its key in a file of its own (`vault.key`). This guards copies and backups of the one without the other,
 * not against a program that runs as the user.
 */
export class FileVault implements Vault {
	readonly #folder: string;
	readonly #file: string;
	readonly #keyFile: string;
	readonly #lockFile: string;
	#last: Promise<unknown> = Promise.resolve();

	constructor(
		folder: string,
		private readonly lockPatienceMs = 5000,
	) {
		this.#folder = folder;
		this.#file = join(folder, 'vault.bin');
		this.#keyFile = join(folder, 'vault.key');
		this.#lockFile = join(folder, 'vault.lock');
	}

	read(name: string): Promise<string | undefined> {
		return this.#inTurn(async () => (await this.#load()).get(name));
	}

	write(name: string, secret: string): Promise<void> {
		return this.#change(entries => entries.set(name, secret));
	}

	forget(name: string): Promise<void> {
		return this.#change(entries => entries.delete(name));
	}

	/**
	 * Reads, changes and replaces the whole file. A pool that still drains, and the one that came after it, do so in one
	 * folder: without the lock one would put back what the other has just replaced, and a token that works once is gone.
	 * `change` gives false when it has changed nothing.
	 */
	#change(change: (entries: Map<string, string>) => unknown): Promise<void> {
		return this.#inTurn(async () => {
			await makePrivateFolder(this.#folder);
			await whileLocked(this.#lockFile, this.lockPatienceMs, async () => {
				const entries = await this.#load();
				if (change(entries) !== false) await this.#save(entries);
			});
		});
	}

	/** One at a time. */
	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const result = this.#last.then(work).catch((thrown: unknown) => {
			if (thrown instanceof PoolError) throw thrown;
			throw new PoolError(
				'vault_failed',
				`The saved sign-ins in ${this.#folder} cannot be read or written. Check the folder's permissions and the free space.`,
				{ cause: thrown },
			);
		});
		this.#last = result.catch(() => undefined); // its caller hears of it; the next one starts afresh
		return result;
	}

	async #load(): Promise<Map<string, string>> {
		const sealed = await readIfThere(this.#file);
		if (sealed === undefined) return new Map();
		const key = await this.#readKey();
		if (key === undefined) {
			throw new PoolError('vault_failed', `vault.key is missing, so saved sign-ins cannot be read. ${startAnew}`);
		}
		return open(sealed, key);
	}

	async #save(entries: ReadonlyMap<string, string>): Promise<void> {
		const key = (await this.#readKey()) ?? (await this.#createKey());
		await replacePrivateFile(this.#file, seal(entries, key));
	}

	async #readKey(): Promise<Buffer | undefined> {
		const key = await readIfThere(this.#keyFile);
		if (key === undefined) return undefined;
		if (key.length !== keyBytes) throw new PoolError('vault_failed', `vault.key is damaged. ${startAnew}`);
		await chmod(this.#keyFile, 0o600); // a copy from a backup may be readable for all
		return key;
	}

	async #createKey(): Promise<Buffer> {
		const key = randomBytes(keyBytes);
		await createPrivateFile(this.#keyFile, key);
		return key;
	}
}

function seal(entries: ReadonlyMap<string, string>, key: Buffer): Buffer {
	const nonce = randomBytes(nonceBytes);
	const sealing = createCipheriv(cipher, key, nonce).setAAD(header);
	const body = Buffer.concat([sealing.update(JSON.stringify([...entries])), sealing.final()]);
	return Buffer.concat([header, nonce, sealing.getAuthTag(), body]);
}

function open(sealed: Buffer, key: Buffer): Map<string, string> {
	const tagAt = header.length + nonceBytes;
	const bodyAt = tagAt + tagBytes;
	try {
		const opening = createDecipheriv(cipher, key, sealed.subarray(header.length, tagAt), { authTagLength: tagBytes })
			.setAAD(sealed.subarray(0, header.length))
			.setAuthTag(sealed.subarray(tagAt, bodyAt));
		const text = Buffer.concat([opening.update(sealed.subarray(bodyAt)), opening.final()]).toString();
		return new Map(entriesSchema.parse(JSON.parse(text)));
	} catch (thrown) {
		throw new PoolError(
			'vault_failed',
			`The saved sign-ins cannot be read: vault.bin is damaged, or vault.key is not its key. ${startAnew}`,
			{ cause: thrown },
		);
	}
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
	try {
		return await readFile(file);
	} catch (thrown) {
		if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
		throw thrown;
	}
}
