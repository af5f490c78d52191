import assert from 'node:assert/strict';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { migrate, migrations } from '../../src/storage/migrations.js';
import { openStore } from '../../src/storage/sqliteStore.js';
import { RecordingLog } from '../support/recordingLog.js';
import { eachTestGetsAFolder, noon, stillClock } from './storageFixtures.js';

describe('migrations', () => {
	const folder = eachTestGetsAFolder();

	for (let version = 1; version < migrations.length; version++) {
		it(`leave everything that version ${version} has written readable`, async () => {
			const file = join(folder(), 'pool.sqlite');
			const old = new Database(file);
			old.exec(`
				${migrations.slice(0, version).join(';')};
				PRAGMA user_version = ${version};
				INSERT INTO accounts (id, userId, chatgptAccountId, state, stateSince, selected, addedAt, generation)
				VALUES ('a1', 'u1', 'c1', 'active', 1, 1, 1, 3);
				INSERT INTO windows (accountId, windows) VALUES ('a1', '[]');
				INSERT INTO keys (id, name, hash, createdAt) VALUES ('k1', 'Default', 'ab', 1);
				INSERT INTO sessions (id, accountId, firstUsedAt, lastUsedAt, turns) VALUES ('s1', 'a1', 1, ${noon}, 1);
				INSERT INTO settings (name, value) VALUES ('strategy', 'round_robin');
				INSERT INTO requests (id, startedAt, keyId, route, transport, status, outcome, totalMs, attempts)
				VALUES ('r1', ${noon}, 'k1', '/codex/responses', 'http', 200, 'succeeded', 5, '[]');
			`);
			// Versions that have roll-ups by day fill them themselves; before, they are made of the hours.
			if (!old.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'dailyUsage'").get()) {
				old.exec(`
					INSERT INTO hourlyUsage (hour, accountId, model, keyId, client, requests, failed,
						inputTokens, cachedTokens, outputTokens, reasoningTokens)
					VALUES (${noon}, 'a1', '', 'k1', '', 9, 1, 10, 20, 30, 40), (${noon - 3_600_000}, 'a1', 'm', 'k1', '', 2, 0, 1, 2, 3, 4),
						(${noon - 30 * 86_400_000}, 'a1', 'm', 'k2', 'c', 4, 0, 0, 0, 0, 0)
				`);
			} else {
				old.exec(`
					INSERT INTO hourlyTotals VALUES (${noon}, 15, 1, 11, 22, 33, 44, 0, 0);
					INSERT INTO dailyUsage VALUES ('account', 'a1', ${noon - 43_200_000}, 15, 1, 11, 22, 33, 44, 0, 0)
				`);
			}
			old.close();

			const store = await openStore(file, { clock: stillClock, log: new RecordingLog() });
			const found = {
				generation: store.loadAccounts()[0]?.generation,
				windows: store.loadWindows().get('a1'),
				key: store.loadKeys().map(({ name, models, accountIds, budget }) => ({ name, models, accountIds, budget })),
				session: store.loadSessions(1)[0]?.id,
				strategy: store.loadSetting('strategy'),
				request: store.recentRequests(1)[0]?.id,
				totals: store.totals(0),
				accounts: store.usage({ since: 0, by: 'account' }).rows,
			};
			store.close();

			const totals = {
				...{ requests: 15, failed: 1, inputTokens: 11, cachedTokens: 22, outputTokens: 33, reasoningTokens: 44 },
				// From version 4 on, prices were known when it was written.
				...{ costNanoUsd: 0, unpriced: version < 4 ? 11 : 0 },
			};
			assert.deepEqual(found, {
				generation: 3,
				windows: [],
				key: [{ name: 'Default', models: null, accountIds: null, budget: null }],
				session: 's1',
				strategy: 'round_robin',
				request: 'r1',
				totals,
				accounts: [{ group: 'a1', ...totals }],
			});
		});
	}

	it('give what version 2 has written the priority, reserve, tokens and choices of before', async () => {
		const file = join(folder(), 'pool.sqlite');
		const old = new Database(file);
		old.exec(`
			${migrations.slice(0, 2).join(';')};
			PRAGMA user_version = 2;
			INSERT INTO accounts (id, userId, chatgptAccountId, state, stateSince, selected, addedAt, generation, position, refreshedAt)
			VALUES ('a1', 'u1', 'c1', 'active', 1, 1, 1, 3, 4, 5);
			INSERT INTO sessions (id, accountId, firstUsedAt, lastUsedAt, turns) VALUES ('s1', 'a1', 1, ${noon}, 1);
			INSERT INTO requests (id, startedAt, keyId, route, transport, status, outcome, totalMs, attempts)
			VALUES ('r1', ${noon}, 'k1', '/codex/responses', 'http', 200, 'succeeded', 5, '[]');
		`);
		old.close();

		const store = await openStore(file, { clock: stillClock, log: new RecordingLog() });
		const [account] = store.loadAccounts();
		const [session] = store.loadSessions(1);
		const request = store.findRequest('r1');
		const cooldowns = store.loadCooldowns();
		store.saveCooldowns('a1', []);
		const saved = store.loadCooldowns();
		store.close();

		assert.deepEqual(
			[account?.position, account?.refreshedAt, account?.priority, account?.reservePercent],
			[4, 5, 5, 0],
		);
		assert.deepEqual([session?.inputTokens, session?.cachedTokens], [0, 0]);
		assert.deepEqual(request?.choices, []);
		assert.deepEqual([cooldowns.size, saved.size], [0, 1]);
	});

	it('give what version 9 has written no session, and sessions with tokens no price', async () => {
		const file = join(folder(), 'pool.sqlite');
		const old = new Database(file);
		old.exec(`
			${migrations.slice(0, 9).join(';')};
			PRAGMA user_version = 9;
			INSERT INTO accounts (id, userId, chatgptAccountId, state, stateSince, selected, addedAt, generation)
			VALUES ('a1', 'u1', 'c1', 'active', 1, 1, 1, 3);
			INSERT INTO sessions (id, accountId, firstUsedAt, lastUsedAt, turns, inputTokens, cachedTokens)
			VALUES ('s1', 'a1', 1, ${noon}, 3, 900, 800), ('s2', 'a1', 1, ${noon - 1}, 1, 0, 0);
			INSERT INTO requests (id, startedAt, keyId, route, transport, status, outcome, totalMs, attempts)
			VALUES ('r1', ${noon}, 'k1', '/codex/responses', 'http', 200, 'succeeded', 5, '[]');
		`);
		old.close();

		const store = await openStore(file, { clock: stillClock, log: new RecordingLog() });
		const [request] = store.recentRequests(1);
		const sessions = store.loadSessions(2);
		store.close();

		assert.deepEqual([request?.id, request?.sessionId], ['r1', null]);
		const unknown = { client: null, model: null, outputTokens: 0, costNanoUsd: 0 };
		assert.deepEqual(sessions, [
			{
				...{ id: 's1', accountId: 'a1', firstUsedAt: 1, lastUsedAt: noon, turns: 3 },
				...{ ...unknown, inputTokens: 900, cachedTokens: 800, unpriced: 3 },
			},
			{
				...{ id: 's2', accountId: 'a1', firstUsedAt: 1, lastUsedAt: noon - 1, turns: 1 },
				...{ ...unknown, inputTokens: 0, cachedTokens: 0, unpriced: 0 },
			},
		]);
	});

	it('run only the steps that a database has not seen', () => {
		const database = new Database(':memory:');
		migrate(database, ['CREATE TABLE one (id)']);
		database.exec('INSERT INTO one VALUES (1)');

		migrate(database, ['CREATE TABLE one (id)', 'ALTER TABLE one ADD COLUMN name TEXT']);

		assert.deepEqual(database.prepare('SELECT * FROM one').all(), [{ id: 1, name: null }]);
		assert.equal(database.prepare('PRAGMA user_version').pluck().get(), 2);
	});

	it('change nothing when one of them fails', () => {
		const database = new Database(':memory:');

		assert.throws(() => migrate(database, [...migrations, 'CREATE TABLE extra (id)', 'this is not SQL']));

		assert.equal(database.prepare('PRAGMA user_version').pluck().get(), 0);
		assert.deepEqual(database.prepare('SELECT name FROM sqlite_schema').all(), []);
	});

	it('do nothing the second time', () => {
		const database = new Database(':memory:');
		migrate(database);

		assert.doesNotThrow(() => migrate(database));
	});
});
