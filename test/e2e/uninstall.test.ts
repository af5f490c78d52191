import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import type { VscodeWindow } from '../support/vscodeWindow.js';
import { PoolInVscode } from './poolInVscode.js';

const original = '# mine\nmodel = "gpt-5"\n';

/** The command line in the editor's terminal, and what is left when the extension goes. */
describe('the extension while it is uninstalled', function () {
	this.timeout(120_000);
	this.bail(true);

	let pool: PoolInVscode;
	let window: VscodeWindow;
	let configFile: string;

	before(async () => {
		// On the graphics card the terminal would have no text to wait for.
		pool = await PoolInVscode.start([], { userSettings: { 'terminal.integrated.gpuAcceleration': 'off' } });
		configFile = join(pool.vscode.codexHome, 'config.toml');
		await mkdir(pool.vscode.codexHome);
		await writeFile(configFile, original);
		window = await pool.vscode.openWindow();
		await window.statusItem.filter({ hasText: 'Add account' }).waitFor();
	});

	after(() => pool.close());

	afterEach(async function () {
		if (this.currentTest?.state === 'failed') await window.picture(`failed-${this.currentTest.title.slice(0, 40)}`);
	});

	it('has its command line in the terminal, where that configures Codex', async () => {
		await window.typeInTerminal('codex-pool configure codex --yes');

		const text = await eventually('Codex is configured', async () => {
			const now = await readFile(configFile, 'utf8');
			return now === original ? undefined : now;
		});
		assert.match(text, new RegExp(`base_url = "http://127.0.0.1:${pool.port}/backend-api/codex"`));
	});

	it('gives Codex its own configuration back', async () => {
		await pool.vscode.uninstall();
		await pool.vscode.openBareWindow();

		const text = await eventually('the file is as it was', async () => {
			const now = await readFile(configFile, 'utf8');
			return now.includes('codex-account-pool') ? undefined : now;
		});
		assert.equal(text, original);
	});
});
