import assert from 'node:assert/strict';
import { drawn } from './panelHarness.js';
import { account, fourAccounts, panel, pool } from './samplePool.js';
import { sampleModels } from './sampleModels.js';
import { withPanel } from './withPanel.js';

describe('The models in the panel', function () {
	this.timeout(30_000);
	const inHand = withPanel({ tab: 'models' });
	const { button, asked, focused } = inHand;
	const page = () => inHand.page;
	const opened = () => inHand.opened;
	const row = (name: string) =>
		page().locator('.model', { has: page().locator('.name').getByText(name, { exact: true }) });
	const field = (name: string) => page().getByLabel(name, { exact: true });

	it('say what they take, and which accounts have them', async () => {
		assert.match(await row('gpt-5.3-codex').innerText(), /low · medium · high · xhigh · fast[^]*All 4 accounts/);
		assert.match(await row('gpt-5.3-codex-spark').innerText(), /Your Pro account/);
		const some = row('gpt-5.3');
		assert.match(await some.innerText(), /Work, Private, \+1 more/);
		const all = await some.locator('.who').getAttribute('title');
		assert.equal(all, 'Work (Pro), Private (Plus), lab@example.com (Business)');
	});

	it('are shown to clients or not, as the pool says', async () => {
		const shown = page().getByRole('switch', { name: 'Show codex-auto-review to clients' });
		assert.equal(await shown.getAttribute('aria-checked'), 'false');

		opened().editor.models = sampleModels.map(each =>
			each.name === 'codex-auto-review' ? { ...each, exposed: true } : each,
		);
		await shown.press('Enter');
		await drawn(page());
		await page().getByRole('switch', { name: 'Show gpt-5.3 to clients' }).press('Space');
		await drawn(page());

		assert.equal(await shown.getAttribute('aria-checked'), 'true');
		assert.deepEqual(asked('model/expose'), [{ expose: ['codex-auto-review'] }, { hide: ['gpt-5.3'] }]);
	});

	it('show the names that the pool makes of one when asked', async () => {
		assert.equal(await row('gpt-5.3-codex-fast').count(), 0);

		await button('5 variants of gpt-5.3-codex').press('Enter');
		await drawn(page());

		assert.match(await row('gpt-5.3-codex-high').innerText(), /high effort/);
		await button('Show gpt-5.3-codex-fast in the pickers of Codex too').click();
		await drawn(page());
		assert.deepEqual(asked('model/expose'), [{ expose: ['gpt-5.3-codex-fast'] }]);
	});

	it('are given names of the user’s own by the keyboard', async () => {
		await button('Add Name').press('Enter');
		await drawn(page());
		assert.equal(await field('Name').evaluate(element => element.matches(':focus')), true);

		await page().keyboard.type('not a name');
		await page().keyboard.press('Enter');
		await page().getByRole('alert').getByText('A name begins with a letter or digit').waitFor();
		assert.deepEqual(asked('alias/set'), []);
		await field('Name').fill('review');
		await field('Model').selectOption('gpt-5.3');
		await field('Effort').selectOption('high');
		await field('Tier').selectOption('fast');
		await field('Name').press('Enter');
		await drawn(page());

		const made = { name: 'review', model: 'gpt-5.3', effort: 'high', tier: 'priority', verbosity: null };
		assert.deepEqual(asked('alias/set'), [made]);
		assert.equal(await field('Effort').count(), 0);
		assert.equal(await focused(), 'Add Name');
	});

	it('keep what was typed when a name is refused', async () => {
		opened().editor.failing.set('alias/set', '"gpt-5.3" does not take the effort "high".');
		await button('Change deep').press('Enter');
		await drawn(page());
		await field('Verbosity').selectOption('high');
		await button('Save').click();

		await page().getByRole('alert').getByText('does not take the effort').waitFor();
		await drawn(page());
		assert.equal(await field('Verbosity').inputValue(), 'high');
		await field('Verbosity').press('Escape');
		await drawn(page());
		assert.equal(await field('Verbosity').count(), 0);
		assert.equal(await focused(), 'Change deep');
	});

	it('lose a name that is taken away', async () => {
		await button('Remove cheap').click();
		await drawn(page());

		assert.deepEqual(asked('alias/remove'), [{ name: 'cheap' }]);
		assert.equal(asked('model/list').length, 2);
	});

	it('that no account has any more leave their names behind, to be taken away', async () => {
		const [deep] = sampleModels.filter(({ kind }) => kind === 'alias');
		assert.ok(deep);
		const gone = { exposed: false, inPicker: false, efforts: [], tiers: [], accountIds: [] };
		opened().editor.models = [...sampleModels, { ...deep, ...gone, name: 'old', model: 'gpt-5.1-codex' }];
		await page().reload();
		await drawn(page());
		const stranded = page().getByRole('list', { name: 'Without a model' });
		assert.match(await stranded.innerText(), /^old\s+gpt-5\.1-codex xhigh effort, fast/);
		assert.equal(await stranded.getByRole('switch').count(), 0);

		opened().editor.models = sampleModels;
		await stranded.getByRole('button', { name: 'Remove old' }).press('Enter');
		await drawn(page());

		assert.deepEqual(asked('alias/remove'), [{ name: 'old' }]);
		assert.equal(await stranded.count(), 0);
		assert.equal(await focused(), 'Add Name');
	});

	it('are read again when other accounts could have others, and not for every request', async () => {
		await opened().push(panel({ pool: pool({ revision: 42 }) }));
		assert.equal(asked('model/list').length, 1);

		await opened().push(panel({ pool: pool({ revision: 43, accounts: [...fourAccounts, account('new')] }) }));

		assert.equal(asked('model/list').length, 2);
	});

	it('offer another try when they could not be read', async () => {
		opened().editor.failing.set('model/list', 'The pool does not answer.');
		await page().reload();
		await page().getByText('The models could not be read. The pool does not answer.').waitFor();

		opened().editor.failing.clear();
		await button('Try Again').click();

		await row('gpt-5.3-codex').waitFor();
	});
});
