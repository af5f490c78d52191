import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { PoolState } from '../../src/shared/managementApi.js';
import type { PanelState } from '../../src/shared/panelMessages.js';
import { PanelActionEvent } from '../panelAction.js';
import headerText from '../styles/panelHeader.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { icon } from './icon.js';
import { iconButton, raise, selectControl, switchControl } from './parts.js';

/** The pool's own switches and the ways to fill it. */
class PanelHeader extends LitElement {
	static override readonly styles = [controls, sheet(headerText)];

	@property({ attribute: false }) accessor panel: PanelState | null = null;

	protected override render(): TemplateResult {
		const connection = this.panel?.connection ?? 'starting';
		const pool = this.panel?.pool;
		const isConnected = connection === 'owner' || connection === 'follower';
		return html`<header>
			<div class="name">
				<h1>${text.title}</h1>
				<span class="dim">${text.connection[connection]}</span>
			</div>
			${pool && isConnected ? this.#controls(pool) : nothing}
			${iconButton({ icon: 'output', label: text.showLog, press: raise({ name: 'log/show' }) })}
		</header>`;
	}

	#controls(pool: PoolState): TemplateResult {
		const change = (params: { enabled?: boolean; strategy?: PoolState['strategy'] }) =>
			this.dispatchEvent(new PanelActionEvent({ name: 'pool/change', params }));
		const hasAccounts = pool.accounts.length > 0;
		return html`
			${switchControl({
				isOn: pool.enabled,
				label: text.poolSwitch,
				words: { on: text.poolOn, off: text.poolOff },
				toggle: () => change({ enabled: !pool.enabled }),
			})}
			${
				hasAccounts
					? html`${selectControl({
								label: text.strategy,
								value: pool.strategy,
								options: text.strategies,
								choose: strategy => change({ strategy }),
							})}
							<span class="filling">
								<vscode-button @click=${raise({ name: 'account/add' })}>
									${icon('add', 'leading')}${text.addAccount}
								</vscode-button>
								<vscode-button secondary @click=${raise({ name: 'account/import' })}
									>${text.importAccounts}</vscode-button
								>
							</span>`
					: nothing
			}
		`;
	}
}

customElements.define('pool-header', PanelHeader);
