import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { hourMs } from '../../webview/durations.js';
import { assertAccessible, assertFits } from './assertLooks.js';
import { drawn, PanelHarness, shoot, type PanelSetup } from './panelHarness.js';
import { fourAccounts, panel, pool, sampleNow } from './samplePool.js';
import type { ThemeName } from './themes.js';

/** What is opened within a tab, in every theme, narrow and wide, with a picture to look at. */

const harness = new PanelHarness();
const themeNames: readonly ThemeName[] = ['light', 'dark', 'hc', 'hcLight'];
const widths = [1_100, 300];

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const showTrend = async (page: Page) => {
	await press(page, 'More actions for Work');
	await page.getByRole('menuitem', { name: 'Show Trend' }).click();
};
const rotate = async (page: Page) => {
	await press(page, 'More actions for Build server');
	await page.getByRole('menuitem', { name: 'New Secret…' }).click();
};
const foreseen = pool({
	forecast: {
		windows: [],
		pool: {
			lastsUntil: sampleNow + 2 * hourMs + 18 * 60_000,
			servesAgainAt: sampleNow + 4 * hourMs,
			foreseenUntil: sampleNow + 24 * hourMs,
			confidence: 'medium',
			basis: { hours: 5, rises: 12 },
			episode: 'sample',
		},
	},
});

const scenes: Readonly<Record<string, PanelSetup & { act: (page: Page) => Promise<void> }>> = {
	accountTable: { tab: 'accounts', act: page => press(page, 'Show as Table') },
	trend: { tab: 'accounts', act: showTrend },
	trendInTable: {
		tab: 'accounts',
		act: async page => {
			await press(page, 'Show as Table');
			await showTrend(page);
			await drawn(page);
			await page.locator('pool-window-history').getByRole('button', { name: 'Show as Table' }).click();
		},
	},
	menu: { tab: 'accounts', act: page => press(page, 'More actions for Work') },
	hiddenEmails: { tab: 'accounts', act: page => press(page, 'Hide e-mail addresses') },
	newKey: {
		tab: 'keys',
		act: async page => {
			await press(page, 'Add Key');
			for (const some of await page.getByLabel('Only these:').all()) await some.check();
			await page.getByLabel('Budget', { exact: true }).selectOption('Tokens a day');
			await press(page, 'Create');
		},
	},
	secret: { tab: 'keys', act: rotate },
	forecast: { tab: 'overview', state: panel({ pool: foreseen }), act: () => Promise.resolve() },
};

describe('The looks of what is opened', function () {
	this.timeout(60_000);
	before(() => harness.start());
	after(() => harness.close());

	for (const theme of themeNames) {
		for (const [name, { act, ...setup }] of Object.entries(scenes)) {
			it(`let ${name} be read at every width in the ${theme} theme`, async () => {
				const opened = await harness.open({ ...setup, theme });
				const { page } = opened;
				await act(page);

				for (const width of widths) {
					await page.setViewportSize({ width, height: 900 });
					await drawn(page);
					await shoot(page, `${name}-${theme}-${width}`);
					await assertFits(opened, width);
					await assertAccessible(opened);
				}

				assert.deepEqual(await opened.faults(), []);
				await page.context().close();
			});
		}
	}

	it('keep addresses out of the whole page while they are hidden', async () => {
		const opened = await harness.open({ state: panel({ hideEmails: true }) });
		for (const tab of ['overview', 'accounts', 'requests', 'sessions', 'models', 'keys', 'connect'] as const) {
			await opened.goTo(tab);
			const markup = await wholeMarkup(opened.page);
			assert.ok(markup.includes('Codex Pool'));
			for (const { email } of fourAccounts) assert.ok(!markup.includes(email ?? ''), `${tab} has ${email ?? ''}`);
		}
		await opened.page.context().close();
	});
});

/** With every shadow root: texts, names and tooltips alike. */
function wholeMarkup(page: Page): Promise<string> {
	return page.evaluate(() => {
		const roots: (Document | ShadowRoot)[] = [document];
		const parts: string[] = [];
		for (let root = roots.pop(); root; root = roots.pop()) {
			for (const element of root.querySelectorAll('*')) if (element.shadowRoot) roots.push(element.shadowRoot);
			parts.push(root instanceof Document ? root.documentElement.outerHTML : root.innerHTML);
		}
		return parts.join('\n');
	});
}
