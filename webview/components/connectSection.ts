import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { Owner } from '../../src/shared/poolApi.js';
import type { PanelState } from '../../src/shared/panelMessages.js';
import type { Status } from '../accountStatus.js';
import type { PanelAction } from '../panelAction.js';
import connectText from '../styles/connectSection.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { icon } from './icon.js';
import { raise, status } from './parts.js';

interface Client {
	readonly name: string;
	readonly about: string;
	/** Null when its configuration could not be read. */
	readonly isConfigured: boolean | null;
	readonly configure: PanelAction;
	readonly undo: PanelAction;
}

/** How a client gets in, and how it gets back out. */
class ConnectSection extends LitElement {
	static override readonly styles = [controls, sheet(connectText)];

	@property({ attribute: false }) accessor owner: Owner | null = null;
	@property({ attribute: false }) accessor panel: PanelState | null = null;
	/** Key of the copy that was just made. */
	@property({ attribute: false }) accessor done: string | null = null;

	protected override render(): TemplateResult | typeof nothing {
		const { owner, panel } = this;
		if (!owner || !panel) return nothing;
		return html`<section aria-labelledby="clients">
				<h2 id="clients">${text.clients}</h2>
				<p class="dim hint">${text.clientsHint}</p>
				<ul class="clients">
					${clientsOf(panel).map(client => this.#client(client))}
				</ul>
			</section>
			<section aria-labelledby="any">
				<h2 id="any">${text.anyClient}</h2>
				<p class="dim hint">${text.anyClientHint}</p>
				<dl>
					<dt>${text.openaiUrl}</dt>
					<dd>
						<code>${owner.openaiBaseUrl}</code>
						${this.#copy({ name: 'url/copy', params: { kind: 'openai' } }, 'url/copy/openai', text.copyUrl, text.copyOpenaiUrl)}
					</dd>
					<dt>${text.codexUrl}</dt>
					<dd>
						<code>${owner.codexBaseUrl}</code>
						${this.#copy({ name: 'url/copy', params: { kind: 'codex' } }, 'url/copy/codex', text.copyUrl, text.copyCodexUrl)}
					</dd>
					<dt>${text.poolKey}</dt>
					<dd>
						<span class="dim">${text.poolKeyHint}</span>
						${this.#copy({ name: 'key/copy' }, 'key/copy', text.copyPoolKey, text.copyPoolKey)}
					</dd>
				</dl>
			</section>`;
	}

	#client({ name, about, isConfigured, configure, undo }: Client): TemplateResult {
		return html`<li>
			<span class="about"><strong>${name}</strong> <span class="dim">${about}</span></span>
			${status(clientStatus(isConfigured))}
			<span class="buttons">
				${
					isConfigured === true
						? html`<vscode-button secondary aria-label=${text.undoNamed(name)} @click=${raise(undo)}
								>${text.undo}</vscode-button
							>`
						: html`<vscode-button
								?secondary=${isConfigured === null}
								aria-label=${text.configureNamed(name)}
								@click=${raise(configure)}
								>${text.configure}</vscode-button
							>`
				}
			</span>
		</li>`;
	}

	#copy(action: PanelAction, key: string, word: string, label: string): TemplateResult {
		return html`<vscode-button secondary aria-label=${label} title=${label} @click=${raise(action)}>
			${icon(this.done === key ? 'check' : 'copy', 'leading')}${word}
		</vscode-button>`;
	}
}

customElements.define('pool-connect', ConnectSection);

function clientsOf({ codexConfigured, openCodeConfigured }: PanelState): readonly Client[] {
	return [
		{
			name: text.codex,
			about: text.codexAbout,
			isConfigured: codexConfigured,
			configure: { name: 'codex/configure' },
			undo: { name: 'codex/undo' },
		},
		{
			name: text.openCode,
			about: text.openCodeAbout,
			isConfigured: openCodeConfigured,
			configure: { name: 'openCode/configure' },
			undo: { name: 'openCode/undo' },
		},
	];
}

function clientStatus(isConfigured: boolean | null): Status {
	if (isConfigured === null) return { icon: 'warning', word: text.clientUnknown, tone: 'warning', title: '' };
	return isConfigured
		? { icon: 'pass', word: text.clientUsesPool, tone: 'good', title: '' }
		: { icon: 'circle-slash', word: text.clientUsesOther, tone: 'quiet', title: '' };
}
