import type { Page } from 'playwright-core';

/** Something that the page says, and the element that says it. */
export interface SaidText {
	readonly text: string;
	readonly where: string;
}

/** Everything that the page can show or read out at this moment, through all shadow roots. */
export function saidTexts(page: Page): Promise<SaidText[]> {
	return page.evaluate(() => {
		const attributes = ['aria-label', 'aria-description', 'aria-valuetext', 'title', 'placeholder', 'alt', 'label'];
		const said: { text: string; where: string }[] = [];
		const roots: (Document | ShadowRoot)[] = [document];
		for (let root = roots.pop(); root; root = roots.pop()) {
			const host = root instanceof ShadowRoot ? root.host.localName : 'page';
			for (const element of root.querySelectorAll('body *, :host *')) {
				if (element.shadowRoot) roots.push(element.shadowRoot);
				if (element.matches('script, style')) continue;
				const where = [host, [element.localName, ...element.classList].join('.')].join(' ');
				for (const node of element.childNodes) {
					if (node instanceof Text) said.push({ text: node.data.trim(), where });
				}
				for (const name of attributes) {
					const text = element.getAttribute(name);
					if (text !== null) said.push({ text, where: `${where}[${name}]` });
				}
			}
		}
		return said;
	});
}

/**
 * Does whatever a user can do on the page, once: presses buttons, takes choices, opens rows, lists and menus, and what
 * these lead to. What is done to one account, key or request counts for all: names consist of the words in full width,
 * and those of the pool have none. Menus differ from one account to the next, though, and close with each choice.
 */
export async function doEverything(page: Page, afterEach: () => Promise<void>): Promise<ReadonlySet<string>> {
	const done = new Set<string>();
	for (let name = await doNext(page, [...done]); name !== null; name = await doNext(page, [...done])) {
		done.add(name);
		await afterEach();
		if (name.startsWith('menuitem')) for (const each of done) if (each.startsWith('menu ')) done.delete(each);
	}
	return done;
}

/** Does one thing that is not among `done`, and gives its name. */
function doNext(page: Page, done: readonly string[]): Promise<string | null> {
	return page.evaluate(known => {
		const usable =
			'button, vscode-button, summary, select option, input[type=checkbox], input[type=radio], [role=row][tabindex]';
		const roots: (Document | ShadowRoot)[] = [document];
		for (let root = roots.pop(); root; root = roots.pop()) {
			const host = root instanceof ShadowRoot ? root.host.localName : 'page';
			for (const element of root.querySelectorAll('*')) {
				if (element.shadowRoot) roots.push(element.shadowRoot);
				if (!(element instanceof HTMLElement) || !element.matches(usable)) continue;
				if (element.matches('[role=tab], :disabled, [disabled], [aria-disabled=true]')) continue;
				const list = element.closest('select');
				if (!(list ?? element).checkVisibility()) continue;
				const kind = element.ariaHasPopup ?? element.role ?? element.localName;
				const about = element instanceof HTMLInputElement ? element.labels?.[0] : null;
				const label = element.ariaLabel ?? (about ?? element).textContent;
				const words = kind === 'menu' ? label : label.replace(/[^\uFF21-\uFF5A]+/g, ' ').trim();
				const name = [kind, host, element.className, words].join(' ');
				if (known.includes(name)) continue;
				if (list && element instanceof HTMLOptionElement) {
					list.value = element.value;
					list.dispatchEvent(new Event('change', { bubbles: true }));
				} else {
					element.click();
				}
				return name;
			}
		}
		return null;
	}, done);
}
