import { html, LitElement, noChange, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import numberText from '../styles/numberInput.css';
import { controls, sheet } from '../styles/sheets.js';

/** A whole number with its label: what is typed counts once it is finished, and is brought into its range. */
class NumberInput extends LitElement {
	static override readonly styles = [controls, sheet(numberText)];
	static override readonly shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };

	@property({ attribute: false }) accessor value = 0;
	@property({ attribute: false }) accessor max = 100;
	@property() accessor label = '';
	@property() accessor hint = '';
	@property() accessor unit = '';
	@property({ attribute: false }) accessor change: (value: number, element: HTMLElement) => void = () => undefined;

	/** A snapshot that comes while somebody types must not take the digits away. */
	#isTyping = false;

	protected override render(): TemplateResult {
		return html`<label for="number">${this.label}</label>
			<span class="field">
				<input
					class="input"
					id="number"
					type="number"
					inputmode="numeric"
					min="0"
					step="1"
					max=${this.max}
					aria-describedby="hint"
					.value=${this.#isTyping ? noChange : live(String(this.value))}
					@input=${() => (this.#isTyping = true)}
					@change=${this.#finish}
					@blur=${() => (this.#isTyping = false)}
				/>
				<span class="dim">${this.unit}</span>
			</span>
			<span class="hint dim" id="hint">${this.hint}</span>`;
	}

	readonly #finish = ({ target }: Event): void => {
		if (!(target instanceof HTMLInputElement)) return;
		this.#isTyping = false;
		const typed = Math.round(target.valueAsNumber);
		const value = Number.isNaN(typed) ? this.value : Math.min(this.max, Math.max(0, typed));
		target.value = String(value);
		if (value === this.value) return;
		this.value = value;
		this.change(value, this);
	};
}

customElements.define('pool-number', NumberInput);
