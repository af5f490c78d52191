import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import type { Cooldown } from '../../src/core/storePort.js';
import { accountRow, eachTestGetsADatabase, explainedRequest, noon, sessionRow } from './storageFixtures.js';

const hour = 3_600_000;
const day = 24 * hour;
const unlimited = { prefix: null, models: null, accountIds: null, budget: null };
const cooldown: Cooldown = { model: 'gpt-5.5', kind: 'limit', until: noon + hour, times: 1 };

describe('what the store remembers', () => {
	const { file, open } = eachTestGetsADatabase();

	it('gives back accounts, windows, cooldowns, keys, sessions and settings after it was closed and opened again', async () => {
		const account = accountRow({
			name: 'Work',
			limitedUntil: noon + hour,
			selected: false,
			generation: 7,
			priority: 1,
			reservePercent: 20,
		});
		const cooldowns: Cooldown[] = [
			{ model: null, kind: 'overload', until: noon + hour, times: 2 },
			{ model: 'gpt-5.5', kind: 'missing', until: noon + day, times: 1 },
		];
		const window = {
			limit: 'codex',
			durationMinutes: 300,
			usedPercent: 12.5,
			resetsAt: null,
			source: 'header' as const,
			observedAt: noon,
		};
		const key = {
			id: 'key-1',
			name: 'Default',
			hash: 'ab'.repeat(32),
			...unlimited,
			createdAt: noon,
			lastUsedAt: null,
		};
		const session = sessionRow({ accountId: account.id, lastUsedAt: noon + 1, turns: 2 });
		const first = await open();

		first.saveAccount(account);
		first.saveWindows(account.id, [window]);
		first.saveCooldowns(account.id, cooldowns);
		first.saveKey(key);
		first.saveSession(session);
		first.saveSetting('strategy', 'round_robin');
		first.close();

		const second = await open();
		assert.deepEqual(second.loadAccounts(), [account]);
		assert.deepEqual([...second.loadWindows()], [[account.id, [window]]]);
		assert.deepEqual([...second.loadCooldowns()], [[account.id, cooldowns]]);
		assert.deepEqual(second.loadKeys(), [key]);
		assert.deepEqual(second.loadSessions(10), [session]);
		assert.equal(second.loadSetting('strategy'), 'round_robin');
		assert.equal(second.loadSetting('unknown'), undefined);
	});

	it('keeps the last of several writes, and windows, cooldowns and sessions when an account changes', async () => {
		const store = await open();
		const session = sessionRow();
		store.saveAccount(accountRow());
		store.saveWindows('account-1', []);
		store.saveCooldowns('account-1', []);
		store.saveSession(session);
		store.loadAccounts();

		store.saveSession({ ...session, turns: 2 });
		store.saveSession({ ...session, turns: 3 });
		store.saveAccount(accountRow({ plan: 'pro' }));

		assert.equal(store.loadAccounts()[0]?.plan, 'pro');
		assert.equal(store.loadSessions(10)[0]?.turns, 3);
		assert.equal(store.loadWindows().size, 1);
		assert.equal(store.loadCooldowns().size, 1);
	});

	it('forgets an account with its windows, cooldowns and sessions, and keeps its history', async () => {
		const store = await open();
		const session = sessionRow();
		store.saveAccount(accountRow());
		store.saveWindows('account-1', []);
		store.saveCooldowns('account-1', [cooldown]);
		store.saveSession(session);
		store.appendRequest(explainedRequest());

		store.removeAccount('account-1');
		store.saveWindows('account-1', []); // a request that was still running settles
		store.saveCooldowns('account-1', [cooldown]);
		store.saveSession(session);

		assert.deepEqual(store.loadAccounts(), []);
		assert.equal(store.loadWindows().size, 0);
		assert.equal(store.loadCooldowns().size, 0);
		assert.deepEqual(store.loadSessions(10), []);
		assert.equal(store.recentRequests(10).length, 1);
		assert.equal(store.usage({ since: 0, by: 'account' }).rows[0]?.group, 'account-1');
	});

	it('keeps the limits of a key', async () => {
		const limits = {
			prefix: 'cpk_abcd',
			models: ['gpt-5.5', 'deep'],
			accountIds: ['a', 'gone'],
			budget: { tokens: 5_000, per: 'week' as const },
		};
		const key = { id: 'key-1', name: 'CI', hash: 'ab', ...limits, createdAt: noon, lastUsedAt: noon };
		const store = await open();
		store.saveKey(key);
		assert.deepEqual(store.loadKeys(), [key]);
	});

	it('has a replaced key on the disk at once, whatever was about to be saved of it', async () => {
		const key = { id: 'key-1', name: 'CI', ...unlimited, createdAt: noon, lastUsedAt: null };
		const store = await open();
		store.saveKey({ ...key, hash: 'old' });

		store.replaceKey({ ...key, hash: 'new' });

		const other = new Database(file(), { readonly: true });
		assert.deepEqual(other.prepare('SELECT hash FROM keys').pluck().all(), ['new']);
		other.close();
		assert.equal(store.loadKeys()[0]?.hash, 'new');
	});

	it('would rather have no key than one whose limits it cannot read', async () => {
		const store = await open();
		store.saveKey({ id: 'key-1', name: 'CI', hash: 'ab', ...unlimited, createdAt: noon, lastUsedAt: null });
		store.loadKeys();

		const other = new Database(file());
		other.exec(`UPDATE keys SET models = '[]'`);
		assert.deepEqual(store.loadKeys(), []);
		other.exec(`UPDATE keys SET models = 'null', accountIds = '[]'`);
		assert.deepEqual(store.loadKeys(), []);
		other.exec(`UPDATE keys SET accountIds = 'null', budget = '{"tokens":-1,"per":"day"}'`);
		assert.deepEqual(store.loadKeys(), []);
		other.close();
	});

	it('forgets a key that was only just saved', async () => {
		const store = await open();
		store.saveKey({ id: 'key-1', name: 'Default', hash: 'ab', ...unlimited, createdAt: noon, lastUsedAt: null });

		store.removeKey('key-1');

		assert.deepEqual(store.loadKeys(), []);
	});

	it('loads the most recently used sessions first and drops those of long ago', async () => {
		const first = await open();
		first.saveAccount(accountRow());
		for (const [id, age] of Object.entries({ old: 31 * day, middle: 2 * day, fresh: 0 })) {
			first.saveSession(sessionRow({ id, firstUsedAt: 0, lastUsedAt: noon - age }));
		}
		first.close();

		const sessions = (await open()).loadSessions(10);

		assert.deepEqual(
			sessions.map(session => session.id),
			['fresh', 'middle'],
		);
	});
});
