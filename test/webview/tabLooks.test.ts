import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
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
		const name = 'Team C++';
		const accounts = twentyAccounts.map(each => (each.name === 'Work' ? { ...each, name } : each));
		const opened = await harness.open({ state: panel({ pool: pool({ accounts }) }) });
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
			if (tab === 'requests' || tab === 'sessions') {
				const shown = page.locator('[role=gridcell], td').filter({ hasText: name }).first();
				assert.equal(await asSeen(shown), name, `the name as ${tab} shows it`);
			}
			if (tab === 'requests') {
				const offered = page.locator('option').filter({ hasText: name });
				assert.ok(await offered.evaluate(option => option.matches(':dir(ltr)')), 'the name in the filter');
			}
			await page.evaluate(() => (document.documentElement.dir = 'ltr'));
		}
		assert.deepEqual(await opened.faults(), []);
		await page.context().close();
	});
});

/** A text that is all of its element, in the order in which its characters stand on the screen, from left to right. */
function asSeen(shown: Locator): Promise<string> {
	return shown.evaluate(element => {
		const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
		const places: { character: string; left: number }[] = [];
		for (let node = walker.nextNode(); node; node = walker.nextNode()) {
			const content = node.textContent ?? '';
			for (let at = 0; at < content.length; at++) {
				const range = document.createRange();
				range.setStart(node, at);
				range.setEnd(node, at + 1);
				places.push({ character: content.charAt(at), left: range.getBoundingClientRect().left });
			}
		}
		places.sort((a, b) => a.left - b.left);
		return places.map(({ character }) => character).join('');
	});
}
