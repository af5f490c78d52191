import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import { noQuota, type AccountQuota } from '../../src/shared/accountApi.js';
import { accountRow, eachTestGetsADatabase, noon } from './storageFixtures.js';

const sighting = { source: 'poll', observedAt: noon } as const;
const quota: AccountQuota = {
	credits: { hasCredits: true, unlimited: null, balance: 4.5, ...sighting },
	spendLimit: null,
	reachedLimit: { type: 'rate_limit_reached', ...sighting },
	resetCredits: {
		available: 1,
		applicable: null,
		credits: [{ id: 'crd_1', title: 'Full reset', description: null, expiresAt: noon }],
		listedAt: noon,
		...sighting,
	},
};

describe('quotas in the store', () => {
	const { file, open } = eachTestGetsADatabase();

	it('are there again after a restart, the last of several', async () => {
		const first = await open();
		first.saveAccount(accountRow());
		first.saveQuota('account-1', noQuota);
		first.saveQuota('account-1', quota);
		first.close();

		assert.deepEqual([...(await open()).loadQuotas()], [['account-1', quota]]);
	});

	it('go with their account, and do not come back', async () => {
		const store = await open();
		store.saveAccount(accountRow());
		store.saveQuota('account-1', quota);
		store.loadQuotas();
		store.saveQuota('account-1', noQuota);
		store.removeAccount('account-1');
		store.saveQuota('account-1', quota);
		assert.deepEqual([...store.loadQuotas()], []);
	});

	it('are left out when they are not what they should be', async () => {
		const first = await open();
		for (const id of ['account-1', 'account-2']) {
			first.saveAccount(accountRow({ id }));
			first.saveQuota(id, quota);
		}
		first.close();
		const editor = new Database(file());
		editor.exec(`UPDATE quotas SET quota = '{"credits":7}' WHERE accountId = 'account-1'`);
		editor.close();

		assert.deepEqual([...(await open()).loadQuotas().keys()], ['account-2']);
	});
});
