import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mock } from 'node:test';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import type { ExplainedRequest } from '../../src/shared/requestApi.js';
import type { UsageGrouping, UsageTotals } from '../../src/shared/usageApi.js';
import { startOfLocalDay, startOfLocalHour } from '../../src/core/localTime.js';
import { openStore, type SqliteStore } from '../../src/storage/sqliteStore.js';
import { RecordingLog } from '../support/recordingLog.js';
import { eachTestGetsAFolder, explainedRequest, stillClock } from './storageFixtures.js';

const dayMs = 24 * 3_600_000;
/** Around these days clocks are put forward or back in one of the zones. */
const days = [Date.UTC(2025, 9, 4), Date.UTC(2025, 9, 25), Date.UTC(2025, 10, 1), Date.UTC(2026, 2, 7)];
const moment = fc.tuple(fc.constantFrom(...days), fc.nat(2 * dayMs)).map(([day, ms]) => day + ms);
// Half and quarter hours, half an hour of summer time, summer time that starts at midnight, and both sides of UTC.
const zones = [
	'UTC',
	'Asia/Kolkata',
	'Asia/Kathmandu',
	'Australia/Lord_Howe',
	'Asia/Beirut',
	'America/St_Johns',
	'Europe/Berlin',
];
const retention = { days: 60, rows: 40 };
const accountIds = ['a', 'b', '__proto__'] as const;
const groupings: Readonly<Record<UsageGrouping, (request: ExplainedRequest) => string>> = {
	account: request => request.accountId ?? '',
	model: request => request.model ?? '',
	key: request => request.keyId,
	client: request => request.client ?? '',
	hour: request => String(startOfLocalHour(request.startedAt)),
	day: request => String(startOfLocalDay(request.startedAt)),
};

const tokens = fc.option(fc.nat(2_000_000));
const request = fc
	.record({
		startedAt: moment,
		accountId: fc.option(fc.constantFrom(...accountIds)),
		model: fc.option(fc.constantFrom('gpt-5.2', 'gpt-5.2-codex')),
		keyId: fc.constantFrom('k1', 'k2'),
		client: fc.option(fc.constantFrom('codex', 'é "\u0000')),
		outcome: fc.constantFrom('succeeded', 'failed', 'cancelled'),
		inputTokens: tokens,
		cachedTokens: tokens,
		outputTokens: tokens,
		reasoningTokens: tokens,
		costNanoUsd: fc.option(fc.nat()),
	})
	.map(fields => explainedRequest(fields));

type Step =
	| { readonly kind: 'settle'; readonly requests: readonly ExplainedRequest[] }
	| { readonly kind: 'forget'; readonly accountId: string }
	| { readonly kind: 'quiet' }
	| { readonly kind: 'reopen' }
	| { readonly kind: 'read'; readonly since: number; readonly until: number | undefined };

const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ kind: fc.constant('settle'), requests: fc.array(request, { maxLength: 30 }) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('forget'), accountId: fc.constantFrom(...accountIds) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('quiet') }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen') }) },
	{
		weight: 2,
		arbitrary: fc.record({ kind: fc.constant('read'), since: moment, until: fc.option(moment, { nil: undefined }) }),
	},
);

describe('the ledger', () => {
	const folder = eachTestGetsAFolder();
	const zoneBefore = process.env['TZ'];
	let databases = 0;

	beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] }));
	afterEach(() => {
		mock.timers.reset();
		if (zoneBefore === undefined) delete process.env['TZ'];
		else process.env['TZ'] = zoneBefore;
	});

	it('adds up to what was settled and not forgotten, whatever is pruned, by every grouping and over any span', async () => {
		await fc.assert(
			fc.asyncProperty(fc.constantFrom(...zones), fc.array(step, { maxLength: 12 }), async (zone, steps) => {
				process.env['TZ'] = zone;
				const file = join(folder(), `${databases++}.sqlite`);
				let history = await History.open(file);
				try {
					for (const next of steps) {
						if (next.kind === 'reopen') history = await history.reopen();
						else history.take(next);
					}
					history.take({ kind: 'quiet' });
					history.take({ kind: 'read', since: 0, until: undefined });
				} finally {
					history.close();
				}
				assertRollUpsAgree(file);
			}),
			{ numRuns: 60 },
		);
	}).timeout(60_000);
});

/** A store and what should be in it. */
class History {
	private constructor(
		private readonly file: string,
		private readonly store: SqliteStore,
		private settled: ExplainedRequest[],
	) {}

	static async open(file: string, settled: ExplainedRequest[] = []): Promise<History> {
		const store = await openStore(file, { clock: stillClock, log: new RecordingLog(), retention });
		return new History(file, store, settled);
	}

	reopen(): Promise<History> {
		this.close();
		return History.open(this.file, this.settled);
	}

	close(): void {
		this.store.close();
	}

	take(step: Exclude<Step, { kind: 'reopen' }>): void {
		switch (step.kind) {
			case 'settle':
				for (const request of step.requests) this.store.appendRequest(request);
				this.settled.push(...step.requests);
				return;
			case 'forget':
				this.store.forgetUsage(step.accountId);
				this.settled = this.settled.filter(({ accountId }) => accountId !== step.accountId);
				return;
			case 'quiet':
				this.store.totals(0);
				mock.timers.tick(5000);
				for (let more = 0; more < 4; more++) mock.timers.tick(20);
				return;
			case 'read':
				this.#checkUsage(step.since, step.until);
				this.#checkRows();
				return;
			default:
				step satisfies never;
		}
	}

	#checkUsage(since: number, until: number | undefined): void {
		const end = until === undefined ? Infinity : startOfLocalHour(until);
		const counted = this.settled.filter(({ startedAt }) => {
			const hour = startOfLocalHour(startedAt);
			return hour >= startOfLocalHour(since) && hour < end;
		});
		for (const [by, groupOf] of Object.entries(groupings) as [UsageGrouping, typeof groupings.key][]) {
			const { rows } = this.store.usage({ since, until, by });
			const expected = [...Map.groupBy(counted, groupOf)].map(([group, requests]) => ({ group, ...sumOf(requests) }));
			assert.deepEqual(new Map(rows.map(row => [row.group, row])), new Map(expected.map(row => [row.group, row])), by);
			assert.equal(rows.length, expected.length, by);
		}
		if (until === undefined) assert.deepEqual(this.store.totals(since), sumOf(counted));
	}

	/** Rows may go, but none that is kept is unknown, forgotten or out of order. */
	#checkRows(): void {
		const ids = this.store.listRequests({ limit: 200 }).requests.map(({ id }) => id);
		const known = this.settled.map(({ id }) => id).reverse();
		const kept = new Set(ids);
		assert.deepEqual(
			ids,
			known.filter(id => kept.has(id)),
		);
	}
}

function sumOf(requests: readonly ExplainedRequest[]): UsageTotals {
	const sum = (figure: (request: ExplainedRequest) => number | null): number =>
		requests.reduce((total, request) => total + (figure(request) ?? 0), 0);
	return {
		requests: requests.length,
		failed: sum(({ outcome }) => Number(outcome === 'failed')),
		inputTokens: sum(({ inputTokens }) => inputTokens),
		cachedTokens: sum(({ cachedTokens }) => cachedTokens),
		outputTokens: sum(({ outputTokens }) => outputTokens),
		reasoningTokens: sum(({ reasoningTokens }) => reasoningTokens),
		costNanoUsd: sum(({ costNanoUsd }) => costNanoUsd),
		unpriced: sum(({ costNanoUsd, inputTokens, outputTokens }) =>
			Number(costNanoUsd === null && (inputTokens ?? 0) + (outputTokens ?? 0) > 0),
		),
	};
}

/** All three roll-ups hold the same usage, and none of them a row of nothing. */
function assertRollUpsAgree(file: string): void {
	const database = new Database(file, { readonly: true });
	const figures = (table: string): unknown =>
		database
			.prepare(
				`SELECT total(requests), total(failed), total(inputTokens), total(cachedTokens), total(outputTokens),
				total(reasoningTokens), total(costNanoUsd), total(unpriced), total(requests <= 0) FROM ${table}`,
			)
			.get();
	try {
		const hourly = figures('hourlyUsage');
		assert.deepEqual(figures('hourlyTotals'), hourly);
		for (const party of ['account', 'model', 'key', 'client']) {
			assert.deepEqual(figures(`dailyUsage WHERE party = '${party}'`), hourly, party);
		}
	} finally {
		database.close();
	}
}
