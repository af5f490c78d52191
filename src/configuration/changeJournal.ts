import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { readConfigFile, replaceSecretFile } from './configFile.js';

const recordSchema = z.object({
	/** False when the file was ours to create. */
	existed: z.boolean(),
	mode: z.number().int(),
	/** SHA-256 of what we wrote: tells whether the file was edited since. */
	writtenHash: z.string(),
	/** In the words of the file's format. */
	replaced: z.unknown(),
});
export type ChangeRecord = z.infer<typeof recordSchema>;

const placeSchema = z.object({ client: z.string(), path: z.string() });

/**
 * What it takes to undo our changes, a file for each file that was changed. It lies in the pool's home folder: the editor,
 * the command line and what runs after the extension was uninstalled all find it there.
 */
export class ChangeJournal {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
	}

	static ofPool(homeDir: string): ChangeJournal {
		return new ChangeJournal(join(homeDir, 'configuration'));
	}

	read(path: string, replaced: z.ZodType): Promise<ChangeRecord | undefined> {
		return readAs(recordSchema.extend({ replaced }), this.#fileFor(path));
	}

	write(client: string, path: string, record: ChangeRecord): Promise<void> {
		return replaceSecretFile(this.#fileFor(path), JSON.stringify({ client, path, ...record }));
	}

	forget(path: string): Promise<void> {
		return rm(this.#fileFor(path), { force: true });
	}

	/** The client's files that were changed, also where the environment of today would not look. */
	async pathsOf(client: string): Promise<string[]> {
		const names = await readdir(this.#folder).catch(() => []); // No folder: nothing was ever changed.
		const records = names.filter(name => name.endsWith('.json')).map(name => join(this.#folder, name));
		const places = await Promise.all(records.map(record => readAs(placeSchema, record)));
		return places.flatMap(place => (place?.client === client ? [place.path] : []));
	}

	#fileFor(path: string): string {
		return join(this.#folder, `client-config-${sha256(path).slice(0, 12)}.json`);
	}
}

export function sha256(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}

async function readAs<T>(schema: z.ZodType<T>, file: string): Promise<T | undefined> {
	try {
		return schema.parse(JSON.parse((await readConfigFile(file)).text));
	} catch {
		// There is none, or a damaged one, which is as good as none: the format still recognises our values.
		return undefined;
	}
}
