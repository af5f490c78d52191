import assert from 'node:assert/strict';
import { drawn } from './panelHarness.js';
import { panel, pool } from './samplePool.js';
import { spentUnusually } from './sampleRouting.js';
import { withPanel } from './withPanel.js';

const inUse = { strategy: 'single_account', singleAccountId: 'ada.home', inFlightLimit: 8, holdMinutes: 0 } as const;

describe('Routing in the panel', function () {
	this.timeout(30_000);
	const panelInHand = withPanel({ tab: 'accounts' });
	const { button, asked, chooseInMenu } = panelInHand;
	const page = () => panelInHand.page;
	const opened = () => panelInHand.opened;

	it('keeps its choices out of sight until they are asked for, and says what each means', async () => {
		assert.equal(await page().getByRole('radio').count(), 0);

		await button('Routing: Least used').press('Enter');
		await drawn(page());

		assert.equal(await page().getByRole('radio').count(), 6);
		assert.equal(await page().getByRole('radio', { name: 'Least used' }).isChecked(), true);
		await page().getByText('The accounts take turns').waitFor();
		await page().getByRole('radio', { name: 'Round robin' }).check();
		await drawn(page());
		assert.deepEqual(asked('pool/change'), [{ routing: { strategy: 'round_robin' } }]);
	});

	it('names an account at once when a single one is wanted, and lets another be chosen', async () => {
		await button(/^Routing/).click();
		await page().getByRole('radio', { name: 'Single account' }).check();
		await opened().push(panel({ pool: pool({ revision: 42, routing: inUse }) }));
		await page().getByRole('combobox', { name: 'The single account' }).selectOption('Spare');
		await drawn(page());

		assert.deepEqual(asked('pool/change'), [
			{ routing: { strategy: 'single_account', singleAccountId: 'ada.lindqvist' } },
			{ routing: { singleAccountId: 'a.very.long.address.that.needs.cutting' } },
		]);
		assert.equal(await page().getByText('Not used: Private is the single account.').count(), 2);
		await opened().goTo('overview');
		assert.equal(await page().getByText('1 of 1 account usable').count(), 2);
	});

	it('brings a number into its range, and takes none for no change', async () => {
		await button(/^Routing/).click();
		const limit = page().getByRole('spinbutton', { name: 'Requests at a time on one account' });
		const hold = page().getByRole('spinbutton', { name: 'Wait for a reset' });

		await limit.fill('12');
		await limit.press('Enter');
		await hold.fill('999');
		await hold.press('Tab');
		await hold.fill('');
		await hold.press('Tab');
		await drawn(page());

		assert.deepEqual(asked('pool/change'), [{ routing: { inFlightLimit: 12 } }, { routing: { holdMinutes: 360 } }]);
		assert.equal(await hold.inputValue(), '360');
	});

	it('takes nothing away from who is typing when a snapshot comes', async () => {
		await button(/^Routing/).click();
		const limit = page().getByRole('spinbutton', { name: 'Requests at a time on one account' });

		await limit.fill('12');
		await opened().push(panel({ pool: pool({ revision: 42 }) }));
		assert.equal(await limit.inputValue(), '12');
		await limit.press('Enter');
		await drawn(page());

		assert.deepEqual(asked('pool/change'), [{ routing: { inFlightLimit: 12 } }]);
	});

	it('shows again what is true when a change has failed', async () => {
		opened().editor.failing.set('pool/change', 'The pool does not answer.');
		await button(/^Routing/).click();

		await page().getByRole('radio', { name: 'Fill first' }).click();
		await page().getByRole('alert').getByText('The pool does not answer.').waitFor();
		await drawn(page());

		assert.equal(await page().getByRole('radio', { name: 'Least used' }).isChecked(), true);
	});

	it('edits priority and reserve in the row of the account, and shows them when they are not the usual', async () => {
		const badges = () => page().locator('.badges span', { hasText: /^(Preserve|Burn first|Priority|Keeps)/ });
		assert.equal(await badges().count(), 0);
		await chooseInMenu('More actions for Work', 'Priority and Reserve…');
		const priority = page().getByRole('combobox', { name: 'Priority' });
		assert.equal(await priority.evaluate(element => element.matches(':focus')), true);

		await priority.selectOption('1, burn first');
		const reserve = page().getByRole('spinbutton', { name: 'Reserve' });
		await reserve.fill('20');
		await reserve.press('Enter');
		await reserve.press('Escape');
		await drawn(page());

		const accountId = 'ada.lindqvist';
		assert.deepEqual(asked('account/spend'), [
			{ accountId, priority: 1 },
			{ accountId, reservePercent: 20 },
		]);
		assert.equal(await page().getByRole('spinbutton').count(), 0);
		assert.equal(await button('More actions for Work').evaluate(element => element.matches(':focus')), true);
		await opened().push(panel({ pool: pool({ revision: 42, accounts: [...spentUnusually] }) }));
		assert.deepEqual(await badges().allInnerTexts(), [
			'Preserve',
			'Keeps 20\u00a0%',
			'Burn first',
			'Priority 3',
			'Keeps 5\u00a0%',
		]);
	});
});
