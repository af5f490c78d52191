import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { eventually } from './eventually.js';

/** One step is given up, and its way begun again, after this. */
const brief = { timeout: 5_000 };
const insistMs = 60_000;

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

	get #fileButtons(): Locator {
		return this.page.locator('.quick-input-widget .quick-input-action .monaco-button');
	}

	/** Where a list asks for text. */
	get input(): Locator {
		return this.page.locator('.quick-input-widget .quick-input-box input');
	}

	async isReady(): Promise<void> {
		await this.page.locator('.monaco-workbench').waitFor();
		await this.statusItem.waitFor();
	}

	/**
	 * Goes a way through lists and dialogs, from the start again when it breaks off: whatever takes the focus, a webview
	 * that has loaded or an editor that has closed, closes an open list, and its command is over. So nothing may be changed
	 * before the last step.
	 */
	async insist(what: string, way: () => Promise<void>): Promise<void> {
		await eventually(
			what,
			async () => {
				await way();
				return true;
			},
			insistMs,
		);
	}

	/** By the command palette, as `Category: Title`, and then the entries of the lists that the command shows. */
	async runCommand(title: string, ...choices: readonly string[]): Promise<void> {
		await this.insist(`"${[title, ...choices].join('" → "')}" is chosen`, async () => {
			// A webview that is still loading keeps the keys to itself.
			await this.page.evaluate('window.focus()');
			await this.page.keyboard.press('F1');
			await this.input.fill(`>${title}`, brief);
			await this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click(brief);
			for (const label of choices) await this.chooseOnce(label);
		});
	}

	/** An entry of a list that stays open until it is answered. */
	async choose(label: string): Promise<void> {
		await this.insist(`"${label}" is chosen`, () => this.chooseOnce(label));
	}

	/** As one step of a way that is begun again. */
	async chooseOnce(label: string): Promise<void> {
		const entries = this.page.locator('.quick-input-list .monaco-list-row');
		const entry = entries.filter({ has: this.page.locator('.label-name').getByText(label, { exact: true }) });
		await entry.first().waitFor(brief);
		// At the top it stays where it is: an entry that still moves is missed.
		await this.input.fill(label, brief);
		await entry.and(this.page.locator('.focused')).click(brief);
	}

	/**
	 * Types a path in the dialog for files, which is a list where the files are not on the user's machine. It lists
	 * `neighbour`, a file of the same folder, once it has read the path.
	 */
	async typePath(path: string, neighbour: string): Promise<void> {
		await this.#fileButtons.first().waitFor(brief);
		const proposed = async (): Promise<true | undefined> => (await this.#typed()).startsWith('/') || undefined;
		await eventually('the dialog has proposed a path', proposed, brief.timeout);
		await this.input.fill(path, brief);
		await this.page.locator('.quick-input-list').getByText(neighbour).waitFor(brief);
	}

	async acceptPath(path: string, button: string): Promise<void> {
		const accept = async (): Promise<true> => {
			// The dialog's own proposal may come behind what was typed.
			if ((await this.#typed()) !== path) await this.input.fill(path, brief);
			await this.#fileButtons.filter({ hasText: button }).click(brief);
			await this.#fileButtons.first().waitFor({ state: 'hidden', timeout: 1_000 });
			return true;
		};
		// A dialog that still reads the folder takes no answer.
		await eventually('the dialog has taken the path', accept, brief.timeout);
	}

	#typed(): Promise<string> {
		return this.input.inputValue(brief);
	}

	/** A line for the shell of a new terminal. Nothing typed before its prompt is there is heard. */
	async typeInTerminal(line: string): Promise<void> {
		await this.insist('a terminal has the focus', async () => {
			await this.runCommand('Terminal: Create New Terminal');
			const terminal = this.page.locator('.terminal-wrapper.active');
			await terminal.locator('.xterm-rows', { hasText: /[$#]/ }).waitFor(brief);
			await terminal.locator('.xterm-helper-textarea').focus(brief);
		});
		await this.page.keyboard.type(line);
		await this.page.keyboard.press('Enter');
	}

	/** A question that must be answered before anything else. */
	async dialog(text: string): Promise<Locator> {
		const dialog = this.page.locator('.monaco-dialog-box', { hasText: text });
		await dialog.waitFor();
		return dialog;
	}

	async openPanel(): Promise<void> {
		await this.insist('the panel is open', async () => {
			await this.statusItem.click(brief);
			await this.page.locator('.tab.active', { hasText: 'Codex Pool' }).waitFor(brief);
		});
	}

	/**
	 * Resolves once the panel shows a text. Now and then a webview of code-server stays empty when it comes back from
	 * behind another tab: it waits for ever for its service worker. Then the window is reloaded, as a user would.
	 */
	async panelShows(text: string): Promise<void> {
		await this.insist(`the panel shows ${text}`, async () => {
			try {
				await this.panel.getByText(text).filter({ visible: true }).first().waitFor({ timeout: 10_000 });
			} catch (error) {
				if ((await this.panel.locator('body').count()) === 0) await this.#reload();
				throw error;
			}
		});
	}

	/** Goes to a tab of the panel, which is empty now and then: see `panelShows`. */
	async panelTab(name: string): Promise<void> {
		await this.panelShows(name);
		const tab = this.panel.getByRole('tab', { name });
		await this.insist(`the panel is at ${name}`, async () => {
			await tab.click(brief);
			await tab.and(this.panel.locator('[aria-selected=true]')).waitFor(brief);
		});
	}

	async #reload(): Promise<void> {
		await this.page.reload();
		await this.isReady();
		await this.runCommand('Codex Pool: Open Panel');
	}

	/** What the status bar item tells when the mouse rests on it. */
	async hoverStatus(text: string): Promise<void> {
		await this.insist('the status bar item tells more', async () => {
			// Where the mouse rests on the item already, only coming back shows the hover.
			await this.page.mouse.move(700, 300);
			await this.statusItem.hover(brief);
			await this.page.locator('.monaco-hover', { hasText: text }).first().waitFor(brief);
		});
	}

	/** Resolves when a notification says this; one that has gone away by itself is looked up in the list of all. */
	async notification(text: string | RegExp): Promise<Locator> {
		const notification = this.page.locator('.notification-list-item', { hasText: text }).first();
		await this.insist(`a notification says ${String(text)}`, async () => {
			try {
				await notification.waitFor(brief);
			} catch {
				// It may have been there and gone already.
				await this.runCommand('Notifications: Show Notifications');
				await notification.waitFor({ timeout: 500 });
			}
		});
		return notification;
	}

	/** Presses a button of a notification. */
	async answer(text: string | RegExp, button: string): Promise<void> {
		await this.insist(`"${button}" is pressed`, async () => {
			const notification = await this.notification(text);
			await notification.locator('.monaco-button', { hasText: button }).click(brief);
		});
	}

	async dismissNotifications(): Promise<void> {
		await this.runCommand('Notifications: Clear All Notifications');
		await this.page.locator('.notification-list-item').first().waitFor({ state: 'detached' });
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
		const [opened] = await Promise.all([this.page.context().waitForEvent('page', { timeout: insistMs }), action()]);
		await opened.waitForLoadState();
		return opened;
	}

	/** As a user closes a tab: the extension host ends soon after. */
	async close(): Promise<void> {
		await this.page.close();
	}
}
