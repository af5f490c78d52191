import type { LitElement, ReactiveController } from 'lit';

/**
 * Keeps the focus through an update. A row that changes places is taken out and put back, which would cost it the
 * focus; when what had it is gone, with its row or its form, the part itself says what gets it.
 */
export class FocusKeeper implements ReactiveController {
	readonly #part: LitElement;
	#focused: HTMLElement | null = null;
	/** Of the row that had the focus last; -1 when that was outside the rows. */
	#place = -1;

	constructor(part: LitElement) {
		this.#part = part;
		part.addController(this);
	}

	/** The menu of the row that now stands where the focus was; there is none when that was outside the rows. */
	get neighbour(): HTMLElement | undefined {
		const menus = this.#menus;
		return menus[Math.min(this.#place, menus.length - 1)];
	}

	hostConnected(): void {
		// When a row goes while a question of the editor has the focus, nothing here has it any more.
		this.#part.renderRoot.addEventListener('focusin', this.#note);
	}

	hostUpdate(): void {
		this.#note();
	}

	hostUpdated(): void {
		// Whoever works elsewhere in the editor is left alone; the page gives the focus back when they return.
		if (!this.#focused || !document.hasFocus()) return;
		if (!this.#active && this.#focused.isConnected) this.#focused.focus();
		if (!this.#active) this.#part.focus();
	}

	readonly #note = (): void => {
		this.#focused = this.#active;
		const row = this.#focused?.closest('li, tr');
		if (this.#focused) this.#place = row ? this.#menus.findIndex(menu => row.contains(menu)) : -1;
	};

	get #active(): HTMLElement | null {
		const active = this.#part.shadowRoot?.activeElement;
		return active instanceof HTMLElement ? active : null;
	}

	/** One for each row, in their order. */
	get #menus(): readonly HTMLElement[] {
		return [...this.#part.renderRoot.querySelectorAll<HTMLElement>('pool-menu')];
	}
}
