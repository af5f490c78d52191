import assert from 'node:assert/strict';
import { takePlace } from '../../src/editor/accountOrder.js';
import { accountRows, changedRows } from '../../src/editor/accountRows.js';
import { contextValues } from '../../src/editor/contextValues.js';
import { priorityChoices } from '../../src/editor/priorityChoices.js';
import { viewSummary } from '../../src/editor/viewSummary.js';
import { withoutEmails } from '../../src/editor/withoutEmails.js';
import type { AccountView, ResetCredits, UsageWindow } from '../../src/shared/accountApi.js';
import { coverOutcome } from '../../src/shared/coverEmails.js';
import { accountView, panelState, poolState } from '../support/managementExamples.js';

const now = Date.UTC(2026, 10, 20, 12);
const hour = 3_600_000;

describe('accountRows', () => {
	it('says in one line what is left of an account, and in one each for its windows', () => {
		const [row] = rows(account('a', { windows: [usage(10_080, 70), usage(300, 38)] }));

		assert.equal(row?.description, '5h 62% · week 30%');
		assert.deepEqual(
			row.windows.map(({ label, description }) => [label, description]),
			[
				['5h', '62% left · resets in 2h 5m'],
				['week', '30% left · resets in 2h 5m'],
			],
		);
	});

	it('shows limits of single models last, by their names', () => {
		const [row] = rows(
			account('a', { windows: [{ ...usage(300, 5), limit: 'spark', name: 'Spark' }, usage(10_080, 1)] }),
		);

		assert.deepEqual(
			row?.windows.map(({ label }) => label),
			['week', 'Spark 5h'],
		);
		assert.equal(row.description, 'week 99%');
	});

	const states: [Partial<AccountView>, string, string, string][] = [
		[{ state: 'paused' }, 'paused', 'debug-pause', 'normal'],
		[{ state: 'limited', limitedUntil: now + 2 * hour }, 'back in 2h', 'history', 'warning'],
		[{ state: 'limited', limitedUntil: now - 1 }, '5h 62%', 'account', 'normal'],
		[{ state: 'limited' }, 'at its limit', 'history', 'warning'],
		[{ state: 'needs_sign_in' }, 'needs a sign-in', 'warning', 'error'],
		[{ state: 'disabled' }, 'disabled', 'error', 'error'],
		[{ windows: [usage(300, 90)] }, '5h 10%', 'warning', 'warning'],
		[{ state: 'needs_sign_in', selected: false }, 'needs a sign-in', 'account', 'normal'],
		[{ reservePercent: 50 }, '5h 62%', 'warning', 'warning'],
	];
	for (const [change, description, icon, tone] of states) {
		it(`shows ${JSON.stringify(change)} as "${description}" with ${icon}`, () => {
			const [row] = rows(account('a', change));

			assert.deepEqual([row?.description, row?.icon], [description, { name: icon, tone }]);
		});
	}

	it('tells menus the state, whether the pool uses it, whether there are banked resets, and where the row may go', () => {
		const resetCredits: ResetCredits = {
			available: 2,
			applicable: 1,
			credits: [],
			listedAt: null,
			source: 'poll',
			observedAt: now,
		};

		const all = rows(account('a'), account('b', { state: 'paused', resetCredits }), account('c', { selected: false }));

		assert.deepEqual(
			all.map(({ context }) => context),
			['account active used down', 'account paused used resets up down', 'account active unused up'],
		);
	});

	it('keeps names of others out of Markdown in its hover, and tells what the provider has told', () => {
		const credits = { hasCredits: true, unlimited: false, balance: 12.5, source: 'poll', observedAt: now } as const;
		const a = account('a', { name: '[x](command:y)', credits, sharesWith: ['b'], priority: 9 });

		const [row] = rows(a, account('b', { name: 'Twin' }));

		assert.ok(row);
		assert.ok(row.hover.startsWith('**\\[x\\]\\(command\\:y\\)** · a@example\\.com · Plus'), row.hover);
		assert.match(row.hover, /\| 5h \| 62% \| \d\d:\d\d \|/);
		assert.match(row.hover, /Credits: 12.5\./);
		assert.match(row.hover, /Priority: last$/m);
		assert.match(row.hover, /Spends the same quota as Twin\./);
	});

	const sentences: [Partial<AccountView>, RegExp][] = [
		[{ selected: false, state: 'paused' }, /^The pool does not use it: its checkbox is off\.$/m],
		[{ state: 'paused' }, /^Paused since [\w :]+\.$/m],
		[{ state: 'needs_sign_in' }, /^Needs a sign-in since [\w :]+\.$/m],
		[{ state: 'disabled' }, /^Disabled since [\w :]+\.$/m],
		[{ state: 'limited' }, /^At its limit since [\w :]+\.$/m],
		[{ state: 'limited', limitedUntil: now + hour }, /^At its limit until [\w :]+\.$/m],
		[{ reservePercent: 10 }, /^the last 10% are kept for you$/m],
		[{ reservePercent: 10, priority: 1 }, /^Priority: first; the last 10% are kept for you$/m],
	];
	for (const [change, sentence] of sentences) {
		it(`tells of ${JSON.stringify(change)} in a sentence of its hover`, () => {
			const [row] = rows(account('a', { stateSince: now - hour, ...change }));

			assert.match(row?.hover ?? '', sentence);
		});
	}
});

describe('changedRows', () => {
	const before = rows(account('a'), account('b'));

	it('draws nothing anew while nothing has changed', () => {
		assert.deepEqual(changedRows(before, rows(account('a'), account('b'))), []);
	});

	it('draws one account anew when that alone has changed', () => {
		assert.deepEqual(changedRows(before, rows(account('a'), account('b', { selected: false }))), ['b']);
	});

	it('draws only windows anew when time has passed', () => {
		const later = accountRows(poolState(1, { accounts: [account('a'), account('b')] }), 15, now + 60_000);

		assert.deepEqual(changedRows(before, later), ['a/codex/300', 'b/codex/300']);
	});

	it('draws everything anew when accounts come, go or change places', () => {
		assert.equal(changedRows(before, rows(account('b'), account('a'))), 'all');
		assert.equal(changedRows(before, rows(account('a'))), 'all');
		assert.equal(changedRows([], before), 'all');
	});
});

describe('takePlace', () => {
	const cases: [string, string | undefined, string][] = [
		['a', 'c', 'bcad'],
		['d', 'b', 'adbc'],
		['b', 'a', 'bacd'],
		['a', undefined, 'bcda'],
		['a', 'gone', 'bcda'],
		['c', 'c', 'abcd'],
	];
	for (const [moved, place, expected] of cases) {
		it(`gives ${moved} the place of ${String(place)}`, () => {
			assert.equal(takePlace(['a', 'b', 'c', 'd'], moved, place).join(''), expected);
		});
	}
});

describe('viewSummary', () => {
	it('counts who can serve, and tells how many wait for their user', () => {
		const accounts = [account('a'), account('b', { state: 'needs_sign_in' }), account('c', { selected: false })];

		const { description, needy, message } = viewSummary(panelState({ pool: poolState(1, { accounts }) }), now);

		assert.equal(description, '1/3 · 62%');
		assert.deepEqual(needy, { value: 1, tooltip: 'One account needs a sign-in' });
		assert.equal(message, '');
	});

	it('says when the pool runs dry, and when it is off', () => {
		const outlook = {
			lastsUntil: now + hour,
			servesAgainAt: now + 2 * hour,
			foreseenUntil: now + 5 * hour,
			confidence: 'medium' as const,
			basis: { hours: 2, rises: 9 },
			episode: 'x',
		};
		const pool = poolState(1, { forecast: { pool: outlook, windows: [] } });

		assert.match(
			viewSummary(panelState({ pool }), now).message,
			/^At this pace: lasts until about \d\d:\d\d, back at /,
		);
		assert.match(viewSummary(panelState({ pool: { ...pool, enabled: false } }), now).message, /switched off/);
	});
});

describe('contextValues', () => {
	const none = { canUndoCodex: false, canUndoOpenCode: false };

	it('tells an empty pool from one that has not been heard of', () => {
		const status = { kind: 'owner', client: undefined } as const;

		assert.equal(contextValues({ ...status, pool: null }, none).state, 'starting');
		assert.equal(contextValues({ ...status, pool: poolState(1, { accounts: [] }) }, none).state, 'empty');
		assert.equal(contextValues({ ...status, pool: poolState(1) }, none).state, 'ready');
	});

	it('tells why there is none', () => {
		const values = contextValues({ kind: 'offline', reason: 'foreign', problem: 'Taken' }, none);

		assert.deepEqual([values.state, values.offlineReason], ['offline', 'foreign']);
	});
});

describe('withoutEmails', () => {
	it('keeps addresses from whoever looks at the screen, and names', () => {
		const pool = poolState(1, { accounts: [account('abcdef0', { name: null }), account('b', { name: 'Work' })] });

		const shown = withoutEmails(panelState({ pool, hideEmails: true }));

		assert.doesNotMatch(JSON.stringify(shown), /@/);
		assert.ok(shown.pool);
		assert.deepEqual(
			accountRows(shown.pool, 15, now).map(({ label }) => label),
			['Account abcdef', 'Work'],
		);
		assert.deepEqual(withoutEmails(panelState({ pool })), panelState({ pool }));
	});

	it('keeps them from what is told of a drop and of a problem too', () => {
		const problem = 'Signed in as ada@example.com.';
		const outcome = { imported: ['ada@example.com', 'Work'], refused: [{ name: 'auth of bo@example.com', problem }] };

		const { problem: shown } = withoutEmails(panelState({ hideEmails: true, problem }));

		assert.equal(shown, 'Signed in as hidden e-mail.');
		assert.deepEqual(coverOutcome(outcome), {
			imported: ['hidden e-mail', 'Work'],
			refused: [{ name: 'auth of hidden e-mail', problem: 'Signed in as hidden e-mail.' }],
		});
	});
});

describe('priorityChoices', () => {
	it('offers the named ones, and the one in use whatever it is', () => {
		const choices = priorityChoices(account('a', { priority: 4 }));

		assert.deepEqual(
			choices.map(({ label, description }) => `${label}: ${description}`),
			[
				'First: Priority 1',
				'Early: Priority 3',
				'4: Priority 4 · in use',
				'Normal: Priority 5',
				'Late: Priority 7',
				'Last: Priority 9',
			],
		);
	});
});

function rows(...accounts: AccountView[]) {
	return accountRows(poolState(1, { accounts }), 15, now);
}

function account(id: string, changes: Partial<AccountView> = {}): AccountView {
	return accountView({ id, email: `${id}@example.com`, windows: [usage(300, 38)], ...changes });
}

function usage(durationMinutes: number, usedPercent: number): UsageWindow {
	const resetsAt = now + 125 * 60_000;
	return { limit: 'codex', durationMinutes, usedPercent, resetsAt, source: 'poll', observedAt: now };
}
