import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { minuteMs } from '../../webview/durations.js';
import { drawn, PanelHarness, type OpenPanel } from './panelHarness.js';
import { account, fourAccounts, panel, pool, request, sampleNow } from './samplePool.js';

const harness = new PanelHarness();

describe('The panel', function () {
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

	const chooseInMenu = async (account: string, item: string) => {
		await button(`More actions for ${account}`).click();
		await page.getByRole('menuitem', { name: item, exact: true }).click({ force: true });
		await drawn(page);
	};

	it('says ready once and draws what it gets', async () => {
		assert.equal(opened.editor.named('ready').length, 1);

		await page.getByRole('heading', { name: 'You can keep working' }).waitFor();
		assert.equal(await page.locator('pool-accounts li').count(), fourAccounts.length);
	});

	it('can be worked with the keyboard alone', async () => {
		await page.keyboard.press('Tab');
		await page.keyboard.press('Space');
		await drawn(page);
		assert.deepEqual(asked('pool/change'), [{ enabled: false }]);

		for (const name of ['Routing: Least used', 'Add Account', 'Import…', 'Show Log', 'Use Work for the pool']) {
			await page.keyboard.press('Tab');
			assert.equal(await focusedName(page), name);
			assert.ok(await hasFocusRing(page), `${name} shows its focus`);
		}
		await page.keyboard.press('Enter');
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await drawn(page);
		assert.deepEqual(asked('account/select'), [{ accountId: 'ada.lindqvist', selected: false }]);
		assert.deepEqual(asked('account/refresh'), [{ accountId: 'ada.lindqvist' }]);
	});

	it('shows the pool as it is and not as it was asked to be', async () => {
		const poolSwitch = page.getByRole('switch', { name: 'Pool', exact: true });

		await poolSwitch.click();
		await drawn(page);
		assert.equal(await poolSwitch.getAttribute('aria-checked'), 'true');

		await opened.push(panel({ pool: pool({ revision: 42, enabled: false }) }));
		assert.equal(await poolSwitch.getAttribute('aria-checked'), 'false');
		await page.getByRole('heading', { name: 'The pool is off' }).waitFor();
	});

	it('keeps the focus when a snapshot comes', async () => {
		await button('Refresh usage of Private').focus();

		const accounts = [account('newcomer'), ...fourAccounts];
		await opened.push(panel({ pool: pool({ revision: 42, accounts }) }));

		assert.equal(await page.locator('pool-accounts li').count(), accounts.length);
		assert.equal(await focusedName(page), 'Refresh usage of Private');
	});

	it('moves no request under the pointer', async () => {
		const first = page.locator('.request').first();
		const newer = request(99, { startedAt: sampleNow, model: 'gpt-newest' });
		await first.hover();

		await opened.push(panel({ pool: pool({ revision: 42, recentRequests: [newer, ...pool().recentRequests] }) }));
		assert.doesNotMatch(await first.innerText(), /gpt-newest/);
		await page.getByText('1 newer request').waitFor();

		await page.getByRole('heading', { name: 'Codex Pool' }).hover();
		await page.locator('.request', { hasText: 'gpt-newest' }).waitFor();
	});

	it('draws once a frame however many snapshots come', async () => {
		const snapshots = Array.from({ length: 40 }, (_, index) => panel({ pool: pool({ revision: 50 + index }) }));

		const draws = await page.evaluate(async payloads => {
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
		await opened.push(panel({ pool: pool({ revision: 60, enabled: false }) }));
		await opened.push(panel({ pool: pool({ revision: 59, enabled: true }) }));

		assert.equal(await page.getByRole('switch', { name: 'Pool', exact: true }).getAttribute('aria-checked'), 'false');
	});

	it('opens a request and says why it went its way', async () => {
		await button(/^Details of the request/)
			.nth(2)
			.press('Enter');
		await drawn(page);

		await page.getByText('Work answered after 2 other accounts could not.').waitFor();
		const attempts = await page.locator('.attempts li').allInnerTexts();
		assert.equal(attempts.length, 3);
		assert.match(attempts[0] ?? '', /lab@example\.com[^]*had used up its quota[^]*HTTP 429[^]*380\sms/);
		assert.match(attempts[2] ?? '', /Work[^]*answered[^]*HTTP 200[^]*8\.3\ss/);
	});

	it('asks for the range and the grouping that were chosen, and remembers them', async () => {
		await page.getByLabel('Range').selectOption('Last 7 days');
		await page.getByLabel('Group by').selectOption('Model');
		await drawn(page);
		await page.getByRole('rowheader', { name: 'gpt-5.3-codex-spark' }).waitFor();
		const last = opened.editor.named('usage/read').at(-1)?.params;
		assert.deepEqual(last, { since: Date.UTC(2026, 10, 13), by: 'model' });

		await page.reload();
		await drawn(page);
		assert.equal(await page.getByLabel('Range').inputValue(), 'week');
		await page.getByRole('rowheader', { name: 'gpt-5.3-codex-spark' }).waitFor();
	});

	it('tells the chart as a table', async () => {
		const label = await page.locator('.plot').getAttribute('aria-label');
		assert.match(label ?? '', /^Tokens per hour: 53\.6\sM in all, most 5\.3\sM at/);

		await button('Show as Table').click();
		await drawn(page);

		assert.equal(await page.locator('pool-usage tbody tr').count(), 24);
	});

	it('reads the usage again when requests have settled, once a tick at most', async () => {
		const settled = (requests: number) => {
			const totals = { ...pool().totals, allTime: { ...pool().totals.allTime, requests } };
			return panel({ pool: pool({ revision: requests, totals }) });
		};
		await opened.push(settled(2_000));
		assert.equal(opened.editor.named('usage/read').length, 1);

		await page.clock.setFixedTime(sampleNow + minuteMs);
		await opened.push(settled(2_001));
		assert.equal(opened.editor.named('usage/read').length, 2);
	});

	it('says what was copied, and what failed until it is dismissed', async () => {
		opened.editor.failing.set('codex/undo', 'Codex’s configuration has changed since. Nothing was written.');

		await button('Copy Pool Key').click();
		await page.getByRole('status').filter({ hasText: 'Pool key copied' }).waitFor({ state: 'attached' });
		await button('Undo').click();
		await page.getByRole('alert').getByText('Nothing was written.').waitFor();

		await button('Dismiss').click();
		await drawn(page);
		assert.equal(await page.getByRole('alert').innerText(), '');
	});

	it('asks the editor for everything else by its name', async () => {
		await button('Copy OpenAI base URL').click();
		await button('Add Account').click();
		await button('Import…').click();
		await button('Show Log').click();
		await drawn(page);

		assert.deepEqual(asked('url/copy'), [{ kind: 'openai' }]);
		for (const name of ['account/add', 'account/import', 'log/show']) assert.equal(asked(name).length, 1, name);
	});

	it('keeps what is not done every day in a menu that the keyboard works', async () => {
		const more = button('More actions for Private');

		await more.press('Enter');
		await drawn(page);
		assert.equal(await focusedName(page), 'Pause');
		await page.keyboard.press('ArrowUp');
		assert.equal(await focusedName(page), 'Remove…');
		await page.keyboard.press('Home');
		await page.keyboard.press('ArrowDown');
		assert.equal(await focusedName(page), 'Rename');
		await page.keyboard.press('Escape');
		await drawn(page);

		assert.equal(await page.getByRole('menu').count(), 0);
		assert.equal(await focusedName(page), 'More actions for Private');
		assert.deepEqual(
			opened.editor.asked.filter(({ name }) => name.startsWith('account/')),
			[],
		);
	});

	it('goes on from the button of a menu that Tab has closed', async () => {
		await button('More actions for Work').press('ArrowDown');
		await drawn(page);

		await page.keyboard.press('Tab');
		await drawn(page);

		assert.equal(await page.getByRole('menu').count(), 0);
		assert.equal(await focusedName(page), 'Use Private for the pool');
	});

	it('asks for what was chosen in the menu of an account', async () => {
		const accountId = 'a.very.long.address.that.needs.cutting';
		for (const item of ['Pause', 'Sign In Again…', 'Export…', 'Remove…']) {
			await chooseInMenu('Spare', item);
			assert.equal(await focusedName(page), 'More actions for Spare');
		}

		assert.deepEqual(asked('account/pause'), [{ accountId, paused: true }]);
		for (const name of ['account/signIn', 'account/export', 'account/remove']) {
			assert.deepEqual(asked(name), [{ accountId }], name);
		}
	});

	it('renames an account in place', async () => {
		const rename = async (typed: string, key: string) => {
			await chooseInMenu('Work', 'Rename');
			const input = page.getByRole('textbox', { name: 'Name of Work' });
			assert.equal(await input.inputValue(), 'Work');
			assert.equal(await focusedName(page), 'Name of Work');
			await input.fill(typed);
			await input.press(key);
			await drawn(page);
			assert.equal(await page.getByRole('textbox').count(), 0);
		};

		await rename('Not this', 'Escape');
		await rename('Work', 'Enter');
		assert.deepEqual(asked('account/rename'), []);
		await rename('  Day job ', 'Enter');
		assert.equal(await focusedName(page), 'More actions for Work');
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

		await chooseInMenu('Work', 'Move Up');
		assert.deepEqual(asked('account/order'), []);
		await button('More actions for Work').focus();
		await page.keyboard.press('Escape');
		await chooseInMenu('Work', 'Move Down');
		assert.deepEqual(asked('account/order'), [{ accountIds: moved }]);

		const accounts = moved.flatMap(id => fourAccounts.filter(each => each.id === id));
		await opened.push(panel({ pool: pool({ revision: 42, accounts }) }));
		assert.match((await page.locator('pool-accounts li').allInnerTexts())[1] ?? '', /^Work/);
		assert.equal(await focusedName(page), 'More actions for Work');
	});

	it('offers beside each state what ends it', async () => {
		const since = sampleNow - minuteMs;
		const accounts = [
			account('tired', { state: 'needs_sign_in', stateReason: 'refresh_token_reused', stateSince: since }),
			account('idle', { state: 'paused', stateSince: since }),
		];
		await opened.push(panel({ pool: pool({ revision: 42, accounts }) }));
		await page.getByText('Another program refreshed the same sign-in, since 14:19. Sign in again to use it.').waitFor();

		await page.getByRole('button', { name: 'Sign in again: tired@example.com' }).click();
		await button('Resume idle@example.com').click();
		await drawn(page);

		assert.deepEqual(asked('account/signIn'), [{ accountId: 'tired' }]);
		assert.deepEqual(asked('account/pause'), [{ accountId: 'idle', paused: false }]);
	});

	it('offers a new try and the log when the pool does not run', async () => {
		await opened.push(panel({ connection: 'offline', pool: null, problem: 'Port 2456 is used by another program.' }));
		await page.getByText('Port 2456 is used by another program.').waitFor();

		await button('Try Again').click();
		await drawn(page);

		assert.equal(asked('pool/retry').length, 1);
	});
});

/** The accessible name of what has the focus, through all shadow roots. */
function focusedName(page: Page): Promise<string> {
	return page.evaluate(() => {
		let focused = document.activeElement;
		while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
		return (focused?.getAttribute('aria-label') ?? focused?.textContent ?? '').replace(/[\uE000-\uF8FF]/g, '').trim();
	});
}

function hasFocusRing(page: Page): Promise<boolean> {
	return page.evaluate(() => {
		let focused = document.activeElement;
		while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
		const ringed = [focused, focused?.shadowRoot?.querySelector('.base')];
		return ringed.some(element => element instanceof Element && getComputedStyle(element).outlineStyle === 'solid');
	});
}
