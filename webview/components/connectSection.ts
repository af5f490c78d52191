import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { Owner } from '../../src/shared/poolApi.js';
import type { Status } from '../accountStatus.js';
import type { PanelAction } from '../panelAction.js';
import connectText from '../styles/connectSection.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { icon } from './icon.js';
import { raise, status } from './parts.js';

/** How a client gets in, and how Codex gets back out. */
class ConnectSection extends LitElement {
	static override readonly styles = [controls, sheet(connectText)];

	@property({ attribute: false }) accessor owner: Owner | null = null;
	@property({ attribute: false }) accessor codexConfigured: boolean | null = null;
	/** Key of the copy that was just made. */
	@property({ attribute: false }) accessor done: string | null = null;

	protected override render(): TemplateResult | typeof nothing {
		if (!this.owner) return nothing;
		return html`<section aria-labelledby="title">
			<h2 id="title">${text.connect}</h2>
			<dl>
				<dt>${text.codex}</dt>
				<dd>${status(codexStatus(this.codexConfigured))}${this.#codexActions()}</dd>
				<dt>${text.poolKey}</dt>
				<dd>
					<span class="dim">${text.poolKeyHint}</span>
					${this.#copy({ name: 'key/copy' }, 'key/copy', text.copyPoolKey, text.copyPoolKey)}
				</dd>
				<dt>${text.codexUrl}</dt>
				<dd>
					<code>${this.owner.codexBaseUrl}</code>
					${this.#copy({ name: 'url/copy', params: { kind: 'codex' } }, 'url/copy/codex', text.copyUrl, text.copyCodexUrl)}
				</dd>
				<dt>${text.openaiUrl}</dt>
				<dd>
					<code>${this.owner.openaiBaseUrl}</code>
					${this.#copy({ name: 'url/copy', params: { kind: 'openai' } }, 'url/copy/openai', text.copyUrl, text.copyOpenaiUrl)}
				</dd>
			</dl>
		</section>`;
	}

	#codexActions(): TemplateResult {
		if (this.codexConfigured === true) {
			return html`<vscode-button secondary @click=${raise({ name: 'codex/undo' })}>${text.undo}</vscode-button>`;
		}
		return html`<vscode-button secondary @click=${raise({ name: 'codex/configure' })}
			>${text.configureCodex}</vscode-button
		>`;
	}

	#copy(action: PanelAction, key: string, word: string, label: string): TemplateResult {
		return html`<vscode-button secondary aria-label=${label} title=${label} @click=${raise(action)}>
			${icon(this.done === key ? 'check' : 'copy', 'leading')}${word}
		</vscode-button>`;
	}
}

customElements.define('pool-connect', ConnectSection);

function codexStatus(isConfigured: boolean | null): Status {
	if (isConfigured === null) return { icon: 'warning', word: text.codexUnknown, tone: 'warning', title: '' };
	return isConfigured
		? { icon: 'pass', word: text.codexUsesPool, tone: 'good', title: '' }
		: { icon: 'circle-slash', word: text.codexUsesOther, tone: 'quiet', title: '' };
}
