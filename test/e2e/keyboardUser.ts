import assert from 'node:assert/strict';
import type { Frame, Locator, Page } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import type { VscodeWindow } from '../support/vscodeWindow.js';

/** One step is given up, and its way begun again, after this. */
const brief = { timeout: 5_000 };
const focusMs = 2_000;

/** A webview writes its document anew, which takes all listeners away: they are put back then. */
const watchMouse = `{
	const note = event => noteMouse(event.type + ' in ' + location.pathname);
	const types = ['pointerdown', 'mousedown', 'mousemove', 'wheel', 'touchstart'];
	const listen = () => types.forEach(type => addEventListener(type, note, true));
	listen();
	new MutationObserver(listen).observe(document, { childList: true });
}`;

const focusedElement = `(() => {
	let element = document.activeElement;
	while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
	return element;
})()`;

/** What this needs of the DOM's elements, whose types are the panel's alone. */
interface PageElement {
	readonly localName: string;
	readonly id: string;
	readonly textContent: string | null;
	getAttribute(name: string): string | null;
	querySelector(selectors: string): PageElement | null;
	matches(selectors: string): boolean;
}

/** The hands of a user who has no mouse. */
export class KeyboardUser {
	readonly #window: VscodeWindow;
	readonly #mouse: readonly string[];

	private constructor(window: VscodeWindow, mouse: readonly string[]) {
		this.#window = window;
		this.#mouse = mouse;
	}

	/** Watches every page and frame from now on for a mouse that nobody may have. */
	static async at(window: VscodeWindow): Promise<KeyboardUser> {
		const mouse: string[] = [];
		const context = window.page.context();
		await context.exposeFunction('noteMouse', (event: string) => void mouse.push(event));
		await context.addInitScript(watchMouse);
		await window.page.evaluate(watchMouse);
		return new KeyboardUser(window, mouse);
	}

	assertNoMouse(): void {
		assert.deepEqual(this.#mouse, []);
	}

	async press(...keys: readonly string[]): Promise<void> {
		for (const key of keys) await this.#page.keyboard.press(key);
	}

	async type(text: string): Promise<void> {
		await this.#page.keyboard.type(text);
	}

	/** Goes on with one key until an element, or something within it, has the focus. */
	async walkTo(target: Locator, key = 'Tab', page = this.#page): Promise<void> {
		const way: string[] = [];
		// A page that looks the same all around has been walked through.
		while (way.length < 80) {
			if (await hasFocus(target)) return;
			const before = await focusIn(page);
			way.push(before);
			await page.keyboard.press(key);
			await eventually(
				`${key} leads away from "${before}"`,
				async () => (await focusIn(page)) !== before || (await hasFocus(target)) || undefined,
				focusMs,
			);
		}
		assert.fail(`${key} never came to ${String(target)}:\n${way.join('\n')}`);
	}

	/** Walks to what a key then works on. */
	async pressOn(target: Locator, key: string, walk = 'Tab'): Promise<void> {
		await this.walkTo(target, walk);
		await this.press(key);
	}

	/** Has the focus without a step: where a command leads its user. */
	async isAt(target: Locator): Promise<void> {
		try {
			await eventually('it has the focus', async () => (await hasFocus(target)) || undefined, brief.timeout);
		} catch (cause) {
			assert.fail(`The focus is at "${await focusIn(this.#page)}" and not at ${String(target)}: ${String(cause)}`);
		}
	}

	/** An entry of a list that is shown, or is about to be. */
	async choose(label: string): Promise<void> {
		await this.#window.insist(`"${label}" is chosen`, () => this.#accept(label));
	}

	/** A notification says this, now. */
	async isTold(text: string): Promise<void> {
		await this.#page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first().waitFor();
	}

	/** By the command palette, and then the entries of the lists that the command shows. */
	async runCommand(title: string, ...choices: readonly string[]): Promise<void> {
		await this.#window.insist(`"${[title, ...choices].join('" → "')}" is chosen`, async () => {
			await this.press('F1');
			await this.#accept(title);
			for (const label of choices) await this.#accept(label);
		});
	}

	/** Types what a list is searched for, and takes the entry that the search has led to. */
	async #accept(label: string): Promise<void> {
		await this.isAt(this.#window.input);
		const entries = this.#page.locator('.quick-input-list .monaco-list-row', { hasText: label });
		await this.type(label);
		await entries.and(this.#page.locator('.focused')).waitFor(brief);
		await this.press('Enter');
	}

	/** Answers the newest notification, which says this. */
	async answer(text: string, button: string): Promise<void> {
		await this.#window.insist(`"${button}" is pressed`, async () => {
			await this.runCommand('Notifications: Focus Notification Toast');
			const toast = this.#page.locator('.notification-toast', { hasText: text });
			await this.isAt(toast);
			await this.pressOn(toast.locator('.monaco-button', { hasText: button }), 'Enter');
		});
	}

	get #page(): Page {
		return this.#window.page;
	}
}

async function hasFocus(target: Locator): Promise<boolean> {
	try {
		const isWithin = (element: PageElement): boolean => element.matches(':focus-within');
		return await target.first().evaluate(isWithin, undefined, { timeout: 200 });
	} catch {
		// What is not there, or no longer, has no focus.
		return false;
	}
}

/** What has the focus, through frames and shadow roots, as a reader of the screen tells it from others. */
async function focusIn(page: Page): Promise<string> {
	let frame: Frame = page.mainFrame();
	for (;;) {
		const focused = await frame.evaluateHandle<PageElement | null>(focusedElement);
		const inner = await focused.asElement().contentFrame();
		if (!inner) return focused.evaluate(nameOf);
		frame = inner;
	}
}

function nameOf(element: PageElement | null): string {
	if (!element) return 'nothing';
	const attributes = ['role', 'type', 'aria-label', 'title', 'aria-activedescendant'];
	const said = attributes.map(name => element.getAttribute(name) ?? '');
	const within = element.querySelector('[aria-label]')?.getAttribute('aria-label') ?? '';
	return [element.localName, element.id, ...said, within, (element.textContent ?? '').trim().slice(0, 60)].join('|');
}
