import type Database from 'better-sqlite3';
import * as z from 'zod';
import { startOfLocalDay, startOfLocalHour } from '../core/localTime.js';
import type { RequestRecord } from '../shared/requestApi.js';
import { noUsage } from '../shared/noUsage.js';
import {
	usageTotalsSchema,
	type UsageGrouping,
	type UsageQuery,
	type UsageReport,
	type UsageTotals,
} from '../shared/usageApi.js';
import { addTo, counters, dayMs, parties, startOfDay, UsageSums, type Party, type Sum } from './usageSums.js';

const sums = counters.map(name => `CAST(coalesce(sum(${name}), 0) AS INTEGER) AS ${name}`).join(', ');
const allParties = ['account', 'model', 'key', 'client'] as const satisfies readonly Party[];
/** As `startOfDay`. */
const dayOfHour = `hour - (hour % ${dayMs} + ${dayMs}) % ${dayMs}`;

const usageRowSchema = usageTotalsSchema.extend({ group: z.coerce.string() });
type UsageRow = z.infer<typeof usageRowSchema>;

/** Hours from `from` on and before `end`; the whole days among them lie between `firstDay` and `lastDay`. */
interface Span {
	readonly from: number;
	readonly firstDay: number;
	readonly lastDay: number;
	readonly end: number;
}

type Add = Database.Statement<(string | number)[]>;

/**
 * Sums per wall hour, account, model, key and client. Whole hours are the finest grain: `since` and `until` stand for the
 * start of their hour. The group of requests without an account, model or client is the empty text.
 *
 * The same usage is kept three times, so that years are added up in milliseconds: by hour and all parties, by UTC day
 * and each party, and by hour alone. All three change in one transaction.
 */
export class UsageTable {
	readonly #addHourly: Add;
	readonly #addDaily: Add;
	readonly #addHour: Add;
	readonly #forget: readonly Database.Statement<[{ accountId: string }]>[];
	readonly #total: Database.Statement<[number]>;
	readonly #hours: Database.Statement<[Span]>;
	readonly #byParty: Readonly<Record<Party, Database.Statement<[Span]>>>;
	#sums = new UsageSums();

	constructor(database: Database.Database) {
		this.#addHourly = database.prepare(adding('hourlyUsage', 'hour', 'accountId', 'model', 'keyId', 'client'));
		this.#addDaily = database.prepare(adding('dailyUsage', 'party', 'name', 'day'));
		this.#addHour = database.prepare(adding('hourlyTotals', 'hour'));
		this.#forget = [
			subtracting('hourlyTotals', { hour: 'hour' }),
			...allParties.map(party =>
				subtracting('dailyUsage', { party: `'${party}'`, name: parties[party], day: dayOfHour }),
			),
			'DELETE FROM hourlyTotals WHERE requests = 0',
			'DELETE FROM dailyUsage WHERE requests = 0',
			'DELETE FROM hourlyUsage WHERE accountId = @accountId',
		].map(sql => database.prepare(sql));
		this.#total = database.prepare(`SELECT ${sums} FROM hourlyTotals WHERE hour >= ?`);
		this.#hours = database.prepare(`
			SELECT hour AS "group", ${counters.join(', ')} FROM hourlyTotals
			WHERE hour >= @from AND hour < @end ORDER BY hour
		`);
		const byParty = (party: Party): Database.Statement<[Span]> => database.prepare(groupingBy(party));
		this.#byParty = {
			account: byParty('account'),
			model: byParty('model'),
			key: byParty('key'),
			client: byParty('client'),
		};
	}

	/** Writes what `work` adds. */
	sumUp(work: () => void): void {
		// Anew, because work that failed has left its sums.
		this.#sums = new UsageSums();
		work();
		write(this.#addHourly, this.#sums.hourly());
		for (const party of allParties) write(this.#addDaily, this.#sums.daily(party));
		write(this.#addHour, this.#sums.hours());
	}

	/** Only in `sumUp`. */
	add(record: RequestRecord): void {
		this.#sums.add(record);
	}

	/** Only in a transaction. */
	forget(accountId: string): void {
		for (const statement of this.#forget) {
			statement.run({ accountId });
		}
	}

	totals(since: number): UsageTotals {
		return usageTotalsSchema.parse(this.#total.get(startOfLocalHour(since)));
	}

	/** Hours and days oldest first, everything else by the number of requests. */
	report({ since, until, by }: UsageQuery): UsageReport {
		const span = spanOf(
			startOfLocalHour(since),
			until === undefined ? Number.MAX_SAFE_INTEGER : startOfLocalHour(until),
		);
		return { since, until: until ?? null, by, rows: this.#rows(span, by) };
	}

	#rows(span: Span, by: UsageGrouping): UsageRow[] {
		switch (by) {
			case 'hour':
				return usageRows(this.#hours.all(span));
			case 'day':
				return [...Map.groupBy(usageRows(this.#hours.all(span)), row => startOfLocalDay(Number(row.group)))].map(
					([day, hours]) => addUp(hours, String(day)),
				);
			case 'account':
			case 'model':
			case 'key':
			case 'client':
				return usageRows(this.#byParty[by].all(span)).sort((a, b) => b.requests - a.requests);
		}
	}
}

function adding(table: string, ...group: readonly string[]): string {
	return `
		INSERT INTO ${table} (${[...group, ...counters].join(', ')})
		VALUES (${[...group, ...counters].map(() => '?').join(', ')})
		ON CONFLICT DO UPDATE SET ${counters.map(name => `${name} = ${name} + excluded.${name}`).join(', ')}
	`;
}

/** Takes off a roll-up what an account has added to it; `group` gives the columns of the roll-up from hourly sums. */
function subtracting(table: string, group: Readonly<Record<string, string>>): string {
	const columns = Object.entries(group);
	return `
		UPDATE ${table} SET ${counters.map(name => `${name} = ${table}.${name} - gone.${name}`).join(', ')}
		FROM (
			SELECT ${columns.map(([name, value]) => `${value} AS its_${name}`).join(', ')}, ${sums} FROM hourlyUsage
			WHERE accountId = @accountId GROUP BY ${columns.map((_, at) => at + 1).join(', ')}
		) AS gone
		WHERE ${columns.map(([name]) => `${table}.${name} = its_${name}`).join(' AND ')}
	`;
}

/** Whole days from the sums by day, the hours before and after them one by one. */
function groupingBy(party: Party): string {
	const hours = (from: string, end: string): string => `
		SELECT ${parties[party]} AS "group", ${counters.join(', ')} FROM hourlyUsage
		WHERE hour >= ${from} AND hour < ${end}
	`;
	return `
		SELECT "group", ${sums} FROM (
			${hours('@from', '@firstDay')}
			UNION ALL
			SELECT name AS "group", ${sums} FROM dailyUsage
			WHERE party = '${party}' AND day >= @firstDay AND day < @lastDay GROUP BY name
			UNION ALL
			${hours('@lastDay', '@end')}
		) GROUP BY 1 ORDER BY 1
	`;
}

function spanOf(from: number, end: number): Span {
	const firstDay = startOfDay(from - 1) + dayMs;
	const lastDay = startOfDay(end);
	// Without a whole day in between, all of it is the hours before a day that does not come.
	return firstDay < lastDay ? { from, firstDay, lastDay, end } : { from, firstDay: end, lastDay: end, end };
}

function write(add: Add, all: readonly Sum<readonly (string | number)[]>[]): void {
	for (const { group, totals } of all) add.run(...group, ...counters.map(name => totals[name]));
}

function usageRows(rows: readonly unknown[]): UsageRow[] {
	return z.array(usageRowSchema).parse(rows);
}

function addUp(rows: readonly UsageRow[], group: string): UsageRow {
	const total: UsageRow = { group, ...noUsage };
	for (const row of rows) addTo(total, row);
	return total;
}
