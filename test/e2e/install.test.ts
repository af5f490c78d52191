import { packagedExtension } from '../support/vscodeServer.js';
import type { VscodeWindow } from '../support/vscodeWindow.js';
import { PoolInVscode } from './poolInVscode.js';

/** From the package to the first step, in a VS Code that has never seen the extension. */
describe('the extension while it is installed', function () {
	this.timeout(120_000);

	let pool: PoolInVscode;
	let window: VscodeWindow;

	before(async () => {
		// As VS Code starts when nothing is set: walkthroughs are only looked after once something asks for them.
		const userSettings = { 'workbench.startupEditor': 'welcomePage' };
		pool = await PoolInVscode.start([], { isInstalled: false, userSettings });
		window = await pool.vscode.openBareWindow();
		await window.page.locator('.gettingStartedContainer').waitFor();
	});

	after(() => pool.close());

	afterEach(async function () {
		if (this.currentTest?.state === 'failed') await window.picture(`failed-${this.currentTest.title.slice(0, 40)}`);
	});

	it('starts without a reload, and opens its walkthrough by itself', async () => {
		// Whoever works in an editor is not disturbed: the walkthrough opens behind it.
		await window.runCommand('View: Show Extensions');
		await window.insist('the package is chosen', async () => {
			await window.runCommand('Extensions: Install from VSIX...');
			await window.typePath(packagedExtension, 'codex-account-pool.vsix');
			await window.acceptPath(packagedExtension, 'Install');
		});

		await window.statusItem.filter({ hasText: 'Add account' }).waitFor();
		await window.page.locator('.step-title', { hasText: 'Add an account' }).waitFor();
		await window.picture('0-walkthrough');
	});
});
