import assert from 'node:assert/strict';
import { panelTabs } from '../../src/shared/panelTabs.js';
import { assertAccessible, assertFits } from './assertLooks.js';
import { drawn, PanelHarness, shoot } from './panelHarness.js';
import { needyAccounts, panelStates } from './panelStates.js';
import { panel, pool, tenAccounts } from './samplePool.js';
import type { ThemeName } from './themes.js';

/** Every designed state once, under the content policy and the accessibility rules, with a picture to look at. */

const harness = new PanelHarness();
const themeNames: readonly ThemeName[] = ['light', 'dark', 'hc', 'hcLight'];
const widths = [1_100, 600, 300];

describe('The looks of the panel', function () {
	this.timeout(60_000);
	before(() => harness.start());
	after(() => harness.close());

	for (const theme of themeNames) {
		it(`can be read while an account is looked after in the ${theme} theme`, async () => {
			const opened = await harness.open({
				theme,
				tab: 'accounts',
				state: panel({ pool: pool({ accounts: [...needyAccounts] }) }),
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

	for (const [name, state] of Object.entries(panelStates)) {
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
