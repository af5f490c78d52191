import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { UsageGrouping } from '../../src/shared/usageApi.js';
import { openDatabase } from '../../src/storage/openDatabase.js';
import { RequestRetention } from '../../src/storage/requestRetention.js';
import { openStore, type SqliteStore } from '../../src/storage/sqliteStore.js';
import { explainedRequest } from '../../test/support/managementExamples.js';
import type { Figure } from '../figures.js';
import { buildLedger } from '../ledgerDatabase.js';
import type { Row } from '../row.js';
import { quantile } from '../statistics.js';

const requests = 5_000_000;
const dayMs = 24 * 3_600_000;
const end = Date.UTC(2026, 2, 10, 12);
const clock = { now: () => end };
const silence = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** One query of the panel, which the event loop waits for. */
const maxMs = 50;
const everything = { days: 3_650, rows: 10_000_000 };
const groupings: readonly UsageGrouping[] = ['account', 'model', 'key', 'client', 'day'];

/** Years of use, asked as the panel and the command line ask. */
export const ledger: Row = {
	name: 'ledger',
	title: `queries and writes with ${requests / 1e6} million requests of two years`,
	measure: async bench => {
		const folder = await mkdtemp(join(bench.folder, 'ledger-'));
		const file = join(folder, 'pool.sqlite');
		try {
			buildLedger(file, { requests: bench.quick ? requests / 50 : requests, end });
			const runs = bench.quick ? 10 : 50;
			return [...(await measureQueries(file, runs)), await measurePruning(file, runs)];
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	},
};

async function measureQueries(file: string, runs: number): Promise<Figure[]> {
	const opening = performance.now();
	const store = await openStore(file, { clock, log: silence, retention: everything });
	const openMs = performance.now() - opening;
	const month = end - 30 * dayMs;
	try {
		return [
			{ row: 'ledger', name: 'open and check', value: openMs, unit: 'ms' },
			figure('recent 50', runs, () => store.recentRequests(50)),
			figure('page of a rare text', runs, () => store.listRequests({ limit: 50, text: 'nowhere' })),
			figure('page of an old session', runs, () => store.listRequests({ limit: 200, sessionId: '0'.repeat(24) })),
			figure('unknown id', runs, () => store.findRequest('req_unknown')),
			figure('totals of today', runs, () => store.totals(end - dayMs / 2)),
			figure('totals of all time', runs, () => store.totals(0)),
			...groupings.map(by => figure(`30 days by ${by}`, runs, () => store.usage({ since: month, by }))),
			...groupings.map(by => figure(`all time by ${by}`, runs, () => store.usage({ since: 0, by }))),
			measureFlush(store, runs),
		];
	} finally {
		store.close();
	}
}

/** What a busy second brings: a hundred requests, with what they add to every sum. */
function measureFlush(store: SqliteStore, runs: number): Figure {
	let written = 0;
	return figure('write of 100 requests', runs * 4, () => {
		for (let count = 0; count < 100; count++) {
			const id = `req_bench${(++written).toString(36)}`;
			store.appendRequest(
				explainedRequest({ id, startedAt: end + written * 400, accountId: `account-${written % 7}` }),
			);
		}
		store.loadSetting('none'); // a read waits for what is queued
	});
}

async function measurePruning(file: string, runs: number): Promise<Figure> {
	const { database } = await openDatabase(file, clock, silence);
	const retention = new RequestRetention(database, { days: everything.days, rows: 1_000 });
	try {
		return figure('one step of pruning', runs * 2, () => retention.step(end));
	} finally {
		database.close();
	}
}

function figure(name: string, runs: number, work: () => unknown): Figure {
	work();
	const times = Array.from({ length: runs }, () => {
		const startedAt = performance.now();
		work();
		return performance.now() - startedAt;
	});
	const [value, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
	return { row: 'ledger', name, value, unit: 'ms', goal: { atMost: maxMs }, beside: { p99 } };
}
