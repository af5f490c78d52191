import type Database from 'better-sqlite3';
import * as z from 'zod';
import {
	attemptRecordSchema,
	choiceRecordSchema,
	requestRecordSchema,
	type ExplainedRequest,
	type RequestList,
	type RequestListQuery,
} from '../shared/requestApi.js';
import { parseJson, parseRows } from './parseRows.js';

/** How many requests a search looks at before it gives an interim answer. */
const searchedRows = 20_000;
/** How many hidden ones a list of all passes over. */
const hiddenRows = 1_000;
/** How many of the newest are asked for the beginning of an id, before the index is. */
const newestRows = 10_000;

const requestRowSchema = requestRecordSchema.extend({
	attempts: z.string().transform(parseJson).pipe(z.array(attemptRecordSchema)).catch([]),
});

const explainedRowSchema = requestRowSchema.extend({
	choices: z.string().transform(parseJson).pipe(z.array(choiceRecordSchema)).catch([]),
});

const columns = `
	id, startedAt, accountId, keyId, sessionId, route, client, model, alias, effort, tier, transport, status, outcome, error,
	inputTokens, cachedTokens, outputTokens, reasoningTokens, costNanoUsd, firstByteMs, totalMs, attempts
`;

/** What is not asked for is null. */
const filters = `
	(@accountId IS NULL OR coalesce(accountId, '') = @accountId)
	AND (@model IS NULL OR coalesce(model, '') = @model)
	AND (@keyId IS NULL OR keyId = @keyId)
	AND (@client IS NULL OR coalesce(client, '') = @client)
	AND (@sessionId IS NULL OR coalesce(sessionId, '') = @sessionId)
	AND (@outcome IS NULL OR outcome = @outcome)
	AND (@text IS NULL OR instr(lower(concat_ws(char(10), id, model, alias, client, error)), lower(@text)) > 0)
`;

const cursorRadix = 36;

interface Search extends Record<string, string | number | null> {
	readonly before: number;
	readonly after: number;
	readonly count: number;
}

/**
 * Settled requests, one row each, newest first: in the order in which they were settled. Sums come from UsageTable, and
 * which requests go, from RequestRetention.
 */
export class RequestTable {
	readonly #insert: Database.Statement;
	readonly #search: Database.Statement<[Search], { sequence: number }>;
	readonly #lastLookedAt: Database.Statement<[before: number, looked: number], number>;
	readonly #findExactly: Database.Statement<[string]>;
	readonly #findAmongNewest: Database.Statement<[{ idPrefix: string }]>;
	readonly #findNewest: Database.Statement<[{ idPrefix: string }]>;

	constructor(database: Database.Database) {
		this.#insert = database.prepare(`
			INSERT INTO requests (${columns}, choices)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		`);
		this.#search = database.prepare(`
			SELECT sequence, ${columns} FROM keptRequests
			WHERE sequence < @before AND sequence > @after AND ${filters}
			ORDER BY sequence DESC LIMIT @count
		`);
		this.#lastLookedAt = database
			.prepare<[number, number], number>(
				'SELECT sequence FROM requests WHERE sequence < ? ORDER BY sequence DESC LIMIT 1 OFFSET ?',
			)
			.pluck();
		this.#findExactly = database.prepare('SELECT * FROM keptRequests WHERE id = ? ORDER BY sequence DESC LIMIT 1');
		this.#findAmongNewest = database.prepare(`
			SELECT * FROM keptRequests WHERE sequence > (SELECT max(sequence) FROM requests) - ${newestRows}
			AND substr(id, 1, length(@idPrefix)) = @idPrefix
			ORDER BY sequence DESC LIMIT 1
		`);
		this.#findNewest = database.prepare(`
			SELECT * FROM keptRequests WHERE sequence =
			(SELECT max(sequence) FROM requests WHERE id >= @idPrefix AND id < @idPrefix || char(1114111))
		`);
	}

	insert(record: ExplainedRequest): void {
		// By position: by name, the same insert takes half as long again.
		this.#insert.run(
			record.id,
			record.startedAt,
			record.accountId,
			record.keyId,
			record.sessionId,
			record.route,
			record.client,
			record.model,
			record.alias,
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
			record.costNanoUsd,
			record.firstByteMs,
			record.totalMs,
			JSON.stringify(record.attempts),
			JSON.stringify(record.choices),
		);
	}

	list({ before, limit, ...wanted }: RequestListQuery): RequestList {
		const newest = before === undefined ? Number.MAX_SAFE_INTEGER : parseInt(before, cursorRadix);
		const isSearch = Object.values(wanted).some(value => value !== undefined);
		const oldest = this.#lastLookedAt.get(newest, isSearch ? searchedRows : limit + hiddenRows);
		const rows = this.#search.all({
			accountId: wanted.accountId ?? null,
			model: wanted.model ?? null,
			keyId: wanted.keyId ?? null,
			client: wanted.client ?? null,
			sessionId: wanted.sessionId ?? null,
			outcome: wanted.outcome ?? null,
			text: wanted.text ?? null,
			before: newest,
			after: oldest ?? Number.MIN_SAFE_INTEGER,
			count: limit + 1,
		});
		const isFull = rows.length > limit;
		const last = isFull ? rows[limit - 1]?.sequence : oldest && oldest + 1;
		return {
			requests: parseRows(requestRowSchema, rows.slice(0, limit)),
			next: last?.toString(cursorRadix) ?? null,
			isCutShort: !isFull && last !== undefined,
		};
	}

	/** A whole id is also the beginning of later ones, so it goes first. Every id begins with the empty text. */
	find(idPrefix: string): ExplainedRequest | undefined {
		const exactly = idPrefix === '' ? undefined : this.#findExactly.get(idPrefix);
		const found = exactly ?? this.#findAmongNewest.get({ idPrefix }) ?? this.#findNewest.get({ idPrefix });
		return parseRows(explainedRowSchema, [found])[0];
	}
}
