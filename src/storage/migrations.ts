import type Database from 'better-sqlite3';
import { PoolError } from '../shared/poolError.js';

/**
 * One step per schema version; a step that has been released is never edited. Columns carry the names of the contract's
 * fields, so that no mapping lies between them.
 */
export const migrations: readonly string[] = [
	`
	CREATE TABLE accounts (
		id TEXT PRIMARY KEY,
		userId TEXT NOT NULL,
		chatgptAccountId TEXT NOT NULL,
		email TEXT,
		name TEXT,
		plan TEXT,
		state TEXT NOT NULL,
		stateReason TEXT,
		stateSince INTEGER NOT NULL,
		limitedUntil INTEGER,
		selected INTEGER NOT NULL,
		addedAt INTEGER NOT NULL,
		lastUsedAt INTEGER,
		generation INTEGER NOT NULL
	);

	-- All windows of an account are read and replaced as one, so they rest as one JSON text.
	CREATE TABLE windows (
		accountId TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
		windows TEXT NOT NULL
	);

	CREATE TABLE keys (
		id TEXT PRIMARY KEY,
		name TEXT NOT NULL,
		hash TEXT NOT NULL,
		createdAt INTEGER NOT NULL,
		lastUsedAt INTEGER
	);

	-- Saved with almost every request and searched almost never: an index would cost more than it saves.
	CREATE TABLE sessions (
		id TEXT PRIMARY KEY,
		accountId TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
		firstUsedAt INTEGER NOT NULL,
		lastUsedAt INTEGER NOT NULL,
		turns INTEGER NOT NULL
	) WITHOUT ROWID;

	CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);

	-- No reference to accounts: the history of a removed account stays.
	CREATE TABLE requests (
		sequence INTEGER PRIMARY KEY,
		id TEXT NOT NULL,
		startedAt INTEGER NOT NULL,
		accountId TEXT,
		keyId TEXT NOT NULL,
		route TEXT NOT NULL,
		client TEXT,
		model TEXT,
		effort TEXT,
		tier TEXT,
		transport TEXT NOT NULL,
		status INTEGER NOT NULL,
		outcome TEXT NOT NULL,
		error TEXT,
		inputTokens INTEGER,
		cachedTokens INTEGER,
		outputTokens INTEGER,
		reasoningTokens INTEGER,
		firstByteMs REAL,
		totalMs REAL NOT NULL,
		attempts TEXT NOT NULL
	);
	CREATE INDEX requestsByStart ON requests (startedAt);

	-- Kept for ever, so that totals outlive pruned requests. An unknown account, model or client is the empty text.
	CREATE TABLE hourlyUsage (
		hour INTEGER NOT NULL,
		accountId TEXT NOT NULL,
		model TEXT NOT NULL,
		keyId TEXT NOT NULL,
		client TEXT NOT NULL,
		requests INTEGER NOT NULL,
		failed INTEGER NOT NULL,
		inputTokens INTEGER NOT NULL,
		cachedTokens INTEGER NOT NULL,
		outputTokens INTEGER NOT NULL,
		reasoningTokens INTEGER NOT NULL,
		PRIMARY KEY (hour, accountId, model, keyId, client)
	) WITHOUT ROWID;
	`,
	// Accounts from before keep their order by age; when their tokens were renewed is unknown, so they count as aged.
	`
	ALTER TABLE accounts ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE accounts ADD COLUMN refreshedAt INTEGER NOT NULL DEFAULT 0;
	`,
	// Choices come last in their rows: a reader of the columns before them never touches their pages.
	`
	ALTER TABLE accounts ADD COLUMN priority INTEGER NOT NULL DEFAULT 5;
	ALTER TABLE accounts ADD COLUMN reservePercent INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE sessions ADD COLUMN inputTokens INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE sessions ADD COLUMN cachedTokens INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE requests ADD COLUMN choices TEXT NOT NULL DEFAULT '[]';

	CREATE TABLE cooldowns (
		accountId TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
		cooldowns TEXT NOT NULL
	);
	`,
];

/** Brings the schema to the newest step, all or nothing. A database from a newer version is left untouched. */
export function migrate(database: Database.Database, steps: readonly string[] = migrations): void {
	const readVersion = database.prepare<[], number>('PRAGMA user_version').pluck();
	// Immediate, and the version is read inside: of two processes that open at once, the second finds the work done.
	database
		.transaction(() => {
			const version = readVersion.get() ?? 0;
			if (version > steps.length) {
				throw new PoolError(
					'storage_failed',
					`The pool's database was written by a newer version (schema ${version}, this one knows ${steps.length}). ` +
						'Update Account Pool for Codex here, then try again.',
				);
			}
			for (const step of steps.slice(version)) database.exec(step);
			if (version < steps.length) database.exec(`PRAGMA user_version = ${steps.length}`);
		})
		.immediate();
}
