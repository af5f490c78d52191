/// <reference types="mocha" />
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { drawn, PanelHarness, type OpenPanel, type PanelSetup } from './panelHarness.js';

/** The panel of one test, and what its user sees and does. */
export interface PanelInHand {
	readonly opened: OpenPanel;
	readonly page: Page;
	readonly button: (name: string | RegExp) => Locator;
	/** What the editor was asked for under a name. */
	readonly asked: (name: string) => unknown[];
	readonly chooseInMenu: (menu: string, item: string) => Promise<void>;
	/** The accessible name of what has the focus, through all shadow roots. */
	readonly focused: () => Promise<string>;
}

/** Opens a panel for each test of a suite, and finds no fault in it afterwards. */
export function withPanel(setup: PanelSetup = {}): PanelInHand {
	const harness = new PanelHarness();
	let current: OpenPanel | undefined;
	const opened = (): OpenPanel => {
		assert.ok(current, 'the panel is open');
		return current;
	};
	before(() => harness.start());
	after(() => harness.close());
	beforeEach(async () => {
		current = await harness.open(setup);
	});
	afterEach(async () => {
		const { page } = opened();
		const found = await opened().faults();
		await page.context().close();
		assert.deepEqual(found, []);
	});
	const button = (name: string | RegExp) => opened().page.getByRole('button', { name });
	return {
		get opened() {
			return opened();
		},
		get page() {
			return opened().page;
		},
		button,
		asked: name =>
			opened()
				.editor.named(name)
				.map(({ params }) => params),
		chooseInMenu: async (menu, item) => {
			await button(menu).click();
			await opened().page.getByRole('menuitem', { name: item, exact: true }).click({ force: true });
			await drawn(opened().page);
		},
		focused: () =>
			opened().page.evaluate(() => {
				let focused = document.activeElement;
				while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
				const name = focused?.getAttribute('aria-label') ?? focused?.textContent ?? '';
				return name.replace(/[\uE000-\uF8FF]/g, '').trim();
			}),
	};
}
