import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import type { Cooldown } from '../../src/core/storePort.js';
import { accountRow, eachTestGetsADatabase, noon, sessionRow } from './storageFixtures.js';

const cooldown: Cooldown = { model: 'gpt-5.5', kind: 'limit', until: noon + 3_600_000, times: 1 };

describe('cooldowns and sessions in the store', () => {
	const { file, open } = eachTestGetsADatabase();

	it('leaves out cooldowns that are not what they should be', async () => {
		const first = await open();
		for (const id of ['account-1', 'account-2', 'account-3']) {
			first.saveAccount(accountRow({ id }));
			first.saveCooldowns(id, [cooldown]);
		}
		first.close();
		const editor = new Database(file());
		editor.exec(`UPDATE cooldowns SET cooldowns = '[{' WHERE accountId = 'account-1'`);
		editor.exec(`UPDATE cooldowns SET cooldowns = '[{"kind":"moon"}]' WHERE accountId = 'account-2'`);
		editor.close();

		assert.deepEqual([...(await open()).loadCooldowns()], [['account-3', [cooldown]]]);
	});

	it('forgets a session, also one that was only just saved', async () => {
		const store = await open();
		store.saveAccount(accountRow());
		store.saveSession(sessionRow({ id: 'written' }));
		store.saveSession(sessionRow({ id: 'kept' }));
		store.loadSessions(1);
		store.saveSession(sessionRow({ id: 'queued' }));
		store.saveSession(sessionRow({ id: 'written', turns: 2 }));

		store.removeSession('written');
		store.removeSession('queued');

		assert.deepEqual(
			store.loadSessions(10).map(({ id }) => id),
			['kept'],
		);
	});
});
