import assert from 'node:assert/strict';
import { escapeMarkdown, statusText } from '../../src/editor/statusText.js';
import type { AccountView, UsageWindow } from '../../src/shared/accountApi.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import type { PanelState } from '../../src/shared/panelMessages.js';
import { accountView, poolState } from '../support/managementExamples.js';

const now = Date.UTC(2026, 10, 20, 12);
const hour = 3_600_000;

describe('statusText', () => {
	it('shows the window that would stop the best account first', () => {
		const state = running(
			account('nearly full', [usage(300, 95), usage(10_080, 20)]),
			account('best', [usage(300, 38), usage(10_080, 30)]),
		);

		const { text, tone } = statusText(state, now);

		assert.equal(text, '$(pulse) 5h 62%');
		assert.equal(tone, 'normal');
	});

	it('warns in words and colour when little is left', () => {
		const { text, tone } = statusText(running(account('one', [usage(300, 10), usage(10_080, 92.4)])), now);

		assert.equal(text, '$(warning) week 7%');
		assert.equal(tone, 'warning');
	});

	it('counts a window as full again once its reset has passed', () => {
		const { text } = statusText(running(account('one', [{ ...usage(300, 99), resetsAt: now - 1 }])), now);

		assert.equal(text, '$(pulse) 5h 100%');
	});

	it('counts what an account keeps for its user as not there', () => {
		const kept = { ...account('one', [usage(300, 38), usage(10_080, 30)]), reservePercent: 20 };

		assert.equal(statusText(running(kept), now).text, '$(pulse) 5h 42%');
	});

	it('speaks of the single account alone when there is one', () => {
		const single = { ...account('single', [usage(300, 55)]), id: 'single' };
		const accounts = [account('best', [usage(300, 3)]), single];
		const state = running(...accounts);
		assert.ok(state.pool);
		const routing = {
			...state.pool.routing,
			strategy: 'single_account',
			singleAccountId: single.id,
		} as const;

		assert.equal(statusText({ ...state, pool: { ...state.pool, routing } }, now).text, '$(pulse) 5h 45%');
	});

	it('leaves limits of single models out', () => {
		const { text } = statusText(
			running(account('one', [{ ...usage(300, 99), limit: 'spark' }, usage(10_080, 5)])),
			now,
		);

		assert.equal(text, '$(pulse) week 95%');
	});

	it('says when the first account comes back while all are at their limit', () => {
		const limited = { state: 'limited', selected: true } as const;
		const state = running(
			accountView({ ...limited, limitedUntil: now + 30 * hour }),
			accountView({ ...limited, limitedUntil: now + 2 * hour + 60_000 }),
		);

		const { text, tone } = statusText(state, now);

		assert.equal(text, '$(error) in 2h 1m');
		assert.equal(tone, 'error');
	});

	const others: [string, PanelState, string][] = [
		['starting', { connection: 'starting', problem: null, pool: null, codexConfigured: null }, '$(loading~spin) Pool'],
		[
			'offline',
			{ connection: 'offline', problem: 'Taken', pool: null, codexConfigured: null },
			'$(error) Pool offline',
		],
		['off', { ...running(), pool: poolState(2456, { enabled: false }) }, '$(circle-slash) Pool'],
		['without accounts', running(), '$(add) Add account'],
		['without figures', running(account('new', [])), '$(pulse) 1 ready'],
		['in need of a sign-in', running(accountView({ state: 'needs_sign_in' })), '$(error) Sign in'],
		['with nothing selected', running(accountView({ selected: false })), '$(warning) No account'],
		['used up', running(account('one', [usage(300, 100)])), '$(error) 0% left'],
	];
	for (const [name, state, expected] of others) {
		it(`says so when the pool is ${name}, in 20 characters at most`, () => {
			const { text } = statusText(state, now);

			assert.equal(text, expected);
			assert.ok(text.replace(/\$\([\w~-]+\)/, '•').length <= 20, text);
		});
	}

	it('lists every account with its windows and resets in the hover', () => {
		const state = running(
			account('Work', [
				{ ...usage(10_080, 20), resetsAt: now + 50 * hour },
				{ ...usage(300, 95), resetsAt: now + hour / 2 },
			]),
			accountView({ name: null, email: 'ada@example.com', state: 'paused', windows: [] }),
		);

		const { hover } = statusText(state, now);

		assert.match(hover, /\| Work \| 5h 5% · week 80% \| 30m · 2d 2h \|/);
		assert.match(hover, /\| ada@example\\\.com \(paused\) \| – \| – \|/);
		assert.match(hover, /Port 2456, runs in this window/);
		assert.match(hover, /\[Open Panel\]\(command:codexPool\.openPanel\)/);
	});

	it('offers the way out when it is offline', () => {
		const state = { connection: 'offline', problem: 'Port 2456 is taken', pool: null, codexConfigured: null } as const;

		const { hover } = statusText(state, now);

		assert.match(hover, /Port 2456 is taken/);
		assert.match(hover, /\[Retry\]\(command:codexPool\.restart\)/);
	});
});

describe('escapeMarkdown', () => {
	it('keeps a name from becoming a link, an icon or a table cell', () => {
		const escaped = escapeMarkdown('[x](command:evil) | $(flame)\n<b>');

		assert.equal(escaped, '\\[x\\]\\(command:evil\\) \\| \\$\\(flame\\) \\<b\\>');
	});
});

function running(...accounts: AccountView[]): PanelState & { pool: PoolState } {
	return { connection: 'owner', problem: null, pool: poolState(2456, { accounts }), codexConfigured: true };
}

function account(name: string, windows: UsageWindow[]): AccountView {
	return accountView({ name, windows });
}

function usage(durationMinutes: number, usedPercent: number): UsageWindow {
	return { limit: 'codex', durationMinutes, usedPercent, resetsAt: now + hour, source: 'poll', observedAt: now };
}
