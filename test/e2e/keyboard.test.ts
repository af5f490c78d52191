import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { PoolClient } from '../../src/client/poolClient.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import { eventually } from '../support/eventually.js';
import type { VscodeWindow } from '../support/vscodeWindow.js';
import { KeyboardUser } from './keyboardUser.js';
import type { PoolInVscode } from './poolInVscode.js';
import { adaAndGrace, withPool } from './withPool.js';

/** From the walkthrough to the last menu without a mouse: every step builds on the one before. */
describe('the extension by keyboard alone', function () {
	this.timeout(120_000);
	this.bail(true);

	let pool: PoolInVscode;
	let client: PoolClient;
	let window: VscodeWindow;
	let user: KeyboardUser;
	let key: string;

	withPool(
		{
			accounts: adaAndGrace,
		},
		async open => {
			({ pool, client, window } = open);
			user = await KeyboardUser.at(window);
		},
	);

	afterEach(() => {
		user.assertNoMouse();
		assert.deepEqual(pool.upstream.violations, []);
	});

	it('adds an account from the walkthrough', async () => {
		await user.runCommand('Welcome: Open Walkthrough', 'Get Started with Account Pool for Codex');
		const button = window.page.locator('.gettingStartedContainer .monaco-button', { hasText: 'Add Account' });
		await button.waitFor();
		await window.picture('20-walkthrough');

		const login = await window.externalPage(async () => {
			await user.pressOn(button, 'Enter');
			await user.choose('Browser');
		});
		await user.walkTo(login.getByRole('button', { name: 'ada@example.com' }), 'Tab', login);
		await login.keyboard.press('Enter');
		await login.getByText('You can close this tab').waitFor();
		await login.close();

		await user.isTold('ada@example.com is in the pool');
		await until('ada is in the pool', ({ accounts }) => accounts[0]?.email === 'ada@example.com');
		await client.importAccounts(pool.upstream.accounts.slice(1).map(account => JSON.stringify(account.authFile())));
	});

	it('configures Codex after looking at the change, and undoes it', async () => {
		const config = join(pool.vscode.codexHome, 'config.toml');
		const apply = window.page.locator('.notification-toast .monaco-button', { hasText: 'Apply' });
		await user.runCommand('Codex Pool: Configure Codex');
		await user.isAt(window.page.locator('.notification-toast', { hasText: 'Write this change to' }));
		await window.page.locator('.view-line', { hasText: 'experimental_bearer_token' }).first().waitFor();
		await user.pressOn(apply, 'Enter');
		await user.isTold('Codex uses the pool from its next start on');
		assert.match(await readFile(config, 'utf8'), /backend-api\/codex/);

		await user.answer('Codex uses the pool from its next start on', 'Undo');

		await user.isTold('Codex no longer uses the pool');
		await assert.rejects(readFile(config), { code: 'ENOENT' });
	});

	it('copies the key and the address, which work together', async () => {
		await user.runCommand('Codex Pool: Copy Pool Key');
		key = await copied(/^cpk_/);
		await user.runCommand('Codex Pool: Copy Base URL', 'OpenAI');
		const baseUrl = await copied(/^http/);

		for (const input of ['Hello', 'Hello again']) {
			const { status, text } = await ask(baseUrl, key, input);
			assert.equal(status, 200, text);
		}
	});

	it('comes to the panel by the status bar', async () => {
		// A notification that has the focus keeps it from the parts of the window.
		await user.runCommand('Notifications: Clear All Notifications');
		await user.walkTo(window.page.locator('.part.statusbar'), 'F6');
		await user.pressOn(window.statusItem, 'Enter', 'ArrowRight');

		await window.page.locator('.tab.active', { hasText: 'Codex Pool' }).waitFor();
		await tab('Overview').waitFor();
		await user.walkTo(tab('Overview'));
		await window.picture('21-panel');
	});

	it('pauses, resumes and moves accounts by their menus', async () => {
		const menu = window.panel.getByRole('button', { name: 'More actions for grace@example.com' });
		await goToTab('Accounts');

		await user.pressOn(menu, 'Enter');
		await user.pressOn(menuItem('Pause'), 'Enter', 'ArrowDown');
		await until('grace is paused', ({ accounts }) => accounts[1]?.state === 'paused');
		await user.isAt(menu);
		await user.press('Enter');
		await user.pressOn(menuItem('Resume'), 'Enter', 'ArrowDown');
		await until('grace serves again', ({ accounts }) => accounts[1]?.state === 'active');

		await user.isAt(menu);
		await user.press('ArrowUp');
		await user.walkTo(menuItem('Move Up'), 'ArrowUp');
		await window.picture('22-menu');
		await user.press('Enter');
		await until('grace is first', ({ accounts }) => accounts[0]?.email === 'grace@example.com');
		await user.isAt(menu);
	});

	it('walks through the requests, and sees why one went its way', async () => {
		const log = window.panel.getByRole('grid', { name: 'Requests, newest first' });
		const active = log.locator('.row.active');
		const details = window.panel.locator('.drawer');
		await goToTab('Requests');
		await user.walkTo(log);
		await active.and(log.locator('[aria-rowindex="2"]')).waitFor();
		await user.press('ArrowDown');
		await active.and(log.locator('[aria-rowindex="3"]')).waitFor();

		await user.press('Enter');

		await user.isAt(details);
		await details.getByText('Why it went this way').waitFor();
		await details.getByText('was chosen').first().waitFor();
		await window.picture('23-request');
		await user.press('Escape');
		await details.waitFor({ state: 'detached' });
		await user.isAt(log);
	});

	it('makes a name for a model and takes it away', async () => {
		const add = window.panel.getByRole('button', { name: 'Add Name' });
		await goToTab('Models');
		await user.pressOn(add, 'Enter');
		await user.isAt(window.panel.getByRole('textbox', { name: 'Name' }));

		await user.type('quick');
		await user.press('Enter');

		const change = window.panel.getByRole('button', { name: 'Change quick' });
		await change.waitFor();
		assert.ok((await client.listModels()).some(({ name, kind }) => name === 'quick' && kind === 'alias'));
		await user.pressOn(window.panel.getByRole('button', { name: 'Remove quick' }), 'Enter');
		await change.waitFor({ state: 'detached' });
		await user.isAt(add);
	});

	it('makes a key, copies it, and revokes it', async () => {
		const add = window.panel.getByRole('button', { name: 'Add Key' });
		const secret = window.panel.getByRole('group', { name: 'The secret of Build server' });
		await goToTab('Keys');
		await user.pressOn(add, 'Enter');
		await user.isAt(window.panel.getByRole('textbox', { name: 'Name' }));
		await user.type('Build server');
		await user.press('Enter');

		await user.isAt(secret.getByRole('button', { name: 'Copy' }));
		await window.picture('24-key');
		await user.press('Enter');
		await secret.getByRole('button', { name: 'Copied' }).waitFor();
		const made = await copied(/^cpk_/);
		assert.notEqual(made, key);
		assert.equal((await ask(`http://127.0.0.1:${pool.port}/v1`, made, 'Hello')).status, 200);
		await user.press('Escape');
		await user.isAt(window.panel.getByRole('button', { name: 'Change Build server' }));

		const menu = window.panel.getByRole('button', { name: 'More actions for Build server' });
		const question = window.page.locator('.monaco-dialog-box', { hasText: 'Revoke Build server?' });
		await user.pressOn(menu, 'Enter');
		await user.pressOn(menuItem('Revoke…'), 'Enter', 'ArrowDown');
		await question.waitFor();
		await user.press('Escape');
		await user.isAt(menu);
		await user.press('Enter');
		await user.pressOn(menuItem('Revoke…'), 'Enter', 'ArrowDown');
		await question.waitFor();
		await user.pressOn(question.locator('.monaco-button', { hasText: 'Revoke' }), 'Enter');

		await eventually(
			'the key is gone',
			async () => !(await client.listKeys()).some(({ name }) => name === 'Build server') || undefined,
		);
		assert.equal((await ask(`http://127.0.0.1:${pool.port}/v1`, made, 'Hello')).status, 401);
		await user.isAt(window.panel.getByRole('button', { name: 'More actions for Default' }));
	});

	it('uses the view in the activity bar', async () => {
		// In a webview F6 only leads back to it; commands lead everywhere.
		await user.runCommand('View: Focus Activity Bar');
		const icons = window.page.locator('.activitybar .action-item');
		const icon = icons.filter({ has: window.page.locator('[aria-label^="Codex Pool"]') });
		await user.pressOn(icon, 'Enter', 'ArrowDown');
		const tree = window.page.locator('.pane-body .monaco-list');
		const row = (account: string) => tree.locator('.monaco-list-row[aria-level="1"]', { hasText: account });
		await row('ada').waitFor();
		await user.walkTo(tree);
		await window.picture('25-view');

		// On a row Space opens it; on its checkbox, a step of the Tab key further, it ticks.
		const checkbox = row('ada').locator('.custom-view-tree-node-item-checkbox');
		await user.pressOn(checkbox, 'Space');
		await until('ada is left out', ({ accounts }) => accounts[1]?.selected === false);
		await user.pressOn(checkbox, 'Space');
		await until('ada is back', ({ accounts }) => accounts[1]?.selected === true);

		await user.walkTo(tree.and(window.page.locator(':focus')), 'Shift+Tab');
		await focusRow('ada');
		await user.press('Shift+F10');
		const move = window.page.locator('.context-view .action-item', { hasText: 'Move Account Up' });
		await move.waitFor();
		await user.walkTo(move, 'ArrowDown');
		await window.picture('26-context-menu');
		await user.press('Enter');
		await until('ada is first', ({ accounts }) => accounts[0]?.email === 'ada@example.com');

		async function focusRow(account: string): Promise<void> {
			await user.press('Home');
			if (!(await row(account).and(tree.locator('.focused')).count())) await user.press('ArrowDown');
			await row(account).and(tree.locator('.focused')).waitFor();
		}
	});

	it('pauses an account by the button of its row in the list', async () => {
		await user.runCommand('Codex Pool: Show Accounts');
		const row = window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'ada@example.com' });
		await row.and(window.page.locator('.focused')).waitFor();
		await user.isAt(window.input);
		await user.pressOn(row.locator('[aria-label^="Pause Account"]'), 'Enter');

		await until('ada is paused', ({ accounts }) => accounts[0]?.state === 'paused');
		await window.picture('27-list');
	});

	function tab(name: string): Locator {
		return window.panel.getByRole('tab', { name });
	}

	function menuItem(name: string): Locator {
		return window.panel.getByRole('menuitem', { name });
	}

	async function goToTab(name: string): Promise<void> {
		const tabs = window.panel.getByRole('tablist');
		await user.walkTo(tabs, 'Shift+Tab');
		await user.walkTo(tab(name), 'ArrowRight');
		await tab(name).and(window.panel.locator('[aria-selected=true]')).waitFor();
	}

	async function copied(form: RegExp): Promise<string> {
		return eventually('it is on the clipboard', async () => {
			const text = await window.readClipboard();
			return form.test(text) ? text : undefined;
		});
	}

	async function until(what: string, holds: (state: PoolState) => boolean): Promise<void> {
		await eventually(what, async () => holds(await client.state()) || undefined);
	}
});

async function ask(baseUrl: string, key: string, input: string): Promise<{ status: number; text: string }> {
	const reply = await fetch(`${baseUrl}/responses`, {
		method: 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
		body: JSON.stringify({ model: 'gpt-5.5', input, stream: true }),
	});
	return { status: reply.status, text: await reply.text() };
}
