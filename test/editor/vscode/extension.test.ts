import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { PoolClient } from '../../../src/client/poolClient.js';
import { accountsView } from '../../../src/editor/accountsView.js';
import { commandIds } from '../../../src/editor/commandIds.js';
import { statusClicks, statusFormats } from '../../../src/editor/statusText.js';
import type { AccountView } from '../../../src/shared/accountApi.js';
import { eventually } from '../../support/eventually.js';
import { listenOn } from '../../support/listenOn.js';
import { startUpstream, type Upstream } from '../../support/upstream/startUpstream.js';

const codexHome = fromEnvironment('CODEX_HOME');
const homeDir = fromEnvironment('CODEX_POOL_HOME');
const configFile = join(codexHome, 'config.toml');
const openCodeFile = fromEnvironment('OPENCODE_CONFIG');

describe('the extension in VS Code', () => {
	let upstream: Upstream;

	before(async () => {
		upstream = await startUpstream({ accounts: [{ email: 'ada@example.com' }] });
		await mkdir(codexHome, { recursive: true });
		await set('upstreamUrl', upstream.backendUrl);
		await set('issuerUrl', upstream.issuerUrl);
		await pool();
	});

	after(() => upstream.close());

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
		assert.deepEqual(upstream.violations, []);
	});

	it('does to an account that a row names what it is told, and asks nobody', async () => {
		const account = await theAccount();

		await vscode.commands.executeCommand(commandIds.pauseAccount, account.id);
		assert.equal((await theAccount()).state, 'paused');

		await vscode.commands.executeCommand(commandIds.resumeAccount, account.id);
		assert.equal((await theAccount()).state, 'active');

		await vscode.commands.executeCommand(commandIds.refreshUsage, account.id);
		assert.ok((await theAccount()).windows.length > 0);
	});

	it('shows the accounts in a view, and as a list whose entries lead on', async () => {
		await vscode.commands.executeCommand(accountsView.focusCommand);
		await vscode.env.clipboard.writeText('');

		await vscode.commands.executeCommand(commandIds.showAccounts);
		// Past the one account and Add Account.
		for (let row = 0; row < 2; row++) await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
		const key = await eventually('the pool key was chosen', async () => {
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
		const [account] = upstream.accounts;
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

	it('configures Codex after showing the change, and undoes it', async () => {
		await writeFile(configFile, '# mine\nmodel = "gpt-5"\n');

		await vscode.commands.executeCommand('notifications.clearAll');
		const configuring = vscode.commands.executeCommand(commandIds.configureCodex);
		const shown = await eventually('the change is shown', () => {
			const documents = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'codex-pool-preview');
			return preview() !== undefined && documents.length === 2 ? documents : undefined;
		});
		assert.match(shown.map(document => document.getText()).join(), /experimental_bearer_token = "cpk_•+"/);
		for (const document of shown) assert.doesNotMatch(document.getText(), /cpk_\w/);
		await untilDone(configuring, 'notification.acceptPrimaryAction');

		const written = await readFile(configFile, 'utf8');
		assert.match(written, new RegExp(`base_url = "http://127.0.0.1:${port()}/backend-api/codex"`));
		assert.ok(written.includes(await copyKey()));
		assert.equal(preview(), undefined);

		await vscode.commands.executeCommand(commandIds.undoCodexConfiguration);
		assert.equal(await readFile(configFile, 'utf8'), '# mine\nmodel = "gpt-5"\n');
	});

	it('leaves Codex as it is when the question is dismissed', async () => {
		const configuring = vscode.commands.executeCommand(commandIds.configureCodex);
		await eventually('the change is shown', preview);
		await untilDone(configuring, 'notifications.clearAll');

		assert.equal(await readFile(configFile, 'utf8'), '# mine\nmodel = "gpt-5"\n');
		assert.equal(preview(), undefined);
	});

	it('configures OpenCode in the layout of its file, and undoes it', async () => {
		const text = '{\n\t// mine\n\t"model": "openai/gpt-5.5",\n}\n';
		await mkdir(dirname(openCodeFile), { recursive: true });
		await writeFile(openCodeFile, text);

		const configuring = vscode.commands.executeCommand(commandIds.configureOpenCode);
		await eventually('the change is shown', preview);
		await untilDone(configuring, 'notification.acceptPrimaryAction');

		const written = await readFile(openCodeFile, 'utf8');
		assert.ok(
			written.startsWith('{\n\t// mine\n\t"model": "openai/gpt-5.5",\n\t"provider": {\n\t\t"openai": {'),
			written,
		);
		assert.ok(written.includes(`"baseURL": "http://127.0.0.1:${port()}/v1"`) && written.includes(await copyKey()));

		await vscode.commands.executeCommand(commandIds.undoOpenCodeConfiguration);
		assert.equal(await readFile(openCodeFile, 'utf8'), text);
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

	async function theAccount(): Promise<AccountView> {
		const [account] = (await (await pool()).state()).accounts;
		assert.ok(account);
		return account;
	}

	async function importAccount(): Promise<AccountView> {
		const [account] = upstream.accounts;
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
});

async function copyKey(): Promise<string> {
	await vscode.commands.executeCommand(commandIds.copyPoolKey);
	return vscode.env.clipboard.readText();
}

/** The pool of this window, as soon as it answers. */
function pool(): Promise<PoolClient> {
	return eventually('the pool answers', () => PoolClient.attach({ port: port(), homeDir }));
}

function port(): number {
	return Number(vscode.workspace.getConfiguration('codexPool').get('port'));
}

async function set(name: string, value: unknown): Promise<void> {
	await vscode.workspace.getConfiguration('codexPool').update(name, value, vscode.ConfigurationTarget.Global);
}

/** Takes the first entry of the list a command shows. */
function acceptQuickPickUntilDone(command: Thenable<unknown>): Promise<void> {
	return untilDone(command, 'workbench.action.acceptSelectedQuickOpenItem');
}

/** Gives an answer until it is heard: the editor does not tell when it is listening. */
async function untilDone(command: Thenable<unknown>, answer: string): Promise<void> {
	let isDone = false;
	void command.then(() => (isDone = true));
	await eventually('the command is done', async () => {
		if (isDone) return true;
		await vscode.commands.executeCommand(answer);
		return undefined;
	});
}

function preview(): vscode.Tab | undefined {
	return tabs().find(({ input }) => input instanceof vscode.TabInputTextDiff);
}

function panels(): vscode.Tab[] {
	return tabs().filter(
		({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('codexPool.panel'),
	);
}

function tabs(): vscode.Tab[] {
	return vscode.window.tabGroups.all.flatMap(group => group.tabs);
}

async function filesBelow(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
}

function fromEnvironment(name: string): string {
	const value = process.env[name];
	if (value === undefined) throw new Error(`${name} is not set: run these tests with npm run test:vscode`);
	return value;
}
