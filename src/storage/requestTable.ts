import type Database from 'better-sqlite3';
import * as z from 'zod';
import {
	attemptRecordSchema,
	choiceRecordSchema,
	requestRecordSchema,
	type ExplainedRequest,
	type RequestRecord,
} from '../shared/requestApi.js';
import { parseJson, parseRows } from './parseRows.js';

const keptMs = 90 * 24 * 3_600_000;
const keptRequests = 50_000;

const requestRowSchema = requestRecordSchema.extend({
	attempts: z.string().transform(parseJson).pipe(z.array(attemptRecordSchema)).catch([]),
});

const explainedRowSchema = requestRowSchema.extend({
	choices: z.string().transform(parseJson).pipe(z.array(choiceRecordSchema)).catch([]),
});

const columns = `
	id, startedAt, accountId, keyId, route, client, model, effort, tier, transport, status, outcome, error,
	inputTokens, cachedTokens, outputTokens, reasoningTokens, firstByteMs, totalMs, attempts
`;

/** Settled requests, one row each, for the panel's list; sums come from UsageTable. */
export class RequestTable {
	readonly #insert: Database.Statement;
	readonly #recent: Database.Statement<[number]>;
	readonly #findExactly: Database.Statement<[string]>;
	readonly #findNewest: Database.Statement<[{ idPrefix: string }]>;
	readonly #forget: Database.Statement<[string]>;
	readonly #prune: Database.Statement<[{ before: number; kept: number }]>;

	constructor(database: Database.Database) {
		this.#insert = database.prepare(`
			INSERT INTO requests (${columns}, choices)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		`);
		this.#recent = database.prepare(`
			SELECT ${columns} FROM requests ORDER BY startedAt DESC, sequence DESC LIMIT ?
		`);
		// People look for recent requests: walking back from the newest is quick enough, and an index would cost every insert.
		this.#findExactly = database.prepare('SELECT * FROM requests WHERE id = ? ORDER BY sequence DESC LIMIT 1');
		this.#findNewest = database.prepare(`
			SELECT * FROM requests WHERE substr(id, 1, length(@idPrefix)) = @idPrefix
			ORDER BY startedAt DESC, sequence DESC LIMIT 1
		`);
		this.#forget = database.prepare('DELETE FROM requests WHERE accountId = ?');
		this.#prune = database.prepare(`
			DELETE FROM requests WHERE startedAt < @before
			OR sequence <= (SELECT max(sequence) FROM requests) - @kept
		`);
	}

	insert(record: ExplainedRequest): void {
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
			JSON.stringify(record.choices),
		);
	}

	recent(limit: number): RequestRecord[] {
		return parseRows(requestRowSchema, this.#recent.all(limit));
	}

	/** A whole id is also the beginning of later ones, so it goes first. Every id begins with the empty text. */
	find(idPrefix: string): ExplainedRequest | undefined {
		const exactly = idPrefix === '' ? undefined : this.#findExactly.get(idPrefix);
		return parseRows(explainedRowSchema, [exactly ?? this.#findNewest.get({ idPrefix })])[0];
	}

	forget(accountId: string): void {
		this.#forget.run(accountId);
	}

	prune(now: number): void {
		this.#prune.run({ before: now - keptMs, kept: keptRequests });
	}
}
