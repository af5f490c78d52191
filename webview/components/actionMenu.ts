import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import menuText from '../styles/actionMenu.css';
import { controls, sheet } from '../styles/sheets.js';
import { icon, type IconName } from './icon.js';

export interface MenuItem {
	readonly icon: IconName;
	readonly label: string;
	readonly isDisabled?: boolean;
	/** Whether a line stands above it. */
	readonly beginsGroup?: boolean;
	/** Runs while the menu's button has the focus; the event can be raised from its target. */
	readonly choose: (event: Event) => void;
}

const steps: Readonly<Record<string, (index: number, count: number) => number>> = {
	ArrowDown: (index, count) => (index + 1) % count,
	ArrowUp: (index, count) => (index - 1 + count) % count,
	Home: () => 0,
	End: (_index, count) => count - 1,
};

/** A button that opens a menu, as assistive software knows them: arrows move, Escape and Tab close. */
class ActionMenu extends LitElement {
	static override readonly styles = [controls, sheet(menuText)];

	@property() accessor label = '';
	@property({ attribute: false }) accessor items: readonly MenuItem[] = [];
	@state() private accessor isOpen = false;
	#focusNext: 'first' | 'last' = 'first';

	override focus(): void {
		this.renderRoot.querySelector<HTMLElement>('.icon-button')?.focus();
	}

	protected override render(): TemplateResult {
		return html`<button
				type="button"
				class="icon-button"
				title=${this.label}
				aria-label=${this.label}
				aria-haspopup="menu"
				aria-expanded=${this.isOpen ? 'true' : 'false'}
				@click=${() => (this.isOpen ? this.#close() : this.#open('first'))}
				@keydown=${this.#pressButton}
			>
				${icon('ellipsis')}
			</button>
			${this.isOpen ? this.#menu() : nothing}`;
	}

	protected override updated(changed: PropertyValues): void {
		if (!changed.has('isOpen') || !this.isOpen) return;
		this.renderRoot.querySelector<HTMLElement>('.menu')?.showPopover();
		const entries = this.#entries();
		(this.#focusNext === 'first' ? entries[0] : entries.at(-1))?.focus();
	}

	#menu(): TemplateResult {
		return html`<div
			class="menu"
			popover="manual"
			role="menu"
			aria-label=${this.label}
			@keydown=${this.#move}
			@focusout=${this.#leave}
		>
			${this.items.map(item => [item.beginsGroup ? html`<hr />` : nothing, this.#item(item)])}
		</div>`;
	}

	#item(item: MenuItem): TemplateResult {
		return html`<button
			type="button"
			role="menuitem"
			tabindex="-1"
			aria-disabled=${item.isDisabled ? 'true' : nothing}
			@click=${(event: Event) => this.#choose(item, event)}
		>
			${icon(item.icon)}<span>${item.label}</span>
		</button>`;
	}

	#entries(): readonly HTMLElement[] {
		return [...this.renderRoot.querySelectorAll<HTMLElement>('[role=menuitem]')];
	}

	#open(focusNext: 'first' | 'last'): void {
		this.#focusNext = focusNext;
		this.isOpen = true;
	}

	#close(): void {
		this.isOpen = false;
		this.focus();
	}

	#choose(item: MenuItem, event: Event): void {
		if (item.isDisabled) return;
		item.choose(event);
		this.#close();
	}

	#pressButton(event: KeyboardEvent): void {
		if (event.key === 'Escape') this.isOpen = false;
		if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
		event.preventDefault();
		this.#open(event.key === 'ArrowDown' ? 'first' : 'last');
	}

	#move(event: KeyboardEvent): void {
		if (event.key === 'Escape') {
			event.preventDefault();
			this.#close();
			return;
		}
		// The focus goes on from the menu's button, as if the menu were not there.
		if (event.key === 'Tab') this.#close();
		const step = steps[event.key];
		if (!step) return;
		event.preventDefault();
		const entries = this.#entries();
		const index = entries.findIndex(entry => entry === event.target);
		entries[step(index, entries.length)]?.focus();
	}

	/** The focus went elsewhere, and stays there. */
	#leave(event: FocusEvent): void {
		const to = event.relatedTarget;
		if (!(to instanceof Node && this.renderRoot.contains(to))) this.isOpen = false;
	}
}

customElements.define('pool-menu', ActionMenu);
