import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountChoices } from '../../src/editor/accountChoices.js';
import { accountTestStory } from '../../src/editor/accountTest.js';
import { replaceSecretFile } from '../../src/configuration/configFile.js';
import { noQuota, type AccountView } from '../../src/shared/accountApi.js';

const now = Date.UTC(2026, 10, 19, 14, 20);
const minuteMs = 60_000;

describe('accountChoices', () => {
	it('keeps the order of the pool, with the urgent ones first', () => {
		const accounts = [account('a'), account('b', { state: 'needs_sign_in' }), account('c')];

		const choices = accountChoices(accounts, ({ state }) => state === 'needs_sign_in');

		assert.deepEqual(
			choices.map(choice => choice.account.id),
			['b', 'a', 'c'],
		);
	});

	it('tells accounts apart by name, address, plan and state', () => {
		const choices = accountChoices([
			account('a', { name: 'Work', plan: 'pro' }),
			account('b', { plan: null, state: 'paused' }),
			account('0123456789', { email: null, plan: null }),
		]);

		assert.deepEqual(
			choices.map(({ label, description }) => [label, description]),
			[
				['Work', 'a@example.com · pro'],
				['b@example.com', 'paused'],
				['Account 012345', ''],
			],
		);
	});
});

describe('accountTestStory', () => {
	const window = (durationMinutes: number, usedPercent: number) => ({
		limit: 'codex',
		durationMinutes,
		usedPercent,
		resetsAt: now + minuteMs,
		source: 'poll' as const,
		observedAt: now,
	});

	it('says what is left of an account that works', () => {
		const windows = [window(10_080, 60), window(300, 38)];

		assert.equal(accountTestStory(account('a', { windows }), now), 'a@example.com works: 5h 62% · week 40% left.');
		assert.equal(accountTestStory(account('a'), now), 'a@example.com works.');
		assert.equal(
			accountTestStory(account('a', { windows, state: 'paused' }), now),
			'a@example.com works: 5h 62% · week 40% left. It is paused.',
		);
	});

	it('says when an account at its limit is back', () => {
		const limited = account('a', { state: 'limited', limitedUntil: now + 90 * minuteMs });

		assert.equal(accountTestStory(limited, now), 'a@example.com is signed in and at its limit, back in 1h 30m.');
	});

	it('says when an account must sign in', () => {
		assert.equal(accountTestStory(account('a', { state: 'needs_sign_in' }), now), 'a@example.com must sign in again.');
	});
});

describe('replaceSecretFile', () => {
	it('leaves nothing of the permissions of the file it replaces', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'codex-pool-export-'));
		const path = join(folder, 'auth.json');
		await writeFile(path, 'old', { mode: 0o644 });

		await replaceSecretFile(path, 'new');

		assert.equal(await readFile(path, 'utf8'), 'new');
		assert.equal((await stat(path)).mode & 0o777, 0o600);
		await rm(folder, { recursive: true });
	});
});

function account(id: string, change: Partial<AccountView> = {}): AccountView {
	return {
		id,
		name: null,
		email: `${id}@example.com`,
		plan: 'plus',
		state: 'active',
		stateReason: null,
		stateSince: now,
		limitedUntil: null,
		selected: true,
		priority: 5,
		reservePercent: 0,
		windows: [],
		...noQuota,
		sharesWith: [],
		inFlight: 0,
		addedAt: now,
		lastUsedAt: null,
		...change,
	};
}
