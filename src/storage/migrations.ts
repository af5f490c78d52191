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
	// Requests from before prices count as unpriced, where they had tokens: a sum of costs must not seem whole.
	`
	ALTER TABLE requests ADD COLUMN alias TEXT;
	ALTER TABLE requests ADD COLUMN costNanoUsd INTEGER;
	ALTER TABLE hourlyUsage ADD COLUMN costNanoUsd INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE hourlyUsage ADD COLUMN unpriced INTEGER NOT NULL DEFAULT 0;
	UPDATE hourlyUsage SET unpriced = requests WHERE inputTokens + outputTokens > 0;
	`,
	// Scope and budget are read and replaced as one, so each rests as one JSON text; keys from before have neither.
	`
	ALTER TABLE keys ADD COLUMN prefix TEXT;
	ALTER TABLE keys ADD COLUMN models TEXT NOT NULL DEFAULT 'null';
	ALTER TABLE keys ADD COLUMN budget TEXT NOT NULL DEFAULT 'null';
	`,
	`
	CREATE TABLE quotas (
		accountId TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
		quota TEXT NOT NULL
	);
	`,
	// Requests are listed and pruned in the order in which they were settled; nothing asks for an order by time any more.
	// Before 1970 a plain remainder would be negative.
	`
	DROP INDEX requestsByStart;
	CREATE INDEX requestsById ON requests (id);

	-- Requests of an account up to a sequence that are hidden, until they are gone from the disk too.
	CREATE TABLE forgottenRequests (accountId TEXT PRIMARY KEY, upTo INTEGER NOT NULL);
	CREATE VIEW keptRequests AS SELECT * FROM requests WHERE NOT EXISTS (
		SELECT 1 FROM forgottenRequests AS forgotten
		WHERE forgotten.accountId = requests.accountId AND requests.sequence <= forgotten.upTo
	);

	-- One row per UTC day and account, model, key or client, for sums over years.
	CREATE TABLE dailyUsage (
		party TEXT NOT NULL,
		name TEXT NOT NULL,
		day INTEGER NOT NULL,
		requests INTEGER NOT NULL,
		failed INTEGER NOT NULL,
		inputTokens INTEGER NOT NULL,
		cachedTokens INTEGER NOT NULL,
		outputTokens INTEGER NOT NULL,
		reasoningTokens INTEGER NOT NULL,
		costNanoUsd INTEGER NOT NULL,
		unpriced INTEGER NOT NULL,
		PRIMARY KEY (party, name, day)
	) WITHOUT ROWID;
	INSERT INTO dailyUsage
	SELECT party, name, hour - (hour % 86400000 + 86400000) % 86400000,
		sum(requests), sum(failed), sum(inputTokens), sum(cachedTokens), sum(outputTokens), sum(reasoningTokens),
		sum(costNanoUsd), sum(unpriced)
	FROM (
		SELECT 'account' AS party, accountId AS name, * FROM hourlyUsage
		UNION ALL SELECT 'model', model, * FROM hourlyUsage
		UNION ALL SELECT 'key', keyId, * FROM hourlyUsage
		UNION ALL SELECT 'client', client, * FROM hourlyUsage
	) GROUP BY 1, 2, 3;

	CREATE TABLE hourlyTotals (
		hour INTEGER PRIMARY KEY,
		requests INTEGER NOT NULL,
		failed INTEGER NOT NULL,
		inputTokens INTEGER NOT NULL,
		cachedTokens INTEGER NOT NULL,
		outputTokens INTEGER NOT NULL,
		reasoningTokens INTEGER NOT NULL,
		costNanoUsd INTEGER NOT NULL,
		unpriced INTEGER NOT NULL
	);
	INSERT INTO hourlyTotals
	SELECT hour, sum(requests), sum(failed), sum(inputTokens), sum(cachedTokens), sum(outputTokens), sum(reasoningTokens),
		sum(costNanoUsd), sum(unpriced)
	FROM hourlyUsage GROUP BY hour;
	`,
	`
	CREATE TABLE windowHistory (
		accountId TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
		at INTEGER NOT NULL,
		"limit" TEXT NOT NULL,
		durationMinutes INTEGER NOT NULL,
		usedPercent REAL NOT NULL,
		resetsAt INTEGER,
		PRIMARY KEY (accountId, at, durationMinutes, "limit")
	) WITHOUT ROWID;
	`,
	// No reference to accounts: a key whose account is gone must not come to others.
	`ALTER TABLE keys ADD COLUMN accountIds TEXT NOT NULL DEFAULT 'null';`,
	// No index by session: a search looks at a bounded number of requests, and the sums of a session are in its row.
	// Sessions from before count as unpriced, where they had tokens: a sum of costs must not seem whole.
	`
	ALTER TABLE requests ADD COLUMN sessionId TEXT;
	ALTER TABLE sessions ADD COLUMN client TEXT;
	ALTER TABLE sessions ADD COLUMN model TEXT;
	ALTER TABLE sessions ADD COLUMN outputTokens INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE sessions ADD COLUMN costNanoUsd INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE sessions ADD COLUMN unpriced INTEGER NOT NULL DEFAULT 0;
	UPDATE sessions SET unpriced = turns WHERE inputTokens > 0;
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
