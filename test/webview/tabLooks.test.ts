import assert from 'node:assert/strict';
import { panelTabs } from '../../src/shared/panelTabs.js';
import { assertAccessible, assertFits } from './assertLooks.js';
import { drawn, PanelHarness, shoot } from './panelHarness.js';
import { movedRequest, panel, pool } from './samplePool.js';
import { twentyAccounts } from './sampleRouting.js';
import type { ThemeName } from './themes.js';

/** Every tab in every theme, narrow and wide, under the content policy and the accessibility rules, with a picture to look at. */

const harness = new PanelHarness();
const themeNames: readonly ThemeName[] = ['light', 'dark', 'hc', 'hcLight'];
const widths = [1_100, 300];

describe('The looks of the tabs', function () {
	this.timeout(60_000);
	before(() => harness.start());
	after(() => harness.close());

	for (const theme of themeNames) {
		for (const tab of panelTabs) {
			it(`let ${tab} be read at every width in the ${theme} theme`, async () => {
				const opened = await harness.open({ theme, tab });

				for (const width of widths) {
					await opened.page.setViewportSize({ width, height: 900 });
					await drawn(opened.page);
					await shoot(opened.page, `tab-${tab}-${theme}-${width}`);
					await assertFits(opened, width);
					await assertAccessible(opened);
				}

				assert.deepEqual(await opened.faults(), []);
				await opened.page.context().close();
			});
		}

		it(`let the details of a request be read in the ${theme} theme`, async () => {
			const opened = await harness.open({ theme });
			await opened.showRequest(movedRequest.id);

			for (const width of widths) {
				await opened.page.setViewportSize({ width, height: 900 });
				await drawn(opened.page);
				await shoot(opened.page, `details-${theme}-${width}`);
				await assertFits(opened, width);
				await assertAccessible(opened);
			}

			assert.deepEqual(await opened.faults(), []);
			await opened.page.context().close();
		});

		it(`let a name for a model be made in the ${theme} theme`, async () => {
			const opened = await harness.open({ theme, tab: 'models' });
			const { page } = opened;
			await page.getByRole('button', { name: '5 variants of gpt-5.3-codex' }).click();
			await page.getByRole('button', { name: 'Add Name' }).click();
			await page.getByRole('button', { name: 'Save' }).click();

			for (const width of widths) {
				await page.setViewportSize({ width, height: 900 });
				await drawn(page);
				await shoot(page, `alias-${theme}-${width}`);
				await assertFits(opened, width);
				await assertAccessible(opened);
			}

			assert.deepEqual(await opened.faults(), []);
			await page.context().close();
		});
	}

	it('hold at twice the size, and from right to left', async () => {
		const opened = await harness.open({ state: panel({ pool: pool({ accounts: [...twentyAccounts] }) }) });
		const { page } = opened;
		for (const tab of panelTabs) {
			await opened.goTo(tab);
			// What 200 % makes of a small window.
			await page.setViewportSize({ width: 550, height: 400 });
			await drawn(page);
			await assertFits(opened, 550);
			await page.screenshot({ path: `out/shots/webview/zoom-${tab}.png` });

			await page.evaluate(() => (document.documentElement.dir = 'rtl'));
			await page.setViewportSize({ width: 1_100, height: 900 });
			await drawn(page);
			await assertFits(opened, 1_100);
			await shoot(page, `rtl-${tab}`);
			await page.evaluate(() => (document.documentElement.dir = 'ltr'));
		}
		assert.deepEqual(await opened.faults(), []);
		await page.context().close();
	});
});
