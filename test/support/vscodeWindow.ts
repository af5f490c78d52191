import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errors, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { eventually } from './eventually.js';

/** A window of VS Code through the eyes and hands of its user. */
export class VscodeWindow {
	readonly page: Page;

	constructor(page: Page) {
		this.page = page;
	}

	/** The extension's own status bar item. */
	get statusItem(): Locator {
		return this.page.locator('.statusbar-item[id*="codexPool.status"]');
	}

	/** Inside the panel's webview; open shadow roots are pierced by CSS locators. */
	get panel(): FrameLocator {
		return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
	}

	/**
	 * Resolves once the panel shows a text. The service worker behind code-server's webviews now and then stops answering
	 * for the rest of a window's life, and every webview stays empty: then the window is reloaded, as a user would.
	 */
	async panelShows(text: string): Promise<void> {
		const shown = this.panel.getByText(text).first();
		try {
			await shown.waitFor({ timeout: 10_000 });
		} catch (error) {
			if (!(error instanceof errors.TimeoutError)) throw error;
			await this.page.reload();
			await this.isReady();
			await this.runCommand('Codex Pool: Open Panel');
			await shown.waitFor();
		}
	}

	async isReady(): Promise<void> {
		await this.page.locator('.monaco-workbench').waitFor({ timeout: 30_000 });
		await this.statusItem.waitFor({ timeout: 30_000 });
	}

	/** By the command palette, as `Category: Title`. */
	async runCommand(title: string): Promise<void> {
		const input = this.page.locator('.quick-input-widget input').first();
		await eventually('the command palette is open', async () => {
			// An editor that takes the focus at this moment closes it again.
			await this.page.keyboard.press('F1');
			await input.fill(`>${title}`, { timeout: 2000 });
			return true;
		});
		await this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor();
		await this.page.keyboard.press('Enter');
	}

	/** An entry of the list that is open. */
	async choose(label: string): Promise<void> {
		const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first();
		await row.waitFor();
		await row.click();
	}

	/** Resolves when a notification says this. */
	async notification(text: string | RegExp): Promise<Locator> {
		const notification = this.page.locator('.notification-list-item', { hasText: text }).first();
		await notification.waitFor();
		return notification;
	}

	/** Presses a button of a notification. */
	async answer(text: string | RegExp, button: string): Promise<void> {
		const notification = await this.notification(text);
		await notification.locator('.monaco-button', { hasText: button }).click();
	}

	async dismissNotifications(): Promise<void> {
		await this.runCommand('Notifications: Clear All Notifications');
	}

	readClipboard(): Promise<string> {
		return this.page.evaluate<string>('navigator.clipboard.readText()');
	}

	/** Keeps a picture in out/shots. */
	async picture(name: string): Promise<void> {
		await mkdir('out/shots', { recursive: true });
		await this.page.screenshot({ path: join('out/shots', `${name}.png`) });
	}

	/** The page that an action opens in the browser. VS Code trusts this machine's own addresses without a question. */
	async externalPage(action: () => Promise<void>): Promise<Page> {
		const opened = this.page.context().waitForEvent('page');
		await action();
		return opened;
	}

	/** As a user closes a tab: the extension host ends soon after. */
	async close(): Promise<void> {
		await this.page.close();
	}
}
