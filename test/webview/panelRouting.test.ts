import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { secondMs } from '../../webview/durations.js';
import { drawn, PanelHarness, type OpenPanel } from './panelHarness.js';
import { movedRequest, panel, pool, request } from './samplePool.js';
import { sampleSessions, spentUnusually } from './sampleRouting.js';

const harness = new PanelHarness();
const inUse = { strategy: 'single_account', singleAccountId: 'ada.home', inFlightLimit: 8, holdMinutes: 0 } as const;

describe('Routing in the panel', function () {
	this.timeout(30_000);
	let opened: OpenPanel;
	let page: Page;

	before(() => harness.start());
	after(() => harness.close());
	beforeEach(async () => {
		opened = await harness.open();
		({ page } = opened);
	});
	afterEach(async () => {
		const faults = await opened.faults();
		await page.context().close();
		assert.deepEqual(faults, []);
	});

	const button = (name: string | RegExp) => page.getByRole('button', { name });
	const asked = (name: string) => opened.editor.named(name).map(message => message.params);
	const chooseInMenu = async (menu: string, item: string) => {
		await button(menu).click();
		await page.getByRole('menuitem', { name: item, exact: true }).click();
		await drawn(page);
	};

	it('keeps its choices out of sight until they are asked for, and says what each means', async () => {
		assert.equal(await page.getByRole('radio').count(), 0);

		await button('Routing: Least used').press('Enter');
		await drawn(page);

		assert.equal(await page.getByRole('radio').count(), 6);
		assert.equal(await page.getByRole('radio', { name: 'Least used' }).isChecked(), true);
		await page.getByText('The accounts take turns').waitFor();
		await page.getByRole('radio', { name: 'Round robin' }).check();
		await drawn(page);
		assert.deepEqual(asked('pool/change'), [{ routing: { strategy: 'round_robin' } }]);
	});

	it('names an account at once when a single one is wanted, and lets another be chosen', async () => {
		await button(/^Routing/).click();
		await page.getByRole('radio', { name: 'Single account' }).check();
		await opened.push(panel({ pool: pool({ revision: 42, routing: inUse }) }));
		await page.getByRole('combobox', { name: 'The single account' }).selectOption('Spare');
		await drawn(page);

		assert.deepEqual(asked('pool/change'), [
			{ routing: { strategy: 'single_account', singleAccountId: 'ada.lindqvist' } },
			{ routing: { singleAccountId: 'a.very.long.address.that.needs.cutting' } },
		]);
		assert.equal(await page.getByText('Not used: Private is the single account.').count(), 2);
		assert.equal(await page.getByText('1 of 1 account usable').count(), 2);
	});

	it('brings a number into its range, and takes none for no change', async () => {
		await button(/^Routing/).click();
		const limit = page.getByRole('spinbutton', { name: 'Requests at a time on one account' });
		const hold = page.getByRole('spinbutton', { name: 'Wait for a reset' });

		await limit.fill('12');
		await limit.press('Enter');
		await hold.fill('999');
		await hold.press('Tab');
		await hold.fill('');
		await hold.press('Tab');
		await drawn(page);

		assert.deepEqual(asked('pool/change'), [{ routing: { inFlightLimit: 12 } }, { routing: { holdMinutes: 360 } }]);
		assert.equal(await hold.inputValue(), '360');
	});

	it('takes nothing away from who is typing when a snapshot comes', async () => {
		await button(/^Routing/).click();
		const limit = page.getByRole('spinbutton', { name: 'Requests at a time on one account' });

		await limit.fill('12');
		await opened.push(panel({ pool: pool({ revision: 42 }) }));
		assert.equal(await limit.inputValue(), '12');
		await limit.press('Enter');
		await drawn(page);

		assert.deepEqual(asked('pool/change'), [{ routing: { inFlightLimit: 12 } }]);
	});

	it('shows again what is true when a change has failed', async () => {
		opened.editor.failing.set('pool/change', 'The pool does not answer.');
		await button(/^Routing/).click();

		await page.getByRole('radio', { name: 'Fill first' }).click();
		await page.getByRole('alert').getByText('The pool does not answer.').waitFor();
		await drawn(page);

		assert.equal(await page.getByRole('radio', { name: 'Least used' }).isChecked(), true);
	});

	it('edits priority and reserve in the row of the account, and shows them when they are not the usual', async () => {
		assert.equal(await page.locator('.badges').count(), 0);
		await chooseInMenu('More actions for Work', 'Priority and Reserve…');
		const priority = page.getByRole('combobox', { name: 'Priority' });
		assert.equal(await priority.evaluate(element => element.matches(':focus')), true);

		await priority.selectOption('1, burn first');
		const reserve = page.getByRole('spinbutton', { name: 'Reserve' });
		await reserve.fill('20');
		await reserve.press('Enter');
		await reserve.press('Escape');
		await drawn(page);

		const accountId = 'ada.lindqvist';
		assert.deepEqual(asked('account/spend'), [
			{ accountId, priority: 1 },
			{ accountId, reservePercent: 20 },
		]);
		assert.equal(await page.getByRole('spinbutton').count(), 0);
		assert.equal(await button('More actions for Work').evaluate(element => element.matches(':focus')), true);
		await opened.push(panel({ pool: pool({ revision: 42, accounts: [...spentUnusually] }) }));
		assert.deepEqual(
			await page.locator('.badges').allInnerTexts(),
			['Preserve Keeps 20\u00a0%', 'Burn first', 'Priority 3 Keeps 5\u00a0%'].map(words =>
				words.replace(/ (?=Keeps)/, '\n'),
			),
		);
	});

	it('reads how a request was decided when it is opened, once', async () => {
		const expand = button(/^Details of the request/).nth(2);
		await expand.click();
		await drawn(page);

		assert.deepEqual(asked('request/explain'), [{ requestId: movedRequest.id }]);
		const choices = await page.locator('.choices > li').allInnerTexts();
		assert.equal(choices.length, 3);
		assert.match(choices[0] ?? '', /lab@example\.com was chosen because the session belongs to it/);
		assert.match(choices[1] ?? '', /Waited 4\.2\ss first[^]*Private was chosen[^]*Work[^]*as many requests running/);
		const score = page.getByRole('img', { name: 'Score 64.4: the lowest goes first' });
		assert.equal(await score.count(), 1);
		await opened.push(panel({ pool: pool({ revision: 42 }) }));
		assert.equal(asked('request/explain').length, 1);
	});

	it('offers another try when it could not be read', async () => {
		opened.editor.failing.set('request/explain', 'The pool does not answer.');
		await button(/^Details of the request/)
			.first()
			.click();
		await page.getByText('How it was decided could not be read. The pool does not answer.').waitFor();

		opened.editor.failing.clear();
		await button('Try Again').click();
		await page.getByText('because it was the least used.').waitFor();
	});

	it('goes to the request that the editor wants to show', async () => {
		await opened.showRequest('request-30');

		const row = button(/^Details of the request/).nth(30);
		assert.equal(await row.evaluate(element => element.matches(':focus')), true);
		assert.equal(await row.getAttribute('aria-expanded'), 'true');
		await page.getByText('was chosen because it was the least used.').waitFor();
	});

	it('waits for a request that is not in the list yet', async () => {
		const newest = request(99, { startedAt: Date.now() });
		await opened.showRequest(newest.id);
		assert.equal(asked('request/explain').length, 0);

		await opened.push(panel({ pool: pool({ revision: 42, recentRequests: [newest, ...pool().recentRequests] }) }));

		assert.equal(
			await button(/^Details of the request/)
				.first()
				.getAttribute('aria-expanded'),
			'true',
		);
		assert.deepEqual(asked('request/explain'), [{ requestId: newest.id }]);
	});

	it('reads the sessions only while they are shown, and again when the pool has changed', async () => {
		await opened.push(panel({ pool: pool({ revision: 42 }) }));
		assert.equal(asked('session/list').length, 0);

		await button('Sessions').press('Enter');
		await drawn(page);
		assert.equal(await page.locator('pool-sessions tbody tr').count(), 12);
		await button('Show all 17').click();
		await drawn(page);
		assert.match(
			(await page.locator('pool-sessions tbody tr').allInnerTexts())[0] ?? '',
			/Work[^]*5\sh ago[^]*just now[^]*1[^]*55\s%/,
		);

		opened.editor.sessions = sampleSessions.slice(0, 3);
		await opened.push(panel({ pool: pool({ revision: 43 }) }));
		await opened.push(panel({ pool: pool({ revision: 43 }) }));
		await page
			.locator('pool-sessions tbody tr')
			.nth(3)
			.waitFor({ state: 'detached', timeout: 10 * secondMs });
		assert.equal(asked('session/list').length, 2);
	});

	it('leaves the questions about a session to the editor, and then reads them again', async () => {
		await button('Sessions').click();
		const id = sampleSessions[1]?.id ?? '';
		await chooseInMenu(`More actions for session ${id.slice(0, 8)}`, 'Move to…');
		await chooseInMenu(`More actions for session ${id.slice(0, 8)}`, 'Forget…');

		assert.deepEqual(asked('session/move'), [{ sessionId: id }]);
		assert.deepEqual(asked('session/forget'), [{ sessionId: id }]);
		assert.equal(asked('session/list').length, 3);
	});

	it('hands the text of dropped files to the editor, and says of each what came of it', async () => {
		opened.editor.dropOutcome = { imported: ['Work'], refused: [{ name: 'b.json', problem: 'It is signed out.' }] };

		await drag(page, 'dragover', ['{"a":1}']);
		await page.getByText('Drop auth.json files to import their accounts').waitFor();
		await drag(page, 'drop', ['{"a":1}', '{"b":2}', 'x'.repeat(1_048_577)]);
		await page.getByText('2 files were not imported').waitFor();

		assert.deepEqual(asked('account/drop'), [
			{
				files: [
					{ name: '0.json', text: '{"a":1}' },
					{ name: '1.json', text: '{"b":2}' },
				],
			},
		]);
		const said = await page.getByRole('status').filter({ hasText: 'In the pool: Work' }).innerText();
		assert.match(said, /2\.json It is too large[^]*b\.json It is signed out\./);
		assert.equal(await page.locator('.drop-target').count(), 0);
		await button('Dismiss').click();
		await drawn(page);
		assert.equal(await page.getByText('In the pool').count(), 0);
	});

	it('imports nothing of a drop that holds too much, or no file', async () => {
		await drag(
			page,
			'drop',
			Array.from({ length: 21 }, () => '{}'),
		);
		await page.getByText('At most 20 files can be dropped at once. Nothing was imported.').waitFor();
		await drag(page, 'dragover', []);
		await drawn(page);
		assert.equal(await page.locator('.drop-target').count(), 0);
		await drag(page, 'drop', [], 'file:///home/ada/auth.json');
		await page.getByText('Only files can be dropped here.').waitFor();

		assert.deepEqual(asked('account/drop'), []);
	});
});

async function drag(page: Page, type: 'dragover' | 'drop', texts: readonly string[], address = ''): Promise<void> {
	await page.evaluate(
		given => {
			const data = new DataTransfer();
			if (given.address !== '') data.setData('text/uri-list', given.address);
			for (const [index, text] of given.texts.entries()) data.items.add(new File([text], `${index}.json`));
			window.dispatchEvent(new DragEvent(given.type, { dataTransfer: data, cancelable: true }));
		},
		{ type, texts, address },
	);
}
