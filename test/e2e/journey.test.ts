import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import type { Upstream } from '../support/upstream/startUpstream.js';
import type { VscodeServer } from '../support/vscodeServer.js';
import type { VscodeWindow } from '../support/vscodeWindow.js';
import { workThrough } from '../support/workday.js';
import { signInAs } from './loginPage.js';
import { PoolInVscode } from './poolInVscode.js';

/** What a user does, in order: every step builds on the one before. */
describe('the extension as a user installs it', function () {
	this.timeout(120_000);
	this.bail(true);

	let pool: PoolInVscode;
	let upstream: Upstream;
	let vscode: VscodeServer;
	let window: VscodeWindow;
	let port: number;
	let key: string;

	before(async () => {
		pool = await PoolInVscode.start([
			{ email: 'ada@example.com', plan: 'plus' },
			{ email: 'grace@example.com', plan: 'pro' },
			{ email: 'alan@example.com', plan: 'plus' },
		]);
		({ upstream, vscode, port } = pool);
		window = await vscode.openWindow();
	});

	after(() => pool.close());

	afterEach(async function () {
		if (this.currentTest?.state === 'failed') await window.picture(`failed-${this.currentTest.title.slice(0, 40)}`);
	});

	it('asks for an account in the status bar', async () => {
		await window.statusItem.filter({ hasText: 'Add account' }).waitFor();

		await window.picture('1-start');
	});

	it('adds accounts through the browser', async () => {
		const spent = [
			[22, 46],
			[8, 31],
			[55, 12],
		] as const;
		for (const [index, [fiveHours, week]] of spent.entries()) {
			upstream.accounts[index]?.spend('5h', fiveHours);
			upstream.accounts[index]?.spend('weekly', week);
			upstream.accounts[index]?.usage.window('5h').resetIn((index + 1) * 71 * 60_000);
			upstream.accounts[index]?.usage.window('weekly').resetIn((5 - index) * 29 * 3_600_000);
		}
		for (const account of upstream.accounts) {
			const login = await window.externalPage(async () => {
				// The editor in a browser cannot know that this browser is on the pool's machine, so it asks.
				await window.runCommand('Codex Pool: Add Account', 'Browser');
			});
			assert.ok(login.url().startsWith(upstream.issuerUrl), login.url());
			await signInAs(account, login);
			await window.notification(`${account.email} is in the pool`);
		}

		await window.statusItem.filter({ hasText: '%' }).waitFor();
		await window.picture('2-accounts');
	});

	it('hands out the key, and answers a client that uses it', async () => {
		await window.runCommand('Codex Pool: Copy Pool Key');
		await window.notification('The pool key is on the clipboard');
		key = await window.readClipboard();
		assert.match(key, /^cpk_/);

		const { status, text } = await ask(port, key);

		assert.equal(status, 200, text);
		assert.match(text, /response\.completed/);
		assert.deepEqual(upstream.violations, []);
	});

	it('moves a thread to another account when its own is spent', async () => {
		const { owner } = await pool.state();

		await workThrough({ owner, key }, upstream);

		const { recentRequests } = await pool.state();
		assert.deepEqual(new Set(recentRequests.map(({ status }) => status)), new Set([200]));
		assert.ok(
			recentRequests.some(({ attempts }) => attempts.length > 1),
			'one of them was moved',
		);
		assert.deepEqual(upstream.violations, []);
	});

	it('shows accounts and the request in the panel', async () => {
		await window.runCommand('View: Close Primary Side Bar');
		await window.dismissNotifications();
		await window.openPanel();

		for (const { email } of upstream.accounts) await window.panelShows(email);
		await window.picture('3-panel');
		await window.panelTab('Models');
		await window.panelShows('gpt-6-sol');
		await window.picture('3-panel-models');
		await window.panelTab('Requests');
		await window.panelShows('gpt-6-sol');
		await window.picture('3-panel-requests');
		await window.panelTab('Accounts');
		await window.picture('3-panel-accounts');
	});

	it('tells in the status bar how much is left', async () => {
		await window.hoverStatus('ada@example.com');

		await window.picture('3-status-bar');
		await window.page.mouse.move(700, 300);
	});

	it('follows what happens while it is open', async () => {
		const client = await pool.connect();
		const [first] = (await client.state()).accounts;
		assert.ok(first);

		await client.changeAccount(first.id, { name: 'My work account' });

		await window.panelShows('My work account');
		client.dispose();
	});

	it('configures Codex after showing the change', async () => {
		const question = window.page.locator('.notification-toast', {
			hasText: /Write this change to .*Codex lists sessions/,
		});
		await window.insist('the question has the focus, and Apply is one key away', async () => {
			await window.runCommand('Codex Pool: Configure Codex');
			await question.locator(':focus').waitFor({ timeout: 5_000 });
			await window.page.keyboard.press('Tab');
			await question.locator('.monaco-button:focus', { hasText: 'Apply' }).waitFor({ timeout: 5_000 });
		});
		await window.page.locator('.view-line', { hasText: 'experimental_bearer_token' }).first().waitFor();
		await window.picture('4-configure');

		await window.page.keyboard.press('Enter');
		await window.notification('Codex uses the pool from its next start on');

		await window.panelTab('Connect');
		await window.panelShows('Uses this pool');
		const config = await readFile(join(vscode.codexHome, 'config.toml'), 'utf8');
		assert.ok(config.includes(key) && config.includes(`http://127.0.0.1:${port}/backend-api/codex`));
	});

	it('leaves OpenCode as it is when the answer is no, and configures it when it is yes', async () => {
		await window.dismissNotifications();
		await window.runCommand('Codex Pool: Configure OpenCode');
		await window.answer('Write this change to', 'Cancel');
		await window.page.locator('.monaco-diff-editor').waitFor({ state: 'detached' });
		await assert.rejects(readFile(vscode.openCodeConfig), { code: 'ENOENT' });

		await window.runCommand('Codex Pool: Configure OpenCode');
		await window.page.locator('.view-line', { hasText: 'apiKey' }).first().waitFor();
		await window.answer('Write this change to', 'Apply');
		await window.notification('OpenCode uses the pool from its next start on');

		await window.dismissNotifications();
		await window.picture('4-panel');
		const config = await readFile(vscode.openCodeConfig, 'utf8');
		assert.ok(config.includes(key) && config.includes(`http://127.0.0.1:${port}/v1`));
	});

	it('attaches a second window and hands the pool over when the first one closes', async () => {
		const firstOwner = await ownerPid(pool);
		const second = await vscode.openWindow();
		await second.statusItem.filter({ hasText: '%' }).waitFor();
		assert.equal(await ownerPid(pool), firstOwner, 'the second window only attaches');

		await window.close();
		window = second;

		await eventually('the second window owns the pool', async () =>
			(await ownerPid(pool)) === firstOwner ? undefined : true,
		);
		const { status, text } = await ask(port, key);
		assert.equal(status, 200, text);
		await second.openPanel();
		await second.panelTab('Accounts');
		await second.panelShows('My work account');
		await second.picture('5-second-window');
	});

	it('keeps accounts and key over a restart of the window', async () => {
		await window.page.reload();
		await window.isReady();

		await window.statusItem.filter({ hasText: '%' }).waitFor();
		const answered = await eventually('the pool answers again', async () => {
			const answer = await ask(port, key);
			return answer.status === 200 ? answer : undefined;
		});
		assert.match(answered.text, /response\.completed/);
		await window.panelTab('Accounts');
		await window.panelShows('My work account');
	});

	it('removes an account only after asking', async () => {
		await window.runCommand('Codex Pool: Remove Account', 'grace@example.com');
		const question = await window.dialog('Remove grace@example.com from the pool?');
		await window.picture('6-remove');

		await question.locator('.monaco-button', { hasText: 'Remove' }).click();

		await window.panel.getByText('grace@example.com').first().waitFor({ state: 'detached' });
	});

	it('undoes the configuration of both clients', async () => {
		await window.runCommand('Codex Pool: Undo Codex Configuration');
		await window.notification('Codex no longer uses the pool');
		await window.runCommand('Codex Pool: Undo OpenCode Configuration');
		await window.notification('OpenCode no longer uses the pool');

		await assert.rejects(readFile(join(vscode.codexHome, 'config.toml')), { code: 'ENOENT' });
		await assert.rejects(readFile(vscode.openCodeConfig), { code: 'ENOENT' });
	});
});

async function ask(port: number, key: string): Promise<{ status: number; text: string }> {
	const reply = await fetch(`http://127.0.0.1:${port}/v1/responses`, {
		method: 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
		body: JSON.stringify({ model: 'gpt-5.5', input: 'Hello', stream: true }),
	});
	return { status: reply.status, text: await reply.text() };
}

async function ownerPid(pool: PoolInVscode): Promise<number> {
	return (await pool.state()).owner.pid;
}
