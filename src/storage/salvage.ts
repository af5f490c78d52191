import type Database from 'better-sqlite3';
import { defaultRetention } from '../shared/retention.js';
import { sqliteCode } from './sqliteCode.js';

/** All or none: the roll-ups hold the same usage, and forgotten requests must not come back. */
const inseparable = [
	['hourlyUsage', 'dailyUsage', 'hourlyTotals'],
	['forgottenRequests', 'requests'],
];

/** What keeps the new database from being written, whatever is left of the damaged one. */
const unwritable = /^SQLITE_(?:FULL|IOERR_(?:WRITE|FSYNC|TRUNCATE|SHM\w+))$/;

/**
 * Takes over from a damaged database what can still be read, table by table; gives the tables that are lost. Throws when
 * there is no room for it.
 */
export function salvage(database: Database.Database, damaged: string): string[] {
	const tables = tablesOf(database);
	try {
		database.prepare('ATTACH ? AS damaged').run(damaged);
	} catch (thrown) {
		refuseWithoutRoom(thrown);
		return tables; // not a database at all
	}
	try {
		const groups = [
			...tables.filter(table => !inseparable.flat().includes(table)).map(table => [table]),
			...inseparable,
		];
		return groups.filter(group => !takeOver(database, group)).flat();
	} finally {
		database.exec('DETACH damaged');
	}
}

/** In the order in which they were made: accounts come before what belongs to them. */
function tablesOf(database: Database.Database): string[] {
	return database
		.prepare<[], string>("SELECT name FROM main.sqlite_schema WHERE type = 'table' ORDER BY rowid")
		.pluck()
		.all();
}

function takeOver(database: Database.Database, tables: readonly string[]): boolean {
	const copyAll = database.transaction(() => {
		for (const table of tables) copy(database, table);
	});
	try {
		copyAll();
		return true;
	} catch (thrown) {
		refuseWithoutRoom(thrown);
		return false; // a page that cannot be read, or a table that its version did not have
	}
}

function refuseWithoutRoom(thrown: unknown): void {
	if (unwritable.test(sqliteCode(thrown))) throw thrown;
}

function copy(database: Database.Database, table: string): void {
	const columns = database
		.prepare<[string, string], string>(
			`SELECT name FROM pragma_table_info(?, 'main') INTERSECT SELECT name FROM pragma_table_info(?, 'damaged')`,
		)
		.pluck()
		.all(table, table)
		.map(name => `"${name}"`)
		.join(', ');
	const newest =
		table === 'requests'
			? `WHERE sequence > (SELECT max(sequence) FROM damaged.requests) - ${defaultRetention.rows}`
			: '';
	// What a damaged page has made of a row may break a constraint: that row stays behind.
	database.exec(`INSERT OR IGNORE INTO main.${table} (${columns}) SELECT ${columns} FROM damaged.${table} ${newest}`);
}
