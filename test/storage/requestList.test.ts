import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { ExplainedRequest, RequestListQuery } from '../../src/shared/requestApi.js';
import { openStore, type SqliteStore } from '../../src/storage/sqliteStore.js';
import { RecordingLog } from '../support/recordingLog.js';
import { eachTestGetsAFolder, explainedRequest, noon, stillClock } from './storageFixtures.js';

describe('the list of requests', () => {
	const folder = eachTestGetsAFolder();
	let store: SqliteStore;

	const append = (count: number, fieldsOf: (at: number) => Partial<ExplainedRequest> = () => ({})): void => {
		for (let at = 1; at <= count; at++) {
			store.appendRequest(explainedRequest({ id: `req_${at}`, ...fieldsOf(at) }));
			if (at % 5000 === 0) store.recentRequests(1); // sees queued rows, so they are written now
		}
	};
	const list = (query: Partial<RequestListQuery> = {}) => {
		const { requests, next, isCutShort } = store.listRequests({ limit: 50, ...query });
		return { ids: requests.map(({ id }) => id), next, isCutShort };
	};
	/** Every page of a search, as a face that goes on until the end. */
	const listAll = (query: Partial<RequestListQuery> = {}) => {
		const ids: string[] = [];
		let pages = 0;
		let before: string | undefined;
		do {
			const page = list({ ...query, ...(before !== undefined && { before }) });
			ids.push(...page.ids);
			pages++;
			before = page.next ?? undefined;
		} while (before !== undefined);
		return { ids, pages };
	};

	beforeEach(async () => {
		store = await openStore(join(folder(), 'pool.sqlite'), { clock: stillClock, log: new RecordingLog() });
	});
	afterEach(() => store.close());

	it('gives page after page, newest first, each request once', () => {
		append(7);

		const first = list({ limit: 3 });
		const second = list({ limit: 3, before: first.next ?? '' });
		const third = list({ limit: 3, before: second.next ?? '' });

		assert.deepEqual(
			[first.ids, second.ids, third.ids],
			[['req_7', 'req_6', 'req_5'], ['req_4', 'req_3', 'req_2'], ['req_1']],
		);
		assert.deepEqual([first.isCutShort, second.isCutShort, third.isCutShort, third.next], [false, false, false, null]);
	});

	it('does not promise a page after the last request', () => {
		append(3);

		assert.equal(list({ limit: 3 }).next, null);
	});

	it('goes on where it was although new requests have settled, in whatever order they began', () => {
		append(4);
		const first = list({ limit: 2 });
		store.appendRequest(explainedRequest({ id: 'late', startedAt: noon - 3_600_000 }));

		const second = list({ limit: 2, before: first.next ?? '' });

		assert.deepEqual(second.ids, ['req_2', 'req_1']);
		assert.equal(list({ limit: 1 }).ids[0], 'late');
	});

	it('knows nothing of nothing', () => {
		assert.deepEqual(list(), { ids: [], next: null, isCutShort: false });
	});

	for (const [what, query, ids] of [
		['an account', { accountId: 'b' }, ['req_4', 'req_2']],
		['no account', { accountId: '' }, ['req_3']],
		['a model', { model: 'gpt-6' }, ['req_2']],
		['no model', { model: '' }, ['req_3']],
		['a key', { keyId: 'k2' }, ['req_1']],
		['a client', { client: 'opencode' }, ['req_4']],
		['no client', { client: '' }, ['req_3']],
		['a session', { sessionId: 's2' }, ['req_2', 'req_1']],
		['no session', { sessionId: '' }, ['req_3']],
		['an outcome', { outcome: 'failed' }, ['req_3']],
		['several at once', { accountId: 'b', model: 'gpt-6' }, ['req_2']],
		['part of an id', { text: 'Q_4' }, ['req_4']],
		['part of a model', { text: 'gpt-6' }, ['req_2']],
		['an alias', { text: 'FAST' }, ['req_1']],
		['part of a client', { text: 'code' }, ['req_4', 'req_2', 'req_1']],
		['an error', { text: 'no_account' }, ['req_3']],
		['signs that mean something in SQL', { text: "%_'" }, []],
	] as const) {
		it(`finds requests by ${what}`, () => {
			append(
				4,
				at =>
					[
						{ accountId: 'a', keyId: 'k2', alias: 'fast', sessionId: 's2' },
						{ accountId: 'b', model: 'gpt-6', sessionId: 's2' },
						{
							...{ accountId: null, model: null, client: null, sessionId: null },
							...{ outcome: 'failed' as const, error: 'no_account_available' },
						},
						{ accountId: 'b', client: 'opencode' },
					][at - 1] ?? {},
			);

			assert.deepEqual(list(query), { ids, next: null, isCutShort: false });
		});
	}

	it('looks at a bounded number of requests in one go, says so, and goes on from there', () => {
		append(45_000, at => ({ model: at === 1 || at === 30_000 ? 'rare' : 'usual' }));

		const first = list({ model: 'rare' });

		assert.deepEqual([first.ids, first.isCutShort], [['req_30000'], true]);
		assert.deepEqual(listAll({ model: 'rare' }), { ids: ['req_30000', 'req_1'], pages: 3 });
	}).timeout(30_000);

	it('finds the same in pages of any size', () => {
		append(300, at => ({ model: at % 7 === 0 ? 'rare' : 'usual' }));
		const { ids } = listAll({ model: 'rare', limit: 200 });

		for (const limit of [1, 2, 41, 42, 43]) assert.deepEqual(listAll({ model: 'rare', limit }).ids, ids);
		assert.equal(ids.length, 42);
	});
});
