import assert from 'node:assert/strict';
import type { PanelState } from '../../src/shared/panelMessages.js';
import { panelTabs } from '../../src/shared/panelTabs.js';
import { noUsage } from '../../webview/usageSeries.js';
import { assertAccessible, assertFits } from './assertLooks.js';
import { drawn, PanelHarness, shoot } from './panelHarness.js';
import { account, fourAccounts, panel, pool, tenAccounts } from './samplePool.js';
import type { ThemeName } from './themes.js';

/** Every designed state once, under the content policy and the accessibility rules, with a picture to look at. */

const harness = new PanelHarness();
const themeNames: readonly ThemeName[] = ['light', 'dark', 'hc', 'hcLight'];
const widths = [1_100, 600, 300];

const limited = fourAccounts.map(account => ({
	...account,
	state: 'limited' as const,
	limitedUntil: (account.windows[0]?.resetsAt ?? 0) + 60_000,
	windows: account.windows.map(window => ({ ...window, usedPercent: 100 })),
}));
/** One account in every state. */
const needyAccounts = [
	...fourAccounts.slice(0, 3),
	...tenAccounts.filter(({ state, selected }) => state === 'needs_sign_in' || state === 'paused' || !selected),
	account('closed', { name: 'Closed', state: 'disabled', stateReason: 'account_deactivated' }),
];

const states: Readonly<Record<string, PanelState>> = {
	starting: panel({ connection: 'starting', pool: null }),
	offline: panel({
		connection: 'offline',
		pool: null,
		problem: 'Port 2456 is used by another program. Choose another port in the settings, or close it and try again.',
	}),
	lost: panel({ connection: 'offline', problem: 'The window that runs the pool does not answer.' }),
	welcome: panel({ pool: pool({ accounts: [], recentRequests: [] }), codexConfigured: false }),
	follower: panel({ connection: 'follower', codexConfigured: false }),
	off: panel({ pool: pool({ enabled: false }) }),
	resting: panel({ pool: pool({ accounts: limited }) }),
	unused: panel({
		pool: pool({
			accounts: fourAccounts.slice(0, 1).map(account => ({ ...account, windows: [], inFlight: 0, lastUsedAt: null })),
			recentRequests: [],
			totals: { today: noUsage, allTime: noUsage },
		}),
		codexConfigured: false,
	}),
};

describe('The looks of the panel', function () {
	this.timeout(60_000);
	before(() => harness.start());
	after(() => harness.close());

	for (const theme of themeNames) {
		it(`can be read while an account is looked after in the ${theme} theme`, async () => {
			const opened = await harness.open({
				theme,
				tab: 'accounts',
				state: panel({ pool: pool({ accounts: needyAccounts }) }),
			});
			const { page } = opened;
			await page.getByRole('button', { name: 'More actions for Work' }).click();
			await page.getByRole('menuitem', { name: 'Rename' }).click();
			await drawn(page);
			await shoot(page, `rename-${theme}-1100`);
			await assertAccessible(opened);
			await page.getByRole('textbox').press('Escape');

			for (const width of [1_100, 300]) {
				await page.setViewportSize({ width, height: 900 });
				await page.getByRole('button', { name: 'More actions for Old laptop' }).click();
				await drawn(page);
				await shoot(page, `menu-${theme}-${width}`);
				await assertFits(opened, width);
				await assertAccessible(opened);
				await page.keyboard.press('Escape');
			}

			assert.deepEqual(await opened.faults(), []);
			await page.context().close();
		});
	}

	for (const tab of ['overview', 'accounts'] as const) {
		it(`holds ten accounts at every width of its ${tab}`, async () => {
			const opened = await harness.open({ tab, state: panel({ pool: pool({ accounts: [...tenAccounts] }) }) });

			for (const width of widths) {
				await opened.page.setViewportSize({ width, height: 900 });
				await drawn(opened.page);
				await shoot(opened.page, `ten-${tab}-dark-${width}`);
				await assertFits(opened, width);
			}
			await assertAccessible(opened);

			await opened.page.context().close();
		});
	}

	it('tells its usage as tables too', async () => {
		const opened = await harness.open();
		const { page } = opened;
		await page.getByRole('button', { name: 'Show as Table' }).click();
		await drawn(page);
		await shoot(page, 'table-dark-1100');

		await page.getByLabel('Group by').selectOption('Account');
		await page.setViewportSize({ width: 300, height: 700 });
		await drawn(page);
		await shoot(page, 'table-dark-300');

		await assertFits(opened, 300);
		await assertAccessible(opened);
		await page.context().close();
	});

	for (const [name, state] of Object.entries(states)) {
		it(`has a designed state for "${name}" on every tab`, async () => {
			const opened = await harness.open({ state, emptyUsage: name === 'unused' });
			const tabs = state.pool ? panelTabs : ([null] as const);

			for (const tab of tabs) {
				if (tab !== null) await opened.goTo(tab);
				for (const width of [1_100, 300]) {
					await opened.page.setViewportSize({ width, height: 700 });
					await drawn(opened.page);
					await shoot(opened.page, [name, tab ?? 'whole', 'dark', width].join('-'));
					await assertFits(opened, width);
				}
				await assertAccessible(opened);
			}

			assert.deepEqual(await opened.faults(), []);
			await opened.page.context().close();
		});
	}
});
