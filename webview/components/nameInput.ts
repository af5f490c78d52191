import { html, LitElement, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import nameText from '../styles/nameInput.css';
import { controls, sheet } from '../styles/sheets.js';

const longestName = 80;

/** How an edit has ended. `name` is undefined when it is to stay as it was. */
export interface NameEdit {
	readonly name: string | undefined;
	/** Whether the focus is still here and must go somewhere. */
	readonly hasFocus: boolean;
}

/** A name edited in place: Enter and leaving keep it, Escape does not. */
class NameInput extends LitElement {
	static override readonly styles = [controls, sheet(nameText)];

	@property() accessor name = '';
	@property() accessor label = '';
	@property() accessor placeholder = '';
	@property({ attribute: false }) accessor end: (edit: NameEdit) => void = () => undefined;
	#isOver = false;

	protected override render(): TemplateResult {
		return html`<input
			type="text"
			class="input"
			dir="auto"
			maxlength=${longestName}
			aria-label=${this.label}
			placeholder=${this.placeholder}
			.value=${this.name}
			@keydown=${this.#press}
			@blur=${(event: Event) => this.#finish(valueOf(event), false)}
		/>`;
	}

	protected override firstUpdated(): void {
		const input = this.renderRoot.querySelector('input');
		input?.focus();
		input?.select();
	}

	#press(event: KeyboardEvent): void {
		// Enter and Escape also end the composing of a character.
		if (event.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
		// Else the same Enter would press the button that gets the focus next.
		event.preventDefault();
		this.#finish(event.key === 'Enter' ? valueOf(event) : undefined, true);
	}

	/** Once: an input that is taken away loses its focus, which is no second wish. */
	#finish(value: string | undefined, hasFocus: boolean): void {
		if (this.#isOver) return;
		this.#isOver = true;
		const name = value?.trim();
		this.end({ name: name === this.name ? undefined : name, hasFocus });
	}
}

customElements.define('pool-name-input', NameInput);

function valueOf({ target }: Event): string | undefined {
	return target instanceof HTMLInputElement ? target.value : undefined;
}
