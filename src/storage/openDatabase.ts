import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { Clock, Log } from '../core/ports.js';
import { PoolError } from '../shared/poolError.js';
import { migrate } from './migrations.js';
import { salvage } from './salvage.js';
import { sqliteCode } from './sqliteCode.js';

/** How long opening and closing wait for another process that is writing. */
export const patientMs = 5000;

/** Checking so many takes a fraction of a second, several times as many would keep everyone waiting: 512 MB. */
const wholeCheckPages = 131_072;

/** How long one write may hold up the event loop for another process; a queued write is tried again later. */
const hurriedMs = 250;

export interface OpenedDatabase {
	readonly database: Database.Database;
	/** The file that was there before was corrupt. */
	readonly damage?: Damage;
}

export interface Damage {
	/** Where the corrupt file is now. */
	readonly keptAs: string;
	/** The tables of which nothing could be taken over. */
	readonly lost: readonly string[];
}

/** Opens and migrates the database. A corrupt file is set aside, and what can be read of it goes into a fresh one. */
export async function openDatabase(file: string, clock: Pick<Clock, 'now'>, log: Log): Promise<OpenedDatabase> {
	const Sqlite = await loadSqlite();
	try {
		mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
		try {
			return { database: await connectInTurn(Sqlite, file) };
		} catch (thrown) {
			if (!isCorrupt(thrown)) throw thrown;
			const damage = replaceDamaged(Sqlite, file, clock.now());
			if (!damage) return { database: connect(Sqlite, file) };
			const { keptAs, lost } = damage;
			log.warn('corrupt database set aside', { code: sqliteCode(thrown), as: basename(keptAs), lost });
			return { database: connect(Sqlite, file), damage };
		}
	} catch (thrown) {
		if (thrown instanceof PoolError) throw thrown;
		throw new PoolError(
			'storage_failed',
			`The pool's database ${file} cannot be opened (${sqliteCode(thrown) || String(thrown)}). Check that its folder can be written and the disk is not full.`,
			{ cause: thrown },
		);
	}
}

/** The native part crashes an older Node instead of throwing, so the version is checked before it is loaded. */
export async function loadSqlite(nodeApiVersion = process.versions['napi']): Promise<typeof Database> {
	if (!(Number(nodeApiVersion) >= 10)) {
		throw new PoolError(
			'storage_failed',
			`The pool's database needs Node.js 22.19 or newer, and this is ${process.version}. Update VS Code or Node.js.`,
		);
	}
	return (await import('better-sqlite3')).default;
}

/**
 * Of two that make a new file a WAL database at the same moment, SQLite refuses one at once, however patient it is told
 * to be: each holds what the other needs.
 */
async function connectInTurn(Sqlite: typeof Database, file: string): Promise<Database.Database> {
	for (let left = 3; ; left--) {
		try {
			return connect(Sqlite, file);
		} catch (thrown) {
			if (left === 0 || !sqliteCode(thrown).startsWith('SQLITE_BUSY')) throw thrown;
			await sleep(100);
		}
	}
}

function connect(Sqlite: typeof Database, file: string): Database.Database {
	// Made by us first, because SQLite would make it readable for everyone; its side files copy this mode.
	closeSync(openSync(file, 'a', 0o600));
	chmodSync(file, 0o600);
	const database = new Sqlite(file, { timeout: patientMs });
	try {
		database.exec(`
			PRAGMA journal_mode = WAL;
			PRAGMA synchronous = NORMAL;
			PRAGMA foreign_keys = ON;
			PRAGMA trusted_schema = OFF;
			PRAGMA journal_size_limit = 16777216;
			-- Checkpoints are made when idle; this is for a day without a pause, small enough not to be felt.
			PRAGMA wal_autocheckpoint = 500;
		`);
		checkPages(database);
		migrate(database);
		database.exec(`PRAGMA busy_timeout = ${hurriedMs}`);
		return database;
	} catch (thrown) {
		database.close();
		throw thrown;
	}
}

/** A pool with a history of a million requests starts with a check of everything but that history. */
function checkPages(database: Database.Database): void {
	const count = database.prepare<[], number>('PRAGMA page_count').pluck().get() ?? 0;
	const check =
		count <= wholeCheckPages
			? 'PRAGMA quick_check(1)'
			: `SELECT quick_check FROM sqlite_schema JOIN pragma_quick_check(sqlite_schema.name)
				WHERE type = 'table' AND sqlite_schema.name <> 'requests' AND quick_check <> 'ok'`;
	const finding = database.prepare<[], string>(check).pluck().get() ?? 'ok';
	if (finding !== 'ok') throw Object.assign(new Error(finding), { code: 'SQLITE_CORRUPT' });
}

function isCorrupt(thrown: unknown): boolean {
	const code = sqliteCode(thrown);
	return code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT');
}

/**
 * Only once the new database has all that can be read of the damaged one do they change places: what ends on the way, as
 * for want of room, leaves it to the next start. Undefined when another process was faster.
 */
function replaceDamaged(Sqlite: typeof Database, file: string, now: number): Damage | undefined {
	const found = statSync(file).ino;
	const draft = `${file}.new-${process.pid}`;
	const forgetDraft = (): void => parts.forEach(part => rmSync(draft + part, { force: true }));
	// One that another process of this number has left half done.
	forgetDraft();
	try {
		const database = connect(Sqlite, draft);
		let lost: string[];
		try {
			lost = salvage(database, file);
		} finally {
			database.close();
		}
		if (statSync(file).ino !== found) return undefined;
		const keptAs = `${file}.corrupt-${new Date(now).toISOString().replaceAll(':', '-')}`;
		move(file, keptAs);
		move(draft, file);
		return { keptAs, lost };
	} finally {
		forgetDraft();
	}
}

/** A database, its log and the index of that. */
const parts = ['', '-wal', '-shm'];

function move(from: string, to: string): void {
	for (const part of parts) if (existsSync(from + part)) renameSync(from + part, to + part);
}
