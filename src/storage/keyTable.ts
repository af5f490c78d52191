import type Database from 'better-sqlite3';
import * as z from 'zod';
import type { KeyRow } from '../core/storePort.js';
import { keyAccountsSchema, keyBudgetSchema, keyScopeSchema } from '../shared/keyApi.js';
import { parseJson, parseRows } from './parseRows.js';

/** A limit that cannot be read makes the row none: better no key than one without its limits. */
const keyRowSchema = z.object({
	id: z.string(),
	name: z.string(),
	hash: z.string(),
	prefix: z.string().nullable(),
	models: z.string().transform(parseJson).pipe(keyScopeSchema),
	accountIds: z.string().transform(parseJson).pipe(keyAccountsSchema),
	budget: z.string().transform(parseJson).pipe(keyBudgetSchema.nullable()),
	createdAt: z.number(),
	lastUsedAt: z.number().nullable(),
});

/** Pool keys, by their hashes. */
export class KeyTable {
	readonly #load: Database.Statement<[]>;
	readonly #save: Database.Statement<[Record<string, unknown>]>;
	readonly #remove: Database.Statement<[string]>;

	constructor(database: Database.Database) {
		this.#load = database.prepare('SELECT * FROM keys ORDER BY createdAt, id');
		this.#save = database.prepare(`
			INSERT OR REPLACE INTO keys (id, name, hash, prefix, models, accountIds, budget, createdAt, lastUsedAt)
			VALUES (@id, @name, @hash, @prefix, @models, @accountIds, @budget, @createdAt, @lastUsedAt)
		`);
		this.#remove = database.prepare('DELETE FROM keys WHERE id = ?');
	}

	load(): KeyRow[] {
		return parseRows(keyRowSchema, this.#load.all());
	}

	save({ models, accountIds, budget, ...key }: KeyRow): void {
		const limits = {
			models: JSON.stringify(models),
			accountIds: JSON.stringify(accountIds),
			budget: JSON.stringify(budget),
		};
		this.#save.run({ ...key, ...limits });
	}

	remove(keyId: string): void {
		this.#remove.run(keyId);
	}
}
