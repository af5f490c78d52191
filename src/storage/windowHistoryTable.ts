import type Database from 'better-sqlite3';
import * as z from 'zod';
import type { HistorySample } from '../core/storePort.js';
import { windowPointSchema, type WindowHistory } from '../shared/forecastApi.js';
import { parseRows } from './parseRows.js';

const keptMs = 35 * 24 * 3_600_000;

const sampleSchema = windowPointSchema.extend({
	accountId: z.string(),
	limit: z.string(),
	durationMinutes: z.number(),
});

/** What was seen of every usage window, a few points an hour at most: for trends, and for the habits a forecast needs. */
export class WindowHistoryTable {
	readonly #append: Database.Statement<[HistorySample]>;
	readonly #loadAll: Database.Statement<[number]>;
	readonly #loadOne: Database.Statement<[string, number]>;
	readonly #prune: Database.Statement<[number]>;

	constructor(database: Database.Database) {
		// A figure may still arrive for an account that was just removed: it goes nowhere.
		this.#append = database.prepare(`
			INSERT OR REPLACE INTO windowHistory
			SELECT @accountId, @at, @limit, @durationMinutes, @usedPercent, @resetsAt
			WHERE EXISTS (SELECT 1 FROM accounts WHERE id = @accountId)
		`);
		this.#loadAll = database.prepare('SELECT * FROM windowHistory WHERE at >= ? ORDER BY at');
		this.#loadOne = database.prepare('SELECT * FROM windowHistory WHERE accountId = ? AND at >= ? ORDER BY at');
		this.#prune = database.prepare('DELETE FROM windowHistory WHERE at < ?');
	}

	append(sample: HistorySample): void {
		this.#append.run(sample);
	}

	/** Of all accounts, oldest first. */
	load(since: number): HistorySample[] {
		return parseRows(sampleSchema, this.#loadAll.all(since));
	}

	read(accountId: string, since: number): WindowHistory {
		const samples = parseRows(sampleSchema, this.#loadOne.all(accountId, since));
		const byWindow = Map.groupBy(samples, ({ limit, durationMinutes }) => `${durationMinutes} ${limit}`);
		return {
			since,
			windows: [...byWindow.values()].flatMap(points => {
				const [first] = points;
				if (!first) return [];
				const { limit, durationMinutes } = first;
				return { limit, durationMinutes, points: points.map(point => windowPointSchema.parse(point)) };
			}),
		};
	}

	prune(now: number): void {
		this.#prune.run(now - keptMs);
	}
}
