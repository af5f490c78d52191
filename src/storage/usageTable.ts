import type Database from 'better-sqlite3';
import * as z from 'zod';
import { usageTotalsSchema, type UsageGrouping, type UsageReport, type UsageTotals } from '../shared/usageApi.js';
import type { RequestRecord } from '../shared/requestApi.js';
import { startOfLocalDay, startOfLocalHour } from '../core/localTime.js';

const counters = ['requests', 'failed', 'inputTokens', 'cachedTokens', 'outputTokens', 'reasoningTokens'] as const;
const sums = counters.map(name => `CAST(coalesce(sum(${name}), 0) AS INTEGER) AS ${name}`).join(', ');

/** What each grouping groups by; days are put together from hours. */
const columns = {
	account: 'accountId',
	model: 'model',
	key: 'keyId',
	client: 'client',
	hour: 'hour',
	day: 'hour',
} as const satisfies Record<UsageGrouping, string>;

const usageRowSchema = usageTotalsSchema.extend({ group: z.coerce.string() });
type UsageRow = z.infer<typeof usageRowSchema>;

interface Sum {
	readonly group: [hour: number, accountId: string, model: string, keyId: string, client: string];
	readonly totals: UsageTotals;
}

const nothing: Readonly<UsageTotals> = {
	requests: 0,
	failed: 0,
	inputTokens: 0,
	cachedTokens: 0,
	outputTokens: 0,
	reasoningTokens: 0,
};

/**
 * Sums per wall hour, account, model, key and client. Whole hours are the finest grain: `since` counts from the start of
 * its hour. The group of requests without an account, model or client is the empty text.
 */
export class UsageTable {
	readonly #add: Database.Statement<[...Sum['group'], ...number[]]>;
	readonly #forget: Database.Statement<[string]>;
	readonly #total: Database.Statement<[number]>;
	readonly #groups: Readonly<Record<UsageGrouping, Database.Statement<[number]>>>;
	/** By group. */
	#sums = new Map<string, Sum>();

	constructor(database: Database.Database) {
		const added = counters.map(name => `${name} = ${name} + excluded.${name}`).join(', ');
		this.#add = database.prepare(`
			INSERT INTO hourlyUsage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET ${added}
		`);
		this.#forget = database.prepare('DELETE FROM hourlyUsage WHERE accountId = ?');
		this.#total = database.prepare(`SELECT ${sums} FROM hourlyUsage WHERE hour >= ?`);
		const groupBy = (by: UsageGrouping): Database.Statement<[number]> =>
			database.prepare(
				`SELECT ${columns[by]} AS "group", ${sums} FROM hourlyUsage WHERE hour >= ? GROUP BY 1 ORDER BY 1`,
			);
		this.#groups = {
			account: groupBy('account'),
			model: groupBy('model'),
			key: groupBy('key'),
			client: groupBy('client'),
			hour: groupBy('hour'),
			day: groupBy('day'),
		};
	}

	/** Writes what `work` adds: requests that settle together mostly share a group, and so a single write. */
	sumUp(work: () => void): void {
		// Anew, because work that failed has left its sums.
		this.#sums = new Map();
		work();
		for (const { group, totals } of this.#sums.values()) this.#add.run(...group, ...counters.map(name => totals[name]));
	}

	/** Only in `sumUp`. A figure that the provider did not give adds nothing. */
	add(record: RequestRecord): void {
		const { totals } = this.#sumOf(record);
		totals.requests++;
		if (record.outcome === 'failed') totals.failed++;
		totals.inputTokens += record.inputTokens ?? 0;
		totals.cachedTokens += record.cachedTokens ?? 0;
		totals.outputTokens += record.outputTokens ?? 0;
		totals.reasoningTokens += record.reasoningTokens ?? 0;
	}

	#sumOf({ startedAt, accountId, model, keyId, client }: RequestRecord): Sum {
		const group: Sum['group'] = [startOfLocalHour(startedAt), accountId ?? '', model ?? '', keyId, client ?? ''];
		const key = JSON.stringify(group);
		const known = this.#sums.get(key);
		if (known) return known;
		const sum = { group, totals: { ...nothing } };
		this.#sums.set(key, sum);
		return sum;
	}

	forget(accountId: string): void {
		this.#forget.run(accountId);
	}

	totals(since: number): UsageTotals {
		return usageTotalsSchema.parse(this.#total.get(startOfLocalHour(since)));
	}

	/** Hours and days oldest first, everything else by the number of requests. */
	report(since: number, by: UsageGrouping): UsageReport {
		const rows = z.array(usageRowSchema).parse(this.#groups[by].all(startOfLocalHour(since)));
		return { since, by, rows: arrange(rows, by) };
	}
}

function arrange(rows: UsageRow[], by: UsageGrouping): UsageRow[] {
	switch (by) {
		case 'hour':
			return rows;
		case 'day':
			return [...Map.groupBy(rows, row => startOfLocalDay(Number(row.group)))].map(([day, hours]) =>
				addUp(hours, String(day)),
			);
		case 'account':
		case 'model':
		case 'key':
		case 'client':
			return rows.sort((a, b) => b.requests - a.requests);
	}
}

function addUp(rows: readonly UsageRow[], group: string): UsageRow {
	const total: UsageRow = { group, ...nothing };
	for (const row of rows) for (const name of counters) total[name] += row[name];
	return total;
}
