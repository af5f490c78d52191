import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAuthFile } from '../../src/core/accounts/authFile.js';
import type { SimulatedAccount } from '../support/upstream/accounts.js';
import type { VscodeWindow } from '../support/vscodeWindow.js';
import { addressAfterSignIn, approveCode, signInAs } from './loginPage.js';
import { PoolInVscode } from './poolInVscode.js';
import { TokenTraces } from './tokenTraces.js';

const people = ['ada', 'grace', 'alan', 'barbara', 'edsger', 'stranger'] as const;
const addAccount = 'Codex Pool: Add Account';

/** Every way into the pool and out of it. The browser's own way is part of the journey. */
describe('signing in, in VS Code', function () {
	this.timeout(120_000);
	this.bail(true);

	const traces = new TokenTraces();
	let pool: PoolInVscode;
	let window: VscodeWindow;
	/** Outside of all that VS Code and the pool have: account files hold tokens. */
	let files: string;

	before(async () => {
		files = await mkdtemp(join(tmpdir(), 'codex-pool-files-'));
		pool = await PoolInVscode.start(people.map(name => ({ email: `${name}@example.com`, plan: 'plus' })));
		window = await pool.vscode.openWindow();
		await window.runCommand('View: Close Primary Side Bar');
	});

	after(async () => {
		await pool.close();
		await rm(files, { recursive: true, force: true });
	});

	beforeEach(() => traces.note(pool.upstream.accounts));

	afterEach(async function () {
		if (this.currentTest?.state === 'failed') await window.picture(`failed-${this.currentTest.title.slice(0, 40)}`);
		traces.note(pool.upstream.accounts);
		assert.deepEqual(await traces.filesBelow(pool.vscode.folder), []);
		assert.deepEqual(pool.upstream.violations, []);
	});

	it('adds an account by a code that is typed in elsewhere', async () => {
		const code = await startWithCode('7-device-code');
		const page = await window.externalPage(() => pressInDialog('Copy Code and Open Page'));
		await window.notification(`Enter the code ${code} at`);
		await window.page.locator('.notifications-toasts [role=progressbar].active').waitFor({ state: 'attached' });
		await window.picture('7-device-progress');
		assert.equal(await window.readClipboard(), code);

		await approveCode(code, person('ada'), page);

		await window.notification('ada@example.com is in the pool');
		assert.deepEqual(await emails(), ['ada@example.com']);
	});

	it('forgets a code whose sign-in is cancelled, before the page is open and after', async () => {
		const unused = await startWithCode();
		await pressInDialog('Cancel');
		await window.answer('The sign-in was cancelled.', 'Another Way…');
		await window.choose('Device code');
		const code = await readCode();
		const page = await window.externalPage(() => pressInDialog('Copy Code and Open Page'));
		await window.answer(`Enter the code ${code} at`, 'Cancel');
		await window.notification('The sign-in was cancelled.');
		await window.dismissNotifications();

		// Nobody asks the provider any more: the last test of all finds that these have led to nothing.
		await approveCode(code, person('stranger'), page);
		assert.ok(pool.upstream.approveDevice(unused, person('stranger')));
		assert.deepEqual(await emails(), ['ada@example.com']);
	});

	it('adds an account by the address that the browser ends on, and says so of another address', async () => {
		const login = await window.externalPage(() => window.runCommand(addAccount, 'Paste the address'));
		const address = await addressAfterSignIn(person('grace'), login);

		await window.input.fill('https://chatgpt.com/codex');
		await window.input.press('Enter');
		await window.page.getByText('This is not the address that the browser ended on.').waitFor();
		await window.picture('8-paste-wrong');
		await window.input.fill(address);
		await window.input.press('Enter');

		await window.notification('grace@example.com is in the pool');
		assert.deepEqual(await emails(), ['ada@example.com', 'grace@example.com']);
	});

	it("imports Codex's own account, which it offers first", async () => {
		const ownFile = join(pool.vscode.codexHome, 'auth.json');
		await mkdir(pool.vscode.codexHome, { recursive: true });
		await writeFile(ownFile, JSON.stringify(person('alan').authFile()));

		await window.runCommand('Codex Pool: Import Account', 'Account of Codex');

		await window.notification('alan@example.com is in the pool');
		assert.deepEqual(await traces.filesBelow(pool.vscode.folder), [ownFile], 'a token that is there is found');
		await rm(ownFile);
	});

	it('imports several accounts at once', async () => {
		for (const name of ['barbara', 'edsger'] as const) {
			await writeFile(join(files, `${name}.json`), JSON.stringify(person(name).authFile()));
		}
		await writeFile(join(files, 'notes.txt'), 'no account');

		await window.insist('the folder is chosen', async () => {
			await window.runCommand('Codex Pool: Import Account');
			await window.typePath(`${files}/`, 'edsger.json');
			await window.picture('9-import');
			await window.acceptPath(`${files}/`, 'Import');
		});

		await window.notification('barbara@example.com, edsger@example.com are in the pool');
		assert.equal((await emails()).length, 5);
	});

	it('refuses somebody else where an account is signed in again, and takes the right one then', async () => {
		const login = await window.externalPage(() =>
			window.runCommand('Codex Pool: Sign In Again', 'ada@example.com', 'Browser'),
		);
		assert.match(await signInAs(person('grace'), login), /not the account to be renewed/);
		await window.notification('You signed in as grace@example.com, which is not the account to be renewed.');
		await window.picture('10-somebody-else');

		const second = await window.externalPage(() => window.answer('You signed in as grace@example.com', 'Try Again'));
		await signInAs(person('ada'), second);

		await window.notification('ada@example.com is signed in again');
		assert.equal((await emails()).length, 5);
	});

	it('offers the way out when an account needs a sign-in', async () => {
		for (const account of pool.upstream.accounts) {
			account.revokeAccess();
			if (account !== person('edsger')) continue;
			account.breakRefresh('refresh_token_invalidated');
		}
		await window.dismissNotifications();
		await window.runCommand('Codex Pool: Test Account', 'edsger@example.com');
		await window.notification('edsger@example.com needs a sign-in');
		await window.picture('11-needs-sign-in');

		await window.answer('edsger@example.com needs a sign-in', 'Sign In Again');
		const login = await window.externalPage(() => window.choose('Browser'));
		await signInAs(person('edsger'), login);

		await window.notification('edsger@example.com is signed in again');
		const { accounts } = await pool.state();
		assert.equal(accounts.find(({ email }) => email === 'edsger@example.com')?.state, 'active');
	});

	it('exports an account for Codex after a warning', async () => {
		const path = join(files, 'exported.json');
		await window.insist('the file is chosen', async () => {
			await window.runCommand('Codex Pool: Export Account', 'edsger@example.com');
			const question = await window.dialog('Export the sign-in of edsger@example.com?');
			await question.getByText('Refresh tokens work once').waitFor();
			await window.picture('12-export');
			await question.locator('.monaco-button', { hasText: 'Export' }).click();
			await window.chooseOnce('Codex');
			await window.typePath(path, 'edsger.json');
			await window.acceptPath(path, 'OK');
		});
		await window.notification(`Wrote the sign-in of edsger@example.com to ${path}`);

		const { tokens, chatgptAccountId } = parseAuthFile(await readFile(path, 'utf8'));
		assert.deepEqual(tokens, person('edsger').tokens);
		assert.equal(chatgptAccountId, person('edsger').chatgptAccountId);
		assert.equal((await stat(path)).mode & 0o777, 0o600);
	});

	it('ends with accounts that all work, and with nobody who was not asked in', async () => {
		await window.dismissNotifications();
		await window.openPanel();
		await window.panelTab('Accounts');
		for (const email of await emails()) await window.panelShows(email);
		await window.picture('13-all-signed-in');

		assert.ok(!(await emails()).includes(person('stranger').email));
	});

	function person(name: (typeof people)[number]): SimulatedAccount {
		const account = pool.upstream.accounts[people.indexOf(name)];
		assert.ok(account);
		return account;
	}

	async function startWithCode(picture?: string): Promise<string> {
		await window.runCommand(addAccount, 'Device code');
		const code = await readCode();
		if (picture !== undefined) await window.picture(picture);
		return code;
	}

	async function readCode(): Promise<string> {
		const dialog = await window.dialog('Your sign-in code is');
		const [, code] = /Your sign-in code is (\w{4}-\w{5})/.exec(await dialog.innerText()) ?? [];
		assert.ok(code);
		return code;
	}

	async function pressInDialog(button: string): Promise<void> {
		await window.page.locator('.monaco-dialog-box .monaco-button', { hasText: button }).click();
	}

	async function emails(): Promise<string[]> {
		const { accounts } = await pool.state();
		return accounts.map(({ email }) => email ?? '').sort();
	}
});
