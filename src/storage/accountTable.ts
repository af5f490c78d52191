import type Database from 'better-sqlite3';
import * as z from 'zod';
import type { AccountRow } from '../core/ports.js';
import {
	accountStateSchema,
	prioritySchema,
	reserveSchema,
	usageWindowSchema,
	type UsageWindow,
} from '../shared/accountApi.js';
import { parseJson, parseRows } from './parseRows.js';

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

const windowsRowSchema = z.object({
	accountId: z.string(),
	windows: z.string().transform(parseJson).pipe(z.array(usageWindowSchema)),
});

/** Accounts and, as one text per account, their usage windows. */
export class AccountTable {
	readonly #load: Database.Statement<[]>;
	readonly #save: Database.Statement<[Record<string, unknown>]>;
	readonly #remove: Database.Statement<[string]>;
	readonly #loadWindows: Database.Statement<[]>;
	readonly #saveWindows: Database.Statement<[{ accountId: string; windows: string }]>;

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
		this.#loadWindows = database.prepare('SELECT accountId, windows FROM windows');
		// Figures may still arrive for an account that was just removed: they go nowhere.
		this.#saveWindows = database.prepare(`
			INSERT INTO windows SELECT @accountId, @windows WHERE EXISTS (SELECT 1 FROM accounts WHERE id = @accountId)
			ON CONFLICT (accountId) DO UPDATE SET windows = excluded.windows
		`);
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

	loadWindows(): Map<string, UsageWindow[]> {
		const rows = parseRows(windowsRowSchema, this.#loadWindows.all());
		return new Map(rows.map(row => [row.accountId, row.windows]));
	}

	saveWindows(accountId: string, windows: readonly UsageWindow[]): void {
		this.#saveWindows.run({ accountId, windows: JSON.stringify(windows) });
	}
}
