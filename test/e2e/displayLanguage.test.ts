import assert from 'node:assert/strict';
import type { PoolClient } from '../../src/client/poolClient.js';
import { readTexts } from '../support/manifest.js';
import { readBundle } from '../support/shownTexts.js';
import type { VscodeWindow } from '../support/vscodeWindow.js';
import type { PoolInVscode } from './poolInVscode.js';
import { withPool } from './withPool.js';

/** The installed extension in a VS Code that is shown in Chinese: texts of the manifest, the extension and the panel. */
describe('the extension in Chinese', function () {
	this.timeout(120_000);
	this.bail(true);

	const ofManifest = readTexts('zh-cn');
	const ofExtension = readBundle('zh-cn');
	let pool: PoolInVscode;
	let client: PoolClient;
	let window: VscodeWindow;

	withPool(
		{
			accounts: [{ email: 'ada@example.com', plan: 'plus' }],
			language: 'zh-cn',
			welcome: inChinese('Add account'),
		},
		open => void ({ pool, client, window } = open),
	);

	it('welcomes a user who has no account yet', async () => {
		await window.page.locator('.activitybar [aria-label^="Codex Pool"]').first().click();
		const button = String(ofManifest['command.addAccount']);
		await window.page.locator('.welcome-view .monaco-button', { hasText: button }).waitFor();
		await window.picture('7-zh-cn-empty');
	});

	it('shows accounts and what is left of them', async () => {
		const [ada] = pool.upstream.accounts;
		assert.ok(ada);
		ada.spend('5h', 38);
		await client.importAccounts([JSON.stringify(ada.authFile())]);
		await client.refreshAccounts();

		const rows = window.page.locator('.pane-body .monaco-list-row');
		await rows.filter({ hasText: 'ada@example.com' }).locator('.monaco-tl-twistie').click();
		await rows.filter({ hasText: inChinese('{0}% left', '62') }).waitFor();
		await window.hoverStatus(inChinese('Port {0}, runs in this window', String(pool.port)));
		await window.picture('7-zh-cn-view');
	});

	it('offers what can be done, and says what was done', async () => {
		// The palette of another language knows the English titles too.
		await window.runCommand('Codex Pool: Show Accounts', inChinese('Copy Pool Key'));

		await window.notification(inChinese('The pool key is on the clipboard.'));
		await window.picture('7-zh-cn-notification');
		assert.match(await window.readClipboard(), /^cpk_/);
	});

	it('shows its panel', async () => {
		await window.dismissNotifications();
		await window.runCommand('Codex Pool: Open Panel');

		await window.panelShows(inChinese('You can keep working'));
		await window.picture('7-zh-cn-panel');
		await window.panelTab(inChinese('Accounts'));
		await window.panelShows('ada@example.com');
		assert.equal(await window.panel.locator('html').getAttribute('lang'), 'zh-cn');
	});

	function inChinese(english: string, ...values: readonly string[]): string {
		const text = ofExtension[english];
		assert.ok(text !== undefined && text !== english, `"${english}" is translated`);
		return values.reduce((filled, value, index) => filled.replaceAll(`{${index}}`, value), text);
	}
});
