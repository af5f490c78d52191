import type Database from 'better-sqlite3';
import type { Retention } from '../shared/retention.js';

const dayMs = 24 * 3_600_000;

/** How many rows one step deletes or looks at: a few milliseconds, which no request in between feels. */
const stepRows = 500;

/** Lets requests go that are too old, too many or to be forgotten, step by step; sums stay with UsageTable. */
export class RequestRetention {
	readonly #retention: Retention;
	readonly #prune: Database.Statement<[{ before: number; rows: number }]>;
	readonly #forget: Database.Statement<[string]>;
	readonly #eraseSlice: Database.Statement<[]>;
	readonly #moveOn: Database.Statement<[]>;
	readonly #endErasing: Database.Statement<[]>;
	readonly #step: Database.Transaction<(now: number) => boolean>;

	constructor(database: Database.Database, retention: Retention) {
		this.#retention = retention;
		// From the oldest on, without an index by time: a row of a wrong clock stays until it is one too many.
		this.#prune = database.prepare(`
			DELETE FROM requests
			WHERE sequence IN (SELECT sequence FROM requests ORDER BY sequence LIMIT ${stepRows})
			AND (startedAt < @before OR sequence <= (SELECT max(sequence) FROM requests) - @rows)
		`);
		this.#forget = database.prepare(`
			INSERT INTO forgottenRequests SELECT ?, coalesce(max(sequence), 0) FROM requests WHERE true
			ON CONFLICT (accountId) DO UPDATE SET upTo = excluded.upTo
		`);
		this.#eraseSlice = database.prepare(`
			DELETE FROM requests WHERE sequence IN (
				SELECT sequence FROM forgottenRequests AS forgotten
				JOIN requests ON sequence <= upTo AND sequence > upTo - ${stepRows}
				WHERE forgotten.rowid = (SELECT min(rowid) FROM forgottenRequests)
				AND requests.accountId = forgotten.accountId
			)
		`);
		// Not above the newest that is left: the numbers after it are given to new requests.
		this.#moveOn = database.prepare(`
			UPDATE forgottenRequests
			SET upTo = min(upTo - ${stepRows}, (SELECT coalesce(max(sequence), 0) FROM requests))
			WHERE rowid = (SELECT min(rowid) FROM forgottenRequests)
		`);
		this.#endErasing = database.prepare(`
			DELETE FROM forgottenRequests WHERE upTo < (SELECT coalesce(min(sequence), upTo + 1) FROM requests)
		`);
		this.#step = database.transaction(now => this.#erase() || this.#pruneOldest(now));
	}

	/** Nobody sees them from now on; `step` takes them off the disk. */
	forget(accountId: string): void {
		this.#forget.run(accountId);
	}

	/** False when nothing is left to do. */
	step(now: number): boolean {
		return this.#step.immediate(now);
	}

	#erase(): boolean {
		this.#eraseSlice.run();
		if (this.#moveOn.run().changes === 0) return false;
		this.#endErasing.run();
		return true;
	}

	#pruneOldest(now: number): boolean {
		const { days, rows } = this.#retention;
		return this.#prune.run({ before: now - days * dayMs, rows }).changes > 0;
	}
}
