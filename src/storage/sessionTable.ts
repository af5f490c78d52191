import type Database from 'better-sqlite3';
import type { SessionRow } from '../core/storePort.js';
import { sessionViewSchema } from '../shared/sessionApi.js';
import { parseRows } from './parseRows.js';

const keptMs = 30 * 24 * 3_600_000;
const keptSessions = 10_000;

const columns = sessionViewSchema.keyof().options;
const changing = columns.filter(name => name !== 'id');

/** Which account a client session is tied to. Ids are hashes; nothing here leads back to what was said. */
export class SessionTable {
	readonly #load: Database.Statement<[number]>;
	readonly #save: Database.Statement<(string | number | null)[]>;
	readonly #remove: Database.Statement<[string]>;
	readonly #prune: Database.Statement<[{ before: number; kept: number }]>;

	constructor(database: Database.Database) {
		this.#load = database.prepare('SELECT * FROM sessions ORDER BY lastUsedAt DESC, id LIMIT ?');
		// A session may outlive its account by one request: it goes nowhere.
		this.#save = database.prepare(`
			INSERT INTO sessions (${columns.join(', ')}) SELECT ${columns.map(() => '?').join(', ')}
			WHERE EXISTS (SELECT 1 FROM accounts WHERE id = ?)
			ON CONFLICT (id) DO UPDATE SET ${changing.map(name => `${name} = excluded.${name}`).join(', ')}
		`);
		this.#remove = database.prepare('DELETE FROM sessions WHERE id = ?');
		this.#prune = database.prepare(`
			DELETE FROM sessions WHERE lastUsedAt < @before
			OR id IN (SELECT id FROM sessions ORDER BY lastUsedAt DESC, id LIMIT -1 OFFSET @kept)
		`);
	}

	load(limit: number): SessionRow[] {
		return parseRows(sessionViewSchema, this.#load.all(limit));
	}

	save(session: SessionRow): void {
		this.#save.run(...columns.map(name => session[name]), session.accountId);
	}

	remove(sessionId: string): void {
		this.#remove.run(sessionId);
	}

	prune(now: number): void {
		this.#prune.run({ before: now - keptMs, kept: keptSessions });
	}
}
