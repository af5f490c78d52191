import type { LitElement, ReactiveController } from 'lit';

/** Gives the focus to the part itself when what had it is gone, with its row or its form. */
export class FocusKeeper implements ReactiveController {
	readonly #part: LitElement;
	#hadFocus = false;

	constructor(part: LitElement) {
		this.#part = part;
		part.addController(this);
	}

	hostUpdate(): void {
		this.#hadFocus = this.#hasFocus;
	}

	hostUpdated(): void {
		if (this.#hadFocus && !this.#hasFocus && document.hasFocus()) this.#part.focus();
	}

	get #hasFocus(): boolean {
		return (this.#part.shadowRoot?.activeElement ?? null) !== null;
	}
}
