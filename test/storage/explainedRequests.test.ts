import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import { eachTestGetsADatabase, explainedRequest, noon } from './storageFixtures.js';

describe('requests with their choices', () => {
	const { file, open } = eachTestGetsADatabase();

	it('are found as they were, also while they are still queued', async () => {
		const request = explainedRequest({ id: 'req_run1' });
		const store = await open();

		store.appendRequest(request);

		assert.deepEqual(store.findRequest('req_run1'), request);
	});

	it('are found by the beginning of their id, the newest of several', async () => {
		const store = await open();
		store.appendRequest(explainedRequest({ id: 'req_run12', startedAt: noon + 1 }));
		store.appendRequest(explainedRequest({ id: 'req_run11' }));
		store.appendRequest(explainedRequest({ id: 'req_else' }));

		const found = ['req_run1', 'req_run12', 'req_e', '', 'REQ', 'un1', '%', 'req_run123'].map(
			idPrefix => store.findRequest(idPrefix)?.id,
		);

		assert.deepEqual(found, [
			'req_run11',
			'req_run12',
			'req_else',
			'req_else',
			undefined,
			undefined,
			undefined,
			undefined,
		]);
	});

	it('are found behind ten thousand others', async () => {
		const store = await open();
		store.appendRequest(explainedRequest({ id: 'old_1' }));
		store.appendRequest(explainedRequest({ id: 'old_2' }));
		for (let at = 1; at <= 10_000; at++) {
			store.appendRequest(explainedRequest({ id: `req_${at}` }));
			if (at % 5000 === 0) store.recentRequests(1); // sees queued rows, so they are written now
		}

		const found = ['old', 'old_1', 'old_3', 'ol%'].map(idPrefix => store.findRequest(idPrefix)?.id);

		assert.deepEqual(found, ['old_2', 'old_1', undefined, undefined]);
	});

	it('are not found once their account is forgotten', async () => {
		const store = await open();
		store.appendRequest(explainedRequest({ id: 'req_run1', accountId: 'gone' }));
		store.forgetUsage('gone');

		assert.equal(store.findRequest('req_run1'), undefined);
		assert.equal(store.findRequest(''), undefined);
	});

	it('are found by a whole id that later ones begin with', async () => {
		const store = await open();
		store.appendRequest(explainedRequest({ id: 'req_run1' }));
		store.appendRequest(explainedRequest({ id: 'req_run12', startedAt: noon + 1 }));

		assert.equal(store.findRequest('req_run1')?.id, 'req_run1');
	});

	for (const [what, choices] of [
		['no JSON', '[{'],
		['no list', '{}'],
		['of another kind', '[{"reason":5}]'],
	] as const) {
		it(`are given without choices that are ${what}`, async () => {
			const first = await open();
			first.appendRequest(explainedRequest({ id: 'req_run1' }));
			first.close();
			const editor = new Database(file());
			editor.prepare('UPDATE requests SET choices = ?').run(choices);
			editor.close();

			const store = await open();

			assert.deepEqual(store.findRequest('req_run1'), explainedRequest({ id: 'req_run1', choices: [] }));
			assert.equal(store.recentRequests(1).length, 1);
		});
	}
});
