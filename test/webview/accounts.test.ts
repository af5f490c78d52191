import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { minuteMs } from '../../webview/durations.js';
import { drawn } from './panelHarness.js';
import { account, fourAccounts, panel, pool, sampleNow } from './samplePool.js';
import { withPanel } from './withPanel.js';

describe('The accounts in the panel', function () {
	this.timeout(30_000);
	const panelInHand = withPanel({ tab: 'accounts' });
	const { button, asked, chooseInMenu, focused } = panelInHand;
	const page = () => panelInHand.page;
	const opened = () => panelInHand.opened;

	it('keeps the focus when a snapshot comes', async () => {
		await button('Refresh usage of Private').focus();

		const accounts = [account('newcomer'), ...fourAccounts];
		await opened().push(panel({ pool: pool({ revision: 42, accounts }) }));

		assert.equal(await page().locator('pool-accounts li').count(), accounts.length);
		assert.equal(await focused(), 'Refresh usage of Private');
	});

	it('keeps what is not done every day in a menu that the keyboard works', async () => {
		const more = button('More actions for Private');

		await more.press('Enter');
		await drawn(page());
		assert.equal(await focused(), 'Pause');
		await page().keyboard.press('ArrowUp');
		assert.equal(await focused(), 'Remove…');
		await page().keyboard.press('Home');
		await page().keyboard.press('ArrowDown');
		assert.equal(await focused(), 'Rename');
		await page().keyboard.press('Escape');
		await drawn(page());

		assert.equal(await page().getByRole('menu').count(), 0);
		assert.equal(await focused(), 'More actions for Private');
		assert.deepEqual(
			opened().editor.asked.filter(({ name }) => name.startsWith('account/')),
			[],
		);
	});

	it('shows a menu as a whole in a window that is low', async () => {
		await page().setViewportSize({ width: 300, height: 420 });
		await button('More actions for Work').click();
		await drawn(page());

		const box = await page().getByRole('menu').boundingBox();

		assert.ok(box && box.y >= 0 && box.y + box.height <= 420, `it reaches from ${box?.y} over ${box?.height}`);
	});

	it('goes on from the button of a menu that Tab has closed', async () => {
		await button('More actions for Work').press('ArrowDown');
		await drawn(page());

		await page().keyboard.press('Tab');
		await drawn(page());

		assert.equal(await page().getByRole('menu').count(), 0);
		assert.equal(await focused(), 'Use Private for the pool');
	});

	it('asks for what was chosen in the menu of an account', async () => {
		const accountId = 'a.very.long.address.that.needs.cutting';
		for (const item of ['Pause', 'Sign In Again…', 'Export…', 'Remove…']) {
			await chooseInMenu('More actions for Spare', item);
			assert.equal(await focused(), 'More actions for Spare');
		}

		assert.deepEqual(asked('account/pause'), [{ accountId, paused: true }]);
		for (const name of ['account/signIn', 'account/export', 'account/remove']) {
			assert.deepEqual(asked(name), [{ accountId }], name);
		}
	});

	it('renames an account in place', async () => {
		const rename = async (typed: string, key: string) => {
			await chooseInMenu('More actions for Work', 'Rename');
			const input = page().getByRole('textbox', { name: 'Name of Work' });
			assert.equal(await input.inputValue(), 'Work');
			assert.equal(await focused(), 'Name of Work');
			await input.fill(typed);
			await input.press(key);
			await drawn(page());
			assert.equal(await page().getByRole('textbox').count(), 0);
		};

		await rename('Not this', 'Escape');
		await rename('Work', 'Enter');
		assert.deepEqual(asked('account/rename'), []);
		await rename('  Day job ', 'Enter');
		assert.equal(await focused(), 'More actions for Work');
		await rename('', 'Tab');

		const accountId = 'ada.lindqvist';
		assert.deepEqual(asked('account/rename'), [
			{ accountId, name: 'Day job' },
			{ accountId, name: null },
		]);
	});

	it('moves an account and leaves the focus with it', async () => {
		const ids = fourAccounts.map(({ id }) => id);
		const [first = '', second = '', ...others] = ids;
		const moved = [second, first, ...others];

		await chooseInMenu('More actions for Work', 'Move Up');
		assert.deepEqual(asked('account/order'), []);
		await button('More actions for Work').focus();
		await page().keyboard.press('Escape');
		await chooseInMenu('More actions for Work', 'Move Down');
		assert.deepEqual(asked('account/order'), [{ accountIds: moved }]);

		const accounts = moved.flatMap(id => fourAccounts.filter(each => each.id === id));
		await opened().push(panel({ pool: pool({ revision: 42, accounts }) }));
		assert.match((await page().locator('pool-accounts li').allInnerTexts())[1] ?? '', /^Work/);
		assert.equal(await focused(), 'More actions for Work');
	});

	it('gives the focus to the account that takes the place of one that is gone', async () => {
		let accounts = [...fourAccounts];
		let revision = 42;
		const goneWith = async (name: string, id: string) => {
			await button(name).focus();
			accounts = accounts.filter(each => each.id !== id);
			await opened().push(panel({ pool: pool({ revision: revision++, accounts }) }));
			return focused();
		};

		assert.equal(await goneWith('Refresh usage of Private', 'ada.home'), 'More actions for lab@example.com');
		const last = 'a.very.long.address.that.needs.cutting';
		assert.equal(await goneWith('More actions for Spare', last), 'More actions for lab@example.com');
		await button('Show as Table').click();
		await drawn(page());
		assert.equal(await goneWith('More actions for Work', 'ada.lindqvist'), 'More actions for lab@example.com');
		assert.equal(await goneWith('More actions for lab@example.com', 'lab'), 'Accounts');
	});

	it('leaves the focus where the user works in the editor, and gives it back when they return', async () => {
		const [work, ...others] = fourAccounts;
		assert.ok(work);
		const activeTag = () => page().evaluate(() => document.activeElement?.tagName);
		await button('More actions for Work').focus();
		const comeBack = await goElsewhere(page());

		await opened().push(panel({ pool: pool({ revision: 42, accounts: [...others, work] }) }));
		assert.equal(await activeTag(), 'BODY', 'it is not taken for a row that has moved');
		await comeBack();
		assert.equal(await focused(), 'More actions for Work');

		await goElsewhere(page());
		await opened().push(panel({ pool: pool({ revision: 43, accounts: others }) }));
		assert.equal(await activeTag(), 'BODY', 'nor for the neighbour of one that is gone');
		await comeBack();
		assert.equal(await focused(), 'More actions for Spare');
	});

	it('offers beside each state what ends it', async () => {
		const since = sampleNow - minuteMs;
		const accounts = [
			account('tired', { state: 'needs_sign_in', stateReason: 'refresh_token_reused', stateSince: since }),
			account('idle', { state: 'paused', stateSince: since }),
		];
		await opened().push(panel({ pool: pool({ revision: 42, accounts }) }));
		await page()
			.getByText('Another program refreshed the same sign-in, since 14:19. Sign in again to use it.')
			.waitFor();

		await page().getByRole('button', { name: 'Sign in again: tired@example.com' }).click();
		await button('Resume idle@example.com').click();
		await drawn(page());

		assert.deepEqual(asked('account/signIn'), [{ accountId: 'tired' }]);
		assert.deepEqual(asked('account/pause'), [{ accountId: 'idle', paused: false }]);
	});

	it('are added and imported by the editor', async () => {
		await button('Add Account').click();
		await button('Import…').click();
		await drawn(page());

		for (const name of ['account/add', 'account/import']) assert.equal(asked(name).length, 1, name);
	});
});

/** To another window, as to the code beside the panel. The result returns to the panel. */
async function goElsewhere(page: Page): Promise<() => Promise<void>> {
	const session = await page.context().newCDPSession(page);
	// Without it every page believes that it has the focus.
	await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
	const other = await page.context().newPage();
	await other.bringToFront();
	await page.waitForFunction(() => !document.hasFocus());
	return async () => {
		await page.bringToFront();
		await page.waitForFunction(() => document.hasFocus());
	};
}
