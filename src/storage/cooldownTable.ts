import type Database from 'better-sqlite3';
import * as z from 'zod';
import type { Cooldown } from '../core/ports.js';
import { parseJson, parseRows } from './parseRows.js';

const cooldownSchema = z.object({
	model: z.string().nullable(),
	kind: z.enum(['overload', 'rate', 'limit', 'missing']),
	until: z.number(),
	times: z.number(),
});

const cooldownsRowSchema = z.object({
	accountId: z.string(),
	cooldowns: z.string().transform(parseJson).pipe(z.array(cooldownSchema)),
});

/** What holds accounts back for a while, as one text per account. */
export class CooldownTable {
	readonly #load: Database.Statement<[]>;
	readonly #save: Database.Statement<[{ accountId: string; cooldowns: string }]>;

	constructor(database: Database.Database) {
		this.#load = database.prepare('SELECT accountId, cooldowns FROM cooldowns');
		// An attempt may end after its account was removed: it brings nothing of it back.
		this.#save = database.prepare(`
			INSERT INTO cooldowns SELECT @accountId, @cooldowns WHERE EXISTS (SELECT 1 FROM accounts WHERE id = @accountId)
			ON CONFLICT (accountId) DO UPDATE SET cooldowns = excluded.cooldowns
		`);
	}

	load(): Map<string, Cooldown[]> {
		const rows = parseRows(cooldownsRowSchema, this.#load.all());
		return new Map(rows.map(row => [row.accountId, row.cooldowns]));
	}

	save(accountId: string, cooldowns: readonly Cooldown[]): void {
		this.#save.run({ accountId, cooldowns: JSON.stringify(cooldowns) });
	}
}
