import type Database from 'better-sqlite3';
import * as z from 'zod';
import type { Cooldown } from '../core/storePort.js';
import { accountQuotaSchema, usageWindowSchema, type AccountQuota, type UsageWindow } from '../shared/accountApi.js';
import { parseJson, parseRows } from './parseRows.js';

const cooldownSchema = z.object({
	model: z.string().nullable(),
	kind: z.enum(['overload', 'rate', 'limit', 'missing']),
	until: z.number(),
	times: z.number(),
});

interface TextColumn<T> {
	readonly table: string;
	readonly column: string;
	readonly schema: z.ZodType<T>;
}

/** What is known of each account in one matter, as one text per account. */
export class AccountTexts<T> {
	readonly #load: Database.Statement<[]>;
	readonly #save: Database.Statement<[{ accountId: string; text: string }]>;
	readonly #rowSchema: z.ZodType<{ accountId: string; value: T }>;

	constructor(database: Database.Database, { table, column, schema }: TextColumn<T>) {
		this.#load = database.prepare(`SELECT accountId, ${column} AS value FROM ${table}`);
		// An attempt or a poll may end after its account was removed: it brings nothing of it back.
		this.#save = database.prepare(`
			INSERT INTO ${table} SELECT @accountId, @text WHERE EXISTS (SELECT 1 FROM accounts WHERE id = @accountId)
			ON CONFLICT (accountId) DO UPDATE SET ${column} = excluded.${column}
		`);
		this.#rowSchema = z.object({ accountId: z.string(), value: z.string().transform(parseJson).pipe(schema) });
	}

	load(): Map<string, T> {
		return new Map(parseRows(this.#rowSchema, this.#load.all()).map(({ accountId, value }) => [accountId, value]));
	}

	save(accountId: string, value: Readonly<T>): void {
		this.#save.run({ accountId, text: JSON.stringify(value) });
	}
}

export function windowTexts(database: Database.Database): AccountTexts<UsageWindow[]> {
	return new AccountTexts(database, { table: 'windows', column: 'windows', schema: z.array(usageWindowSchema) });
}

/** What is known of the quota of accounts beside their windows. */
export function quotaTexts(database: Database.Database): AccountTexts<AccountQuota> {
	return new AccountTexts(database, { table: 'quotas', column: 'quota', schema: accountQuotaSchema });
}

/** What holds accounts back for a while. */
export function cooldownTexts(database: Database.Database): AccountTexts<Cooldown[]> {
	return new AccountTexts(database, { table: 'cooldowns', column: 'cooldowns', schema: z.array(cooldownSchema) });
}
