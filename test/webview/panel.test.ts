import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { panelTabs } from '../../src/shared/panelTabs.js';
import { drawn } from './panelHarness.js';
import { fourAccounts, panel, pool } from './samplePool.js';
import { withPanel } from './withPanel.js';

describe('The panel', function () {
	this.timeout(30_000);
	const inHand = withPanel();
	const { button, asked, focused } = inHand;
	const page = () => inHand.page;
	const opened = () => inHand.opened;
	const tab = (name: string) => page().getByRole('tab', { name });
	const isShown = async (name: string) => (await tab(name).getAttribute('aria-selected')) === 'true';

	it('says ready once and draws what it gets', async () => {
		assert.equal(opened().editor.named('ready').length, 1);

		await page().getByRole('heading', { name: 'You can keep working' }).waitFor();
		assert.equal(await page().getByRole('tab').count(), panelTabs.length);
	});

	it('shows the pool as it is and not as it was asked to be', async () => {
		const poolSwitch = page().getByRole('switch', { name: 'Pool', exact: true });

		await poolSwitch.click();
		await drawn(page());
		assert.equal(await poolSwitch.getAttribute('aria-checked'), 'true');

		await opened().push(panel({ pool: pool({ revision: 42, enabled: false }) }));
		assert.equal(await poolSwitch.getAttribute('aria-checked'), 'false');
		await page().getByRole('heading', { name: 'The pool is off' }).waitFor();
	});

	it('draws once a frame however many snapshots come', async () => {
		const snapshots = Array.from({ length: 40 }, (_, index) => panel({ pool: pool({ revision: 50 + index }) }));

		const draws = await page().evaluate(async payloads => {
			const root = document.querySelector('pool-panel') as unknown as { performUpdate: () => void };
			const original = root.performUpdate.bind(root);
			let updates = 0;
			root.performUpdate = () => {
				updates++;
				original();
			};
			for (const payload of payloads)
				window.dispatchEvent(new MessageEvent('message', { data: { kind: 'event', name: 'state/changed', payload } }));
			await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
			return updates;
		}, snapshots);

		assert.equal(draws, 1);
	});

	it('is not taken back by a snapshot that comes late', async () => {
		await opened().push(panel({ pool: pool({ revision: 60, enabled: false }) }));
		await opened().push(panel({ pool: pool({ revision: 59, enabled: true }) }));

		assert.equal(await page().getByRole('switch', { name: 'Pool', exact: true }).getAttribute('aria-checked'), 'false');
	});

	it('offers a new try and the log when the pool does not run', async () => {
		await opened().push(panel({ connection: 'offline', pool: null, problem: 'Port 2456 is used by another program.' }));
		await page().getByText('Port 2456 is used by another program.').waitFor();

		await button('Try Again').click();
		await drawn(page());

		assert.equal(asked('pool/retry').length, 1);
	});

	it('keeps on the screen what was there while the pool moves to another window', async () => {
		await opened().push(panel({ connection: 'starting', pool: null }));

		await page().getByText('What is below is from before.').waitFor();
		await page().getByRole('heading', { name: 'You can keep working' }).waitFor();
	});

	it('can be worked with the keyboard alone', async () => {
		/** Every stop on the way shows that it has the focus. */
		const reach = async (name: string) => {
			for (let stops = 0; stops < 12; stops++) {
				await page().keyboard.press('Tab');
				assert.ok(await hasFocusRing(page()), `${await focused()} shows its focus`);
				if ((await focused()) === name) return;
			}
			assert.fail(`${name} is not reached`);
		};
		await page().keyboard.press('Tab');
		await page().keyboard.press('Space');
		await drawn(page());
		assert.deepEqual(asked('pool/change'), [{ enabled: false }]);

		await reach('Show Log');
		await reach('Overview');
		await page().keyboard.press('ArrowRight');
		await drawn(page());
		for (const name of ['Routing: Least used', 'Add Account', 'Use Work for the pool']) await reach(name);
		await page().keyboard.press('Enter');
		await page().keyboard.press('Tab');
		await page().keyboard.press('Enter');
		await drawn(page());
		assert.deepEqual(asked('account/select'), [{ accountId: 'ada.lindqvist', selected: false }]);
		assert.deepEqual(asked('account/refresh'), [{ accountId: 'ada.lindqvist' }]);
	});

	describe('as tabs', () => {
		it('is one stop of the Tab key, of which the arrows, Home and End choose', async () => {
			await tab('Overview').focus();

			const reached: string[] = [];
			for (const key of ['ArrowLeft', 'ArrowLeft', 'Home', 'ArrowRight', 'End', 'ArrowRight']) {
				await page().keyboard.press(key);
				await drawn(page());
				reached.push(await focused());
				assert.ok(await isShown(await focused()), `${key} shows what it goes to`);
			}

			assert.deepEqual(reached, ['Connect', 'Keys', 'Overview', 'Accounts', 'Connect', 'Overview']);
			assert.equal(await page().locator('[role=tab][tabindex="0"]').count(), 1);
			const content = page().getByRole('tabpanel', { name: 'Overview' });
			assert.equal(await content.getAttribute('id'), await tab('Overview').getAttribute('aria-controls'));
		});

		it('goes the other way where one reads from right to left', async () => {
			await page().evaluate(() => (document.documentElement.dir = 'rtl'));
			await tab('Overview').focus();

			await page().keyboard.press('ArrowLeft');
			await drawn(page());

			assert.equal(await focused(), 'Accounts');
		});

		it('comes back to the tab that was open', async () => {
			await opened().goTo('models');

			await page().reload();
			await drawn(page());

			assert.ok(await isShown('Models'));
			await page().getByText('gpt-5.3-codex-spark').first().waitFor();
		});

		it('is led to a tab by the editor', async () => {
			await opened().showTab('connect');

			assert.ok(await isShown('Connect'));
		});

		it('leads from the answer to the place where it is put right', async () => {
			const routing = {
				strategy: 'single_account',
				singleAccountId: 'gone',
				inFlightLimit: 0,
				holdMinutes: 0,
			} as const;
			await opened().push(panel({ pool: pool({ revision: 42, routing }) }));

			await button('Choose a Strategy').click();
			await drawn(page());

			assert.ok(await isShown('Accounts'));
			assert.equal(await page().getByRole('radio').count(), 6);
		});

		it('leads from what is not there yet to what brings it', async () => {
			const accounts = fourAccounts.map(account => ({ ...account, selected: false }));
			await opened().push(panel({ pool: pool({ revision: 42, accounts, recentRequests: [] }) }));
			await button('Show Accounts').click();
			await drawn(page());
			assert.ok(await isShown('Accounts'));

			await opened().goTo('requests');
			await button('Connect a Client').click();
			await drawn(page());
			assert.ok(await isShown('Connect'));
		});

		it('asks only for what is looked at', async () => {
			for (const next of ['accounts', 'connect'] as const) await opened().goTo(next);
			const asked = new Set(opened().editor.asked.map(({ name }) => name));

			for (const other of ['session/list', 'model/list', 'key/list'] as const) assert.ok(!asked.has(other), other);
		});
	});
});

function hasFocusRing(page: Page): Promise<boolean> {
	return page.evaluate(() => {
		let focused = document.activeElement;
		while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
		const ringed = [focused, focused?.shadowRoot?.querySelector('.base')];
		return ringed.some(element => element instanceof Element && getComputedStyle(element).outlineStyle === 'solid');
	});
}
