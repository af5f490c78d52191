import assert from 'node:assert/strict';
import { escapeMarkdown } from '../../src/editor/escapeMarkdown.js';
import { statusHover } from '../../src/editor/statusHover.js';
import { statusText, type StatusFormat } from '../../src/editor/statusText.js';
import type { AccountView, UsageWindow } from '../../src/shared/accountApi.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import type { PanelState } from '../../src/shared/panelMessages.js';
import { accountView, panelState, poolState } from '../support/managementExamples.js';

const now = Date.UTC(2026, 10, 20, 12);
const hour = 3_600_000;
const style = { format: 'headroom', lowPercent: 15 } as const;

describe('statusText', () => {
	it('shows the window that would stop the best account first', () => {
		const state = running(
			account('nearly full', [usage(300, 95), usage(10_080, 20)]),
			account('best', [usage(300, 38), usage(10_080, 30)]),
		);

		const { text, tone } = statusText(state, style, now);

		assert.equal(text, '$(pulse) 5h 62%');
		assert.equal(tone, 'normal');
	});

	it('warns in words and colour when little is left', () => {
		const { text, tone } = statusText(running(account('one', [usage(300, 10), usage(10_080, 92.4)])), style, now);

		assert.equal(text, '$(warning) week 7%');
		assert.equal(tone, 'warning');
	});

	it('counts a window as full again once its reset has passed', () => {
		const { text } = statusText(running(account('one', [{ ...usage(300, 99), resetsAt: now - 1 }])), style, now);

		assert.equal(text, '$(pulse) 5h 100%');
	});

	it('counts what an account keeps for its user as not there', () => {
		const kept = { ...account('one', [usage(300, 38), usage(10_080, 30)]), reservePercent: 20 };

		assert.equal(statusText(running(kept), style, now).text, '$(pulse) 5h 42%');
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

		assert.equal(statusText({ ...state, pool: { ...state.pool, routing } }, style, now).text, '$(pulse) 5h 45%');
	});

	it('leaves limits of single models out', () => {
		const { text } = statusText(
			running(account('one', [{ ...usage(300, 99), limit: 'spark' }, usage(10_080, 5)])),
			style,
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

		const { text, tone } = statusText(state, style, now);

		assert.equal(text, '$(error) in 2h 1m');
		assert.equal(tone, 'error');
	});

	const others: [string, PanelState, string][] = [
		['starting', panelState({ connection: 'starting' }), '$(loading~spin) Pool'],
		['offline', panelState({ connection: 'offline', problem: 'Taken' }), '$(error) Pool offline'],
		['off', { ...running(), pool: poolState(2456, { enabled: false }) }, '$(circle-slash) Pool'],
		['without accounts', running(), '$(add) Add account'],
		['without figures', running(account('new', [])), '$(pulse) 1 ready'],
		['in need of a sign-in', running(accountView({ state: 'needs_sign_in' })), '$(error) Sign in'],
		['with nothing selected', running(accountView({ selected: false })), '$(warning) No account'],
		['used up', running(account('one', [usage(300, 100)])), '$(error) 0% left'],
	];
	for (const [name, state, expected] of others) {
		it(`says so when the pool is ${name}, in 20 characters at most`, () => {
			const { text } = statusText(state, style, now);

			assert.equal(text, expected);
			assert.ok(text.replace(/\$\([\w~-]+\)/, '•').length <= 20, text);
		});
	}

	const formats: [StatusFormat, string, string][] = [
		['headroom', '$(pulse) 5h 62%', '$(error) in 2h'],
		['pool', '$(pulse) 1/2 · 62%', '$(error) in 2h'],
		['reset', '$(pulse) 62% · 1h', '$(error) in 2h'],
		['compact', '$(pulse) 62%', '$(error) in 2h'],
		['icon', '$(pulse)', '$(error)'],
	];
	for (const [format, serving, spent] of formats) {
		it(`shows as much as the format ${format} asks for, and still what is wrong`, () => {
			const limited = accountView({ state: 'limited', limitedUntil: now + 2 * hour });
			const best = account('best', [usage(300, 38), usage(10_080, 30)]);
			const own = { ...style, format };

			assert.equal(statusText(running(best, limited), own, now).text, serving);
			assert.equal(statusText(running(limited), own, now).text, spent);
			assert.match(statusText(running(best), own, now).spoken, /62 percent of the 5h window left/);
		});
	}

	it('leaves a reset out that is not known', () => {
		const unknown = account('one', [{ ...usage(300, 38), resetsAt: null }]);

		assert.equal(statusText(running(unknown), { ...style, format: 'reset' }, now).text, '$(pulse) 62%');
	});
});

describe('statusHover', () => {
	it('says how long the pool lasts, and how old the oldest figures are', () => {
		const old = account('old', [{ ...usage(300, 10), observedAt: now - 11 * 60_000 }]);
		const state = running(account('new', [usage(300, 10)]), old);
		const outlook = {
			lastsUntil: null,
			servesAgainAt: null,
			foreseenUntil: now + 5 * hour,
			confidence: 'high' as const,
			basis: { hours: 2, rises: 9 },
			episode: null,
		};
		const pool = { ...state.pool, forecast: { pool: outlook, windows: [] } };

		const hover = statusHover({ ...state, pool }, now);

		assert.match(hover, /At this pace: lasts to the reset/);
		assert.match(hover, /Figures at most 15m old/);
	});

	it('leads to what is of use just then', () => {
		assert.match(statusHover(running(), now), /Import Account\]\(command:codexPool\.importAccount/);
		assert.match(statusHover(running(account('a', [])), now), /Copy Pool Key\]\(command:codexPool\.copyPoolKey/);
	});

	it('lists every account with its windows and resets in the hover', () => {
		const state = running(
			account('Work', [
				{ ...usage(10_080, 20), resetsAt: now + 50 * hour },
				{ ...usage(300, 95), resetsAt: now + hour / 2 },
			]),
			accountView({ name: null, email: 'ada@example.com', state: 'paused', windows: [] }),
		);

		const hover = statusHover(state, now);

		assert.match(plain(hover), /\| Account \| 5h \| resets in \| week \| resets in \|/);
		assert.match(plain(hover), /\| Work \| 5% \| 30m \| 80% \| 2d 2h \|/);
		assert.match(plain(hover), /\| ada@example\\\.com \(paused\) \| – \| – \| – \| – \|/);
		assert.match(hover, /Port 2456, runs in this window/);
		assert.match(hover, /\[Open Panel\]\(command:codexPool\.openPanel\)/);
	});

	it('offers the way out when it is offline', () => {
		const state = panelState({ connection: 'offline', problem: 'Port 2456 is taken' });

		const hover = statusHover(state, now);

		assert.match(hover, /Port 2456 is taken/);
		assert.match(hover, /\[Retry\]\(command:codexPool\.restart\)/);
	});
});

describe('escapeMarkdown', () => {
	it('keeps a name from becoming a link, an icon or a table cell', () => {
		const escaped = escapeMarkdown('[x](command:evil) | $(flame)\n<b>');

		assert.equal(escaped, '\\[x\\]\\(command\\:evil\\) \\| \\$\\(flame\\) \\<b\\>');
	});

	it('keeps a bare address from becoming a link', () => {
		assert.equal(escapeMarkdown('https://evil'), 'https\\://evil');
	});
});

function plain(markdown: string): string {
	return markdown.replaceAll('&nbsp;', ' ').replaceAll(/ +/g, ' ');
}

function running(...accounts: AccountView[]): PanelState & { pool: PoolState } {
	const pool = poolState(2456, { accounts });
	return { ...panelState(), pool };
}

function account(name: string, windows: UsageWindow[]): AccountView {
	return accountView({ name, windows });
}

function usage(durationMinutes: number, usedPercent: number): UsageWindow {
	return { limit: 'codex', durationMinutes, usedPercent, resetsAt: now + hour, source: 'poll', observedAt: now };
}
