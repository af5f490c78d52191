import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { CreatedKey } from '../../src/shared/keyApi.js';
import secretText from '../styles/keySecret.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { icon } from './icon.js';

/** The secret of a key, this once. It is nowhere but here, and gone with this element. */
class KeySecret extends LitElement {
	static override readonly styles = [controls, sheet(secretText)];

	@property({ attribute: false }) accessor made: CreatedKey | null = null;
	@property({ attribute: false }) accessor isDefault = false;
	@property({ attribute: false }) accessor forget: () => void = () => undefined;
	@state() private accessor copying: 'not yet' | 'done' | 'failed' = 'not yet';

	protected override render(): TemplateResult | typeof nothing {
		const { made, copying } = this;
		if (!made) return nothing;
		return html`<div class="secret" role="group" aria-label=${text.secretOf(made.name)} @keydown=${this.#press}>
			<p>
				<strong>${text.secretOf(made.name)}</strong>
				<span>${this.isDefault ? text.secretDefault : text.secretOnce}</span>
			</p>
			<div class="line">
				<code>${made.key}</code>
				<vscode-button @click=${this.#copy}>
					${icon(copying === 'done' ? 'check' : 'copy', 'leading')}${copying === 'done' ? text.secretCopied : text.copySecret}
				</vscode-button>
				<vscode-button secondary @click=${() => this.forget()}>${text.forgetSecret}</vscode-button>
			</div>
			<p class="told dim" role="status">
				${copying === 'failed' ? text.secretNotCopied : ''}<span class="said"
					>${copying === 'done' ? text.secretCopied : ''}</span
				>
			</p>
		</div>`;
	}

	protected override firstUpdated(): void {
		void this.#focusCopy();
	}

	async #focusCopy(): Promise<void> {
		const button = this.renderRoot.querySelector('vscode-button');
		// It can be focused once it is drawn itself.
		await button?.updateComplete;
		button?.focus();
	}

	readonly #copy = async (): Promise<void> => {
		if (!this.made) return;
		try {
			await navigator.clipboard.writeText(this.made.key);
			this.copying = 'done';
		} catch {
			// Where the page may not write the clipboard, its user can.
			const code = this.renderRoot.querySelector('code');
			if (code) window.getSelection()?.selectAllChildren(code);
			this.copying = 'failed';
		}
	};

	/** Only once it has been copied: a key pressed too early must not cost the secret. */
	readonly #press = (event: KeyboardEvent): void => {
		if (event.key !== 'Escape' || this.copying !== 'done') return;
		event.preventDefault();
		this.forget();
	};
}

customElements.define('pool-key-secret', KeySecret);
