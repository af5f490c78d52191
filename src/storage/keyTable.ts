import type Database from 'better-sqlite3';
import * as z from 'zod';
import type { KeyRow } from '../core/ports.js';
import { parseRows } from './parseRows.js';

const keyRowSchema = z.object({
	id: z.string(),
	name: z.string(),
	hash: z.string(),
	createdAt: z.number(),
	lastUsedAt: z.number().nullable(),
});

/** Pool keys, by their hashes. */
export class KeyTable {
	readonly #load: Database.Statement<[]>;
	readonly #save: Database.Statement<[KeyRow]>;
	readonly #remove: Database.Statement<[string]>;

	constructor(database: Database.Database) {
		this.#load = database.prepare('SELECT * FROM keys ORDER BY createdAt, id');
		this.#save = database.prepare('INSERT OR REPLACE INTO keys VALUES (@id, @name, @hash, @createdAt, @lastUsedAt)');
		this.#remove = database.prepare('DELETE FROM keys WHERE id = ?');
	}

	load(): KeyRow[] {
		return parseRows(keyRowSchema, this.#load.all());
	}

	save(key: KeyRow): void {
		this.#save.run(key);
	}

	remove(keyId: string): void {
		this.#remove.run(keyId);
	}
}
