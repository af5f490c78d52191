import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import type { RequestRecord } from '../../src/shared/requestApi.js';
import type { UsageGrouping, UsageTotals } from '../../src/shared/usageApi.js';
import { startOfLocalDay, startOfLocalHour } from '../../src/core/localTime.js';
import { openStore } from '../../src/storage/sqliteStore.js';
import { eachTestGetsAFolder, noon, RecordingLog, explainedRequest, stillClock } from './storageFixtures.js';

const hour = 3_600_000;
const none: UsageTotals = {
	requests: 0,
	failed: 0,
	inputTokens: 0,
	cachedTokens: 0,
	outputTokens: 0,
	reasoningTokens: 0,
};

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

const groupings: Readonly<Record<UsageGrouping, (record: RequestRecord) => string>> = {
	account: record => record.accountId ?? '',
	model: record => record.model ?? '',
	key: record => record.keyId,
	client: record => record.client ?? '',
	hour: record => String(startOfLocalHour(record.startedAt)),
	day: record => String(startOfLocalDay(record.startedAt)),
};

function add(total: UsageTotals, record: RequestRecord): UsageTotals {
	return {
		requests: total.requests + 1,
		failed: total.failed + Number(record.outcome === 'failed'),
		inputTokens: total.inputTokens + (record.inputTokens ?? 0),
		cachedTokens: total.cachedTokens + (record.cachedTokens ?? 0),
		outputTokens: total.outputTokens + (record.outputTokens ?? 0),
		reasoningTokens: total.reasoningTokens + (record.reasoningTokens ?? 0),
	};
}

const tokens = fc.option(fc.nat(2_000_000));
const requests = fc.array(
	fc
		.record({
			startedAt: fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2026, 11, 31) }),
			accountId: fc.option(fc.constantFrom('a', 'b', '__proto__')),
			model: fc.option(fc.constantFrom('gpt-5.2', 'gpt-5.2-codex')),
			keyId: fc.constantFrom('k1', 'k2'),
			client: fc.option(fc.string({ unit: 'grapheme', maxLength: 5 })),
			outcome: fc.constantFrom('succeeded', 'failed', 'cancelled'),
			inputTokens: tokens,
			cachedTokens: tokens,
			outputTokens: tokens,
			reasoningTokens: tokens,
		})
		.map(fields => explainedRequest(fields)),
	{ maxLength: 60 },
);

describe('usage', () => {
	const folder = eachTestGetsAFolder();
	const zoneBefore = process.env['TZ'];
	let databases = 0;

	const openFresh = (): ReturnType<typeof openStore> =>
		openStore(join(folder(), `${databases++}.sqlite`), stillClock, new RecordingLog());

	afterEach(() => {
		if (zoneBefore === undefined) delete process.env['TZ'];
		else process.env['TZ'] = zoneBefore;
	});

	it('adds up to the same sums however requests are grouped, in every time zone', async () => {
		await fc.assert(
			fc.asyncProperty(requests, fc.constantFrom(...zones), fc.nat(99), async (records, zone, share) => {
				process.env['TZ'] = zone;
				const times = records.map(record => record.startedAt).sort((a, b) => a - b);
				const since = startOfLocalHour(times[Math.floor((times.length * share) / 100)] ?? 0);
				const store = await openFresh();
				try {
					for (const record of records) store.appendRequest(record);

					const counted = records.filter(record => startOfLocalHour(record.startedAt) >= since);
					assert.deepEqual(store.totals(since), counted.reduce(add, none));
					for (const [by, groupOf] of Object.entries(groupings) as [UsageGrouping, typeof groupings.key][]) {
						const expected = new Map<string, UsageTotals>();
						for (const record of counted) {
							expected.set(groupOf(record), add(expected.get(groupOf(record)) ?? none, record));
						}
						const rows = store.usage(since, by).rows.map(({ group, ...totals }) => [group, totals] as const);
						assert.deepEqual(new Map(rows), expected, by);
						assert.equal(rows.length, expected.size, by);
					}
				} finally {
					store.close();
				}
			}),
			{ numRuns: 60 },
		);
	}).timeout(30_000);

	it('counts from the start of the hour that holds `since`', async () => {
		const store = await openFresh();
		store.appendRequest(explainedRequest({ startedAt: noon - 1 }));
		store.appendRequest(explainedRequest({ startedAt: noon }));
		store.appendRequest(explainedRequest({ startedAt: noon + hour - 1 }));

		const { requests: counted } = store.totals(noon + hour / 2);
		store.close();

		assert.equal(counted, 2);
	});

	it('lists hours oldest first and accounts by the number of requests', async () => {
		const store = await openFresh();
		for (const accountId of ['a', 'b', 'b']) store.appendRequest(explainedRequest({ accountId, startedAt: noon }));
		store.appendRequest(explainedRequest({ accountId: 'a', startedAt: noon - hour }));
		store.appendRequest(explainedRequest({ accountId: 'b', startedAt: noon - 2 * hour }));

		const hours = store.usage(0, 'hour').rows.map(row => Number(row.group));
		const accounts = store.usage(0, 'account').rows.map(row => row.group);
		store.close();

		assert.deepEqual(hours, [noon - 2 * hour, noon - hour, noon]);
		assert.deepEqual(accounts, ['b', 'a']);
	});

	it('knows totals of nothing', async () => {
		const store = await openFresh();

		const totals = store.totals(0);
		const { rows } = store.usage(0, 'day');
		store.close();

		assert.deepEqual(totals, none);
		assert.deepEqual(rows, []);
	});
});
