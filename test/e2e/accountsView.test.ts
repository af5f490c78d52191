import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { PoolClient } from '../../src/client/poolClient.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import { eventually } from '../support/eventually.js';
import type { VscodeWindow } from '../support/vscodeWindow.js';
import type { PoolInVscode } from './poolInVscode.js';
import { adaAndGrace, withPool } from './withPool.js';

/** Who uses the pool without its panel: the view in the activity bar, the list of accounts and the status bar. */
describe('the pool without its panel', function () {
	this.timeout(120_000);
	this.bail(true);

	let pool: PoolInVscode;
	let client: PoolClient;
	let window: VscodeWindow;

	withPool(
		{
			accounts: adaAndGrace,
		},
		open => void ({ pool, client, window } = open),
	);

	it('welcomes a user who has no account yet', async () => {
		await window.page.locator('.activitybar [aria-label^="Codex Pool"]').first().click();

		await window.page.locator('.welcome-view .monaco-button', { hasText: 'Add Account' }).waitFor();
		await window.picture('6-view-empty');
	});

	it('shows accounts and their windows as soon as there are any', async () => {
		const [ada] = pool.upstream.accounts;
		ada?.spend('5h', 38);
		await client.importAccounts(pool.upstream.accounts.map(account => JSON.stringify(account.authFile())));
		await client.refreshAccounts();

		await row('ada@example.com', '5h 62%').waitFor();
		await row('ada@example.com').locator('.monaco-tl-twistie').click();
		await row('62% left').waitFor();
	});

	it('lets the pool use an account by its checkbox, and no more', async () => {
		await checkbox('grace@example.com').click();
		await until('grace is left out', ({ accounts }) => find(accounts, 'grace')?.selected === false);

		await checkbox('grace@example.com').click();
		await until('grace is back', ({ accounts }) => find(accounts, 'grace')?.selected === true);
	});

	it('pauses and resumes an account on its row', async () => {
		await press('grace@example.com', 'Pause Account');
		await row('grace@example.com', 'paused').waitFor();
		await window.picture('6-view');

		await press('grace@example.com', 'Resume Account');
		await until('grace serves again', ({ accounts }) => find(accounts, 'grace')?.state === 'active');
	});

	it('takes the order that accounts are dragged into', async () => {
		await window.insist('grace is first', async () => {
			await row('grace@example.com').dragTo(row('ada@example.com'), { timeout: 5_000 });
			await until('the order is kept', ({ accounts }) => accounts[0]?.email === 'grace@example.com');
		});

		await window.page.locator('.monaco-list-row[aria-level="1"][data-index="0"]', { hasText: 'grace' }).waitFor();
	});

	it('lists the accounts, and follows what happens while the list is open', async () => {
		await window.runCommand('Codex Pool: Show Accounts');
		const list = window.page.locator('.quick-input-list');
		await list.getByText('Copy Pool Key').waitFor();
		const [account] = (await client.state()).accounts;
		assert.ok(account);

		await client.changeAccount(account.id, { name: 'My other account' });

		await list.getByText('My other account').waitFor();
		await window.picture('6-list');
		await window.chooseOnce('My other account');
		await window.choose('Pause Account');
		await until('it is paused', ({ accounts }) => accounts[0]?.state === 'paused');
	});

	it('shows in the status bar what its user wants there, and does what a click is to do', async () => {
		await window.statusItem.filter({ hasText: '5h 62%' }).waitFor();

		await set({ 'codexPool.statusBar.format': 'pool', 'codexPool.statusBar.click': 'quickPick' });
		await window.statusItem.filter({ hasText: '1/2 · 62%' }).waitFor();
		await window.insist('a click shows the list', async () => {
			await window.statusItem.click({ timeout: 5_000 });
			await window.page.locator('.quick-input-list').getByText('Copy Pool Key').waitFor({ timeout: 5_000 });
		});
	});

	it('offers to undo only what has been done', async () => {
		const undo = 'Codex Pool: Undo Codex Configuration';
		assert.equal(await isOffered(undo), false);

		await window.runCommand('Codex Pool: Configure Codex');
		await window.answer('Write this change to', 'Apply');
		await window.notification('Codex uses the pool from its next start on');

		assert.equal(await isOffered(undo), true);
	});

	it('tells why it does not work, for others to read too, and leads to what mends it', async () => {
		const file = join(pool.vscode.codexHome, 'config.toml');
		await writeFile(file, (await readFile(file, 'utf8')).replace(/cpk_[\w-]{4}/, 'cpk_0000'));
		const list = window.page.locator('.quick-input-list');

		await window.insist('the list says what is wrong', async () => {
			await window.runCommand('Codex Pool: Check Setup');
			await list.getByText('Codex sends a key that the pool does not know.').waitFor({ timeout: 5_000 });
		});
		await window.picture('6-setup');
		await window.page.locator('.quick-input-widget [aria-label="Copy Report"]').first().click();
		await window.page.locator('.statusbar-item', { hasText: 'Copied the report' }).waitFor();
		await list.locator('.monaco-list-row', { hasText: 'Configure Codex' }).click();
		await window.answer('Write this change to', 'Apply');
		await window.notification('Codex uses the pool from its next start on');

		const report = await window.readClipboard();
		assert.match(report, /^✗ Codex +Codex sends a key that the pool does not know\.\n +→ Configure Codex$/m);
		assert.doesNotMatch(report, /@|cpk_/);
	});

	/** By the command palette. */
	async function isOffered(title: string): Promise<boolean> {
		await window.page.keyboard.press('F1');
		await window.input.fill(`>${title}`);
		const entries = window.page.locator('.quick-input-list .monaco-list-row');
		// What is not offered is answered with something similar, or with a word that there is nothing.
		await entries.first().waitFor();
		const found = await entries.filter({ hasText: title }).count();
		await window.page.keyboard.press('Escape');
		return found > 0;
	}

	function row(...texts: readonly string[]): Locator {
		const rows = window.page.locator('.pane-body .monaco-list-row');
		return texts.reduce((found, text) => found.filter({ hasText: text }), rows);
	}

	function checkbox(account: string): Locator {
		return row(account).locator('.custom-view-tree-node-item-checkbox').first();
	}

	async function press(account: string, title: string): Promise<void> {
		await window.insist(`${title} is pressed`, async () => {
			// Buttons show where the mouse is; the row's own hover, which comes later, must not cover them.
			await window.page.mouse.move(900, 600);
			await row(account).hover({ timeout: 5_000, position: { x: 40, y: 8 } });
			await row(account).locator(`.action-label[aria-label^="${title}"]`).click({ timeout: 5_000, force: true });
		});
	}

	async function until(what: string, holds: (state: PoolState) => boolean): Promise<void> {
		await eventually(what, async () => holds(await client.state()) || undefined);
	}

	async function set(settings: Readonly<Record<string, unknown>>): Promise<void> {
		const file = join(pool.vscode.folder, 'user', 'User', 'settings.json');
		const present = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
		await writeFile(file, JSON.stringify({ ...present, ...settings }));
		// VS Code in a browser does not look at the file by itself.
		await window.page.reload();
		await window.isReady();
	}
});

function find(accounts: readonly AccountView[], name: string): AccountView | undefined {
	return accounts.find(({ email }) => email?.startsWith(name));
}
