import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { accountsView } from '../../../src/editor/accountsView.js';
import { commandIds } from '../../../src/editor/commandIds.js';
import { statusClicks, statusFormats } from '../../../src/editor/statusText.js';
import type { AccountView } from '../../../src/shared/accountApi.js';
import { eventually } from '../../support/eventually.js';
import { listenOn } from '../../support/listenOn.js';
import {
	codexHome,
	copyKey,
	fromEnvironment,
	homeDir,
	pool,
	port,
	provider,
	set,
	tabs,
	untilDone,
} from './editorUnderTest.js';

describe('the extension in VS Code', () => {
	it('is active and has exactly the commands it declares', async () => {
		const extension = vscode.extensions.getExtension('codex-account-pool.codex-account-pool');
		assert.equal(extension?.isActive, true);

		const all = await vscode.commands.getCommands(true);

		// The editor itself makes commands of every view.
		const ours = all.filter(id => id.startsWith('codexPool.') && !id.startsWith(`${accountsView.id}.`));
		assert.deepEqual(ours.sort(), Object.values(commandIds).sort());
	});

	it('serves the configured port from a worker of its own', async () => {
		const reply = await fetch(`http://127.0.0.1:${port()}/healthz`);

		const health = (await reply.json()) as { service: string };
		assert.equal(health.service, 'codex-account-pool');
		const { owner } = await (await pool()).state();
		assert.equal(owner.pid, process.pid);
		assert.equal(owner.launcher, 'editor');
	});

	it('puts the pool key on the clipboard, and a request with it reaches the provider', async () => {
		const account = await importAccount();
		const key = await copyKey();
		assert.match(key, /^cpk_[\w-]{43}$/);

		const reply = await fetch(`http://127.0.0.1:${port()}/backend-api/codex/responses`, {
			method: 'POST',
			headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
			body: JSON.stringify({
				model: 'gpt-5.5',
				instructions: 'Be brief.',
				input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] }],
				store: false,
				stream: true,
			}),
		});

		assert.equal(reply.status, 200, await reply.clone().text());
		assert.match(await reply.text(), /response\.completed/);
		const state = await eventually('the request is shown', async () => {
			const { recentRequests } = await (await pool()).state();
			return recentRequests[0];
		});
		assert.equal(state.accountId, account.id);
		assert.deepEqual(provider().violations, []);
	});

	it('does to an account that a row names what it is told, and asks nobody', async () => {
		const account = await theAccount();

		await vscode.commands.executeCommand(commandIds.pauseAccount, account.id);
		assert.equal((await theAccount()).state, 'paused');

		await vscode.commands.executeCommand(commandIds.resumeAccount, account.id);
		assert.equal((await theAccount()).state, 'active');

		await vscode.commands.executeCommand(commandIds.doNotUseAccount, account.id);
		assert.equal((await theAccount()).selected, false);

		await vscode.commands.executeCommand(commandIds.useAccount, account.id);
		assert.equal((await theAccount()).selected, true);

		await vscode.commands.executeCommand(commandIds.refreshUsage, account.id);
		assert.ok((await theAccount()).windows.length > 0);
	});

	it('shows the accounts in a view, and as a list whose entries lead on', async () => {
		await vscode.commands.executeCommand(accountsView.focusCommand);
		await vscode.env.clipboard.writeText('');

		const key = await eventually('the pool key was chosen', async () => {
			await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
			await vscode.commands.executeCommand(commandIds.showAccounts);
			// Past the one account and Add Account. A list that is not drawn yet does not hear it.
			for (let row = 0; row < 2; row++) await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
			await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
			return (await vscode.env.clipboard.readText()) || undefined;
		});

		assert.match(key, /^cpk_/);
	});

	it('takes every format of the status bar without starting the pool anew', async () => {
		const { owner } = await (await pool()).state();

		for (const format of [...statusFormats, undefined]) await set('statusBar.format', format);
		for (const click of [...statusClicks, undefined]) await set('statusBar.click', click);

		const { owner: same } = await (await pool()).state();
		assert.equal(same.startedAt, owner.startedAt);
	});

	it('copies the base URL that was chosen', async () => {
		await vscode.env.clipboard.writeText('');

		const copying = vscode.commands.executeCommand(commandIds.copyBaseUrl);
		await acceptQuickPickUntilDone(copying);

		assert.equal(await vscode.env.clipboard.readText(), `http://127.0.0.1:${port()}/v1`);
	});

	it('keeps tokens out of everything it writes to disk', async () => {
		const [account] = provider().accounts;
		assert.ok(account);
		const key = await copyKey();

		const secrets = [account.accessToken, account.refreshToken, key].map(secret => Buffer.from(secret));
		const files = await filesBelow(fromEnvironment('VSX_USER_DIR'));

		assert.ok(files.some(file => file.endsWith('pool.sqlite')));
		for (const file of [...files, ...(await filesBelow(homeDir))]) {
			const bytes = await readFile(file);
			for (const secret of secrets) assert.equal(bytes.includes(secret), false, file);
		}
	});

	it('opens one panel, however often it is asked', async () => {
		await vscode.commands.executeCommand(commandIds.openPanel);
		await vscode.commands.executeCommand(commandIds.openPanel);

		const tabs = await eventually('the panel is there', () => (panels().length > 0 ? panels() : undefined));
		assert.equal(tabs.length, 1);
	});

	it('starts the pool again after it was shut down', async () => {
		const before = await pool();
		const { owner } = await before.state();

		// The runtime may be gone before its answer is.
		await before.shutDown().catch(() => undefined);

		await eventually('a new one runs', async () => {
			const now = await (await pool()).state();
			return now.owner.startedAt > owner.startedAt ? now : undefined;
		});
	});

	it('reports a port that another program holds, and comes back on a free one', async () => {
		const taken = await listenOn(0, socket => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'));
		const free = port();
		const key = await copyKey();

		await set('port', taken.port);
		await eventually('the old port is free', () =>
			fetch(`http://127.0.0.1:${free}/healthz`).then(
				() => undefined,
				() => true,
			),
		);
		await vscode.env.clipboard.writeText('untouched');
		await vscode.commands.executeCommand(commandIds.copyPoolKey);
		assert.equal(await vscode.env.clipboard.readText(), 'untouched');
		await set('port', free);
		await pool();

		assert.equal(await copyKey(), key, 'clients keep their key');
		await taken.close();
	});
});

async function theAccount(): Promise<AccountView> {
	const [account] = (await (await pool()).state()).accounts;
	assert.ok(account);
	return account;
}

async function importAccount(): Promise<AccountView> {
	const [account] = provider().accounts;
	assert.ok(account);
	const authFile = join(codexHome, 'auth.json');
	await writeFile(authFile, JSON.stringify(account.authFile()));
	await acceptQuickPickUntilDone(vscode.commands.executeCommand(commandIds.importAccount));
	await rm(authFile);
	const { accounts } = await (await pool()).state();
	const view = accounts.find(({ email }) => email === account.email);
	assert.ok(view);
	return view;
}

/** Takes the first entry of the list a command shows. */
function acceptQuickPickUntilDone(command: Thenable<unknown>): Promise<void> {
	return untilDone(command, 'workbench.action.acceptSelectedQuickOpenItem');
}

function panels(): vscode.Tab[] {
	return tabs().filter(
		({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('codexPool.panel'),
	);
}

async function filesBelow(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
}
