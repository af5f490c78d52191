import type Database from 'better-sqlite3';
import * as z from 'zod';
import { attemptRecordSchema, requestRecordSchema, type RequestRecord } from '../shared/managementApi.js';
import { parseJson, parseRows } from './parseRows.js';

const keptMs = 90 * 24 * 3_600_000;
const keptRequests = 50_000;

const requestRowSchema = requestRecordSchema.extend({
	attempts: z.string().transform(parseJson).pipe(z.array(attemptRecordSchema)).catch([]),
});

/** Settled requests, one row each, for the panel's list; sums come from UsageTable. */
export class RequestTable {
	readonly #insert: Database.Statement;
	readonly #recent: Database.Statement<[number]>;
	readonly #forget: Database.Statement<[string]>;
	readonly #prune: Database.Statement<[{ before: number; kept: number }]>;

	constructor(database: Database.Database) {
		this.#insert = database.prepare(`
			INSERT INTO requests (
				id, startedAt, accountId, keyId, route, client, model, effort, tier, transport, status, outcome, error,
				inputTokens, cachedTokens, outputTokens, reasoningTokens, firstByteMs, totalMs, attempts
			) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		`);
		this.#recent = database.prepare('SELECT * FROM requests ORDER BY startedAt DESC, sequence DESC LIMIT ?');
		this.#forget = database.prepare('DELETE FROM requests WHERE accountId = ?');
		this.#prune = database.prepare(`
			DELETE FROM requests WHERE startedAt < @before
			OR sequence <= (SELECT max(sequence) FROM requests) - @kept
		`);
	}

	insert(record: RequestRecord): void {
		// By position: by name, the same insert takes half as long again.
		this.#insert.run(
			record.id,
			record.startedAt,
			record.accountId,
			record.keyId,
			record.route,
			record.client,
			record.model,
			record.effort,
			record.tier,
			record.transport,
			record.status,
			record.outcome,
			record.error,
			record.inputTokens,
			record.cachedTokens,
			record.outputTokens,
			record.reasoningTokens,
			record.firstByteMs,
			record.totalMs,
			JSON.stringify(record.attempts),
		);
	}

	recent(limit: number): RequestRecord[] {
		return parseRows(requestRowSchema, this.#recent.all(limit));
	}

	forget(accountId: string): void {
		this.#forget.run(accountId);
	}

	prune(now: number): void {
		this.#prune.run({ before: now - keptMs, kept: keptRequests });
	}
}
