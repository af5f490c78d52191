import assert from 'node:assert/strict';
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
