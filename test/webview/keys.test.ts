import assert from 'node:assert/strict';
import { madeSecret } from './fakeEditor.js';
import { drawn } from './panelHarness.js';
import { sampleKeys } from './samplePool.js';
import { withPanel } from './withPanel.js';

describe('The keys in the panel', function () {
	this.timeout(30_000);
	const panelInHand = withPanel({ tab: 'keys' });
	const { button, asked, chooseInMenu, focused } = panelInHand;
	const page = () => panelInHand.page;
	const opened = () => panelInHand.opened;
	const type = async (text: string) => {
		await page().keyboard.type(text);
		await drawn(page());
	};
	const press = async (...keys: string[]) => {
		for (const key of keys) await page().keyboard.press(key);
		await drawn(page());
	};
	const savedView = () => page().evaluate(() => sessionStorage.getItem('view') ?? '');
	const secretShown = () => page().locator('pool-key-secret code').count();

	it('tell what each may do, and what it did today', async () => {
		const build = page().getByRole('listitem', { name: 'Build server' });

		const told = (await build.innerText()).replaceAll(/\s+/g, ' ');

		assert.match(told, /cpk_Qm71… Created 30 d ago Last used 1 h ago gpt-5.3-codex, cheap/);
		assert.match(told, /1.2 M of 2 M tokens a day Begins anew in 9 h 40 m Today 180 requests 6.6 M tokens \$5.20/);
		const meter = page().getByRole('meter', { name: 'Budget of Night runs' });
		assert.equal(
			await meter.getAttribute('aria-valuetext'),
			'500,000 of 500,000 tokens a week. Back in 3\u00a0d 9\u00a0h',
		);
	});

	it('are made by the keyboard alone, and show their secret once', async () => {
		await button('Add Key').focus();
		await press('Enter');
		assert.equal(await focused(), '');
		await type('CI runner');
		await press('Tab', 'ArrowDown', 'ArrowDown', 'Tab');
		assert.equal(await focused(), 'Tokens');
		await type('1.5M');
		await press('Tab', 'ArrowDown', 'Tab', 'Space');
		await press('Enter');

		assert.deepEqual(asked('key/create'), [
			{
				name: 'CI runner',
				models: ['gpt-5.3-codex'],
				accountIds: null,
				budget: { tokens: 1_500_000, per: 'week' },
			},
		]);
		assert.equal(await page().locator('pool-key-secret code').innerText(), madeSecret);
		assert.equal(await focused(), 'Copy');

		await page().context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await press('Escape');
		assert.equal(await secretShown(), 1, 'what was not copied is not lost by a key');
		await press('Enter');
		assert.equal(await page().evaluate(() => navigator.clipboard.readText()), madeSecret);
		await press('Escape');

		assert.equal(await secretShown(), 0);
		assert.ok(!(await savedView()).includes(madeSecret));
	});

	it('forget a secret with the tab that showed it', async () => {
		await chooseInMenu('More actions for Build server', 'New Secret…');
		assert.equal(await secretShown(), 1);

		await opened().goTo('models');
		await opened().goTo('keys');

		assert.equal(await secretShown(), 0);
		assert.deepEqual(asked('key/rotate'), [{ keyId: 'build' }]);
	});

	it('keep their secret when the user thinks better of a new one', async () => {
		opened().editor.confirms = false;

		await chooseInMenu('More actions for Build server', 'New Secret…');

		assert.equal(await secretShown(), 0);
		assert.equal(await focused(), 'More actions for Build server');
	});

	it('change only what was changed', async () => {
		await button('Change Build server').press('Enter');
		await drawn(page());
		await type('Build farm');
		await press('Enter');
		await button('Change Build server').press('Enter');
		await drawn(page());
		await page().getByLabel('Every model, later ones too').check();
		await page().getByLabel('Budget', { exact: true }).selectOption('No limit');
		await button('Save').click();
		await drawn(page());

		assert.deepEqual(asked('key/change'), [
			{ keyId: 'build', change: { name: 'Build farm' } },
			{ keyId: 'build', change: { models: null, budget: null } },
		]);
		assert.equal(await focused(), 'Change Build server');
		assert.ok(asked('key/list').length >= 3, 'they are read again');
	});

	it('are narrowed to some accounts, and can lose what is gone from the pool', async () => {
		const night = page().getByRole('listitem', { name: 'Night runs' });
		assert.match(await night.innerText(), /Accounts: Private, Removed account/);

		await button('Change Night runs').press('Enter');
		await drawn(page());
		const accounts = page().getByRole('group', { name: 'Which accounts may serve clients with the key' });
		assert.deepEqual(await accounts.getByRole('checkbox', { checked: true }).count(), 2);
		await accounts.getByLabel('Removed account').uncheck();
		await accounts.getByLabel('Private').uncheck();
		await button('Save').click();
		await drawn(page());
		assert.equal(await accounts.getByRole('alert').innerText(), 'Choose at least one account.');
		await accounts.getByLabel('Private').check();
		await button('Save').click();
		await drawn(page());

		assert.deepEqual(asked('key/change'), [{ keyId: 'night', change: { accountIds: ['ada.home'] } }]);
	});

	it('say that nobody serves them when their accounts are gone', async () => {
		const [, , last] = sampleKeys;
		assert.ok(last);
		opened().editor.keys = [{ ...last, accountIds: ['gone'] }];
		await chooseInMenu('More actions for Build server', 'Revoke…');

		const night = page().getByRole('listitem', { name: 'Night runs' });
		assert.match(await night.innerText(), /Its accounts are no longer in the pool: nobody serves it/);
	});

	it('say what is wrong where it is wrong', async () => {
		const wrong = async (name: string, tokens: string) => {
			await page().getByLabel('Name').fill(name);
			await page().getByRole('textbox', { name: 'Tokens' }).fill(tokens);
			await press('Enter');
			return [await page().getByRole('alert').filter({ hasText: /./ }).innerText(), await focused()];
		};
		await button('Add Key').click();
		await page().getByLabel('Budget', { exact: true }).selectOption('Tokens a day');

		assert.deepEqual(await wrong('', '2M'), ['A key needs a name.', '']);
		assert.deepEqual(await wrong(madeSecret, '2M'), ['This is the secret of a key, not a name.', '']);
		assert.deepEqual(await wrong('CI', 'lots'), ['A number of tokens: 500k, 2M, 1500000.', 'Tokens']);
		await page().getByLabel('Only these:').first().check();
		assert.equal((await wrong('CI', '2M'))[0], 'Choose at least one model.');
		await press('Escape');

		assert.equal(await page().getByRole('form').count(), 0);
		assert.equal(await focused(), 'Add Key');
		assert.deepEqual(asked('key/create'), []);
	});

	it('are revoked after the editor has asked, and copied only where there is a secret to copy', async () => {
		await chooseInMenu('More actions for Night runs', 'Revoke…');
		await chooseInMenu('More actions for Default', 'Copy');
		await button('More actions for Night runs').click();

		assert.equal(await page().getByRole('menuitem', { name: 'Copy' }).count(), 0);
		assert.deepEqual(asked('key/revoke'), [{ keyId: 'night' }]);
		assert.equal(asked('key/copy').length, 1);
	});

	it('leave the focus to the one that takes the place of a revoked one, and at last to what makes a new one', async () => {
		const [first, , last] = sampleKeys;
		assert.ok(first && last);

		opened().editor.keys = [first, last];
		await chooseInMenu('More actions for Build server', 'Revoke…');
		assert.equal(await focused(), 'More actions for Night runs');
		opened().editor.keys = [first];
		await chooseInMenu('More actions for Night runs', 'Revoke…');
		assert.equal(await focused(), 'More actions for Default');
		opened().editor.keys = [];
		await chooseInMenu('More actions for Default', 'Revoke…');
		assert.equal(await focused(), 'Add Key');
	});

	it('can be read again after a failure', async () => {
		opened().editor.failing.set('key/list', 'The pool is busy.');
		opened().editor.keys = sampleKeys.slice(0, 1);
		await chooseInMenu('More actions for Night runs', 'Revoke…');
		await page().getByText('The keys could not be read. The pool is busy.').waitFor();

		opened().editor.failing.clear();
		await button('Try Again').click();
		await drawn(page());

		assert.equal(await page().locator('pool-keys li').count(), 1);
	});
});
