import type Database from 'better-sqlite3';

/** What the pool remembers of the user's choices, one text per name. */
export class SettingTable {
	readonly #load: Database.Statement<[string], string>;
	readonly #save: Database.Statement<[string, string]>;

	constructor(database: Database.Database) {
		this.#load = database.prepare<[string], string>('SELECT value FROM settings WHERE name = ?').pluck();
		this.#save = database.prepare('INSERT OR REPLACE INTO settings VALUES (?, ?)');
	}

	load(name: string): string | undefined {
		return this.#load.get(name);
	}

	save(name: string, value: string): void {
		this.#save.run(name, value);
	}
}
