import type Database from 'better-sqlite3';
import * as z from 'zod';
import type { AccountRow } from '../core/storePort.js';
import { accountStateSchema, prioritySchema, reserveSchema } from '../shared/accountApi.js';
import { parseRows } from './parseRows.js';

const accountRowSchema = z.object({
	id: z.string(),
	userId: z.string(),
	chatgptAccountId: z.string(),
	email: z.string().nullable(),
	name: z.string().nullable(),
	plan: z.string().nullable(),
	state: accountStateSchema,
	stateReason: z.string().nullable(),
	stateSince: z.number(),
	limitedUntil: z.number().nullable(),
	selected: z.number().transform(Boolean),
	position: z.number(),
	addedAt: z.number(),
	lastUsedAt: z.number().nullable(),
	generation: z.number(),
	priority: prioritySchema,
	reservePercent: reserveSchema,
	refreshedAt: z.number(),
});

export class AccountTable {
	readonly #load: Database.Statement<[]>;
	readonly #save: Database.Statement<[Record<string, unknown>]>;
	readonly #remove: Database.Statement<[string]>;

	constructor(database: Database.Database) {
		this.#load = database.prepare('SELECT * FROM accounts ORDER BY position, addedAt, id');
		// An upsert, because REPLACE would delete the old row and with it the account's windows and sessions.
		this.#save = database.prepare(`
			INSERT INTO accounts VALUES (
				@id, @userId, @chatgptAccountId, @email, @name, @plan, @state, @stateReason, @stateSince, @limitedUntil,
				@selected, @addedAt, @lastUsedAt, @generation, @position, @refreshedAt,
				@priority, @reservePercent
			)
			ON CONFLICT (id) DO UPDATE SET
				userId = excluded.userId, chatgptAccountId = excluded.chatgptAccountId, email = excluded.email,
				name = excluded.name, plan = excluded.plan, state = excluded.state, stateReason = excluded.stateReason,
				stateSince = excluded.stateSince, limitedUntil = excluded.limitedUntil, selected = excluded.selected,
				position = excluded.position, addedAt = excluded.addedAt, lastUsedAt = excluded.lastUsedAt, generation = excluded.generation,
				refreshedAt = excluded.refreshedAt, priority = excluded.priority, reservePercent = excluded.reservePercent
		`);
		this.#remove = database.prepare('DELETE FROM accounts WHERE id = ?');
	}

	load(): AccountRow[] {
		return parseRows(accountRowSchema, this.#load.all());
	}

	save(account: AccountRow): void {
		this.#save.run({ ...account, selected: Number(account.selected) });
	}

	/** The account's windows, cooldowns and sessions go with it. */
	remove(accountId: string): void {
		this.#remove.run(accountId);
	}
}
