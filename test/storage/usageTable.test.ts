import assert from 'node:assert/strict';
import { join } from 'node:path';
import { noUsage } from '../../src/shared/noUsage.js';
import { openStore } from '../../src/storage/sqliteStore.js';
import { RecordingLog } from '../support/recordingLog.js';
import { eachTestGetsAFolder, noon, explainedRequest, stillClock } from './storageFixtures.js';

const hour = 3_600_000;

describe('usage', () => {
	const folder = eachTestGetsAFolder();
	let databases = 0;

	const openFresh = (): ReturnType<typeof openStore> =>
		openStore(join(folder(), `${databases++}.sqlite`), { clock: stillClock, log: new RecordingLog() });

	it('counts from the start of the hour that holds `since`', async () => {
		const store = await openFresh();
		store.appendRequest(explainedRequest({ startedAt: noon - 1 }));
		store.appendRequest(explainedRequest({ startedAt: noon }));
		store.appendRequest(explainedRequest({ startedAt: noon + hour - 1 }));

		const { requests: counted } = store.totals(noon + hour / 2);
		store.close();

		assert.equal(counted, 2);
	});

	it('counts neighbouring spans each by itself, wherever in an hour they meet', async () => {
		const store = await openFresh();
		for (let at = 0; at < 96; at++) store.appendRequest(explainedRequest({ startedAt: noon + at * (hour / 2) }));
		const [since, middle, until] = [noon + hour / 4, noon + 20.5 * hour, noon + 47 * hour];

		const [whole, first, second] = [
			store.usage({ since, until, by: 'model' }),
			store.usage({ since, until: middle, by: 'model' }),
			store.usage({ since: middle, until, by: 'model' }),
		].map(({ rows }) => rows[0]?.requests);
		const { since: from, until: end } = store.usage({ since, until, by: 'hour' });
		store.close();

		assert.deepEqual([whole, first, second], [94, 40, 54]);
		assert.deepEqual([from, end], [since, until]);
	});

	it('counts nothing in a span that ends before it begins', async () => {
		const store = await openFresh();
		store.appendRequest(explainedRequest());

		const reports = (['account', 'hour', 'day'] as const).map(by =>
			store.usage({ since: noon + hour, until: noon, by }),
		);
		store.close();

		assert.deepEqual(
			reports.map(({ rows }) => rows),
			[[], [], []],
		);
	});

	it('says which requests with tokens have no price', async () => {
		const store = await openFresh();
		store.appendRequest(explainedRequest({ costNanoUsd: 5 }));
		store.appendRequest(explainedRequest({ costNanoUsd: null }));
		store.appendRequest(explainedRequest({ costNanoUsd: null, inputTokens: null, outputTokens: null }));

		const { costNanoUsd, unpriced } = store.totals(0);
		store.close();

		assert.deepEqual([costNanoUsd, unpriced], [5, 1]);
	});

	it('lists hours oldest first and accounts by the number of requests', async () => {
		const store = await openFresh();
		for (const accountId of ['a', 'b', 'b']) store.appendRequest(explainedRequest({ accountId, startedAt: noon }));
		store.appendRequest(explainedRequest({ accountId: 'a', startedAt: noon - hour }));
		store.appendRequest(explainedRequest({ accountId: 'b', startedAt: noon - 2 * hour }));

		const hours = store.usage({ since: 0, by: 'hour' }).rows.map(row => Number(row.group));
		const accounts = store.usage({ since: 0, by: 'account' }).rows.map(row => row.group);
		store.close();

		assert.deepEqual(hours, [noon - 2 * hour, noon - hour, noon]);
		assert.deepEqual(accounts, ['b', 'a']);
	});

	it('knows totals of nothing', async () => {
		const store = await openFresh();

		const totals = store.totals(0);
		const { rows } = store.usage({ since: 0, by: 'day' });
		store.close();

		assert.deepEqual(totals, noUsage);
		assert.deepEqual(rows, []);
	});
});
