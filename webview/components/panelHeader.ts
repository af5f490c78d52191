import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { PoolChange, PoolState } from '../../src/shared/poolApi.js';
import type { PanelState } from '../../src/shared/panelMessages.js';
import { PanelActionEvent, ViewChoiceEvent } from '../panelAction.js';
import { strategyTitle } from '../routingNames.js';
import headerText from '../styles/panelHeader.css';
import routingText from '../styles/routingSettings.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { icon } from './icon.js';
import { iconButton, raise, switchControl } from './parts.js';
import { routingSettings } from './routingSettings.js';

/** The pool's own switches and the ways to fill it. */
class PanelHeader extends LitElement {
	static override readonly styles = [controls, sheet(headerText), sheet(routingText)];

	@property({ attribute: false }) accessor panel: PanelState | null = null;
	/** Whether the ways to route are shown. */
	@property({ attribute: false }) accessor showsRouting = false;

	protected override render(): TemplateResult {
		const connection = this.panel?.connection ?? 'starting';
		const pool = this.panel?.pool;
		const shown = pool && (connection === 'owner' || connection === 'follower') ? pool : null;
		return html`<header>
				<div class="name">
					<h1>${text.title}</h1>
					<span class="dim">${text.connection[connection]}</span>
				</div>
				${shown ? this.#controls(shown) : nothing}
				${iconButton({ icon: 'output', label: text.showLog, press: raise({ name: 'log/show' }) })}
			</header>
			${
				shown && shown.accounts.length > 0 && this.showsRouting
					? html`<div class="routing" id="routing" role="group" aria-label=${text.routing}>
							${routingSettings(shown, routing => this.#change({ routing }))}
						</div>`
					: nothing
			}`;
	}

	#controls(pool: PoolState): TemplateResult {
		return html`
			${switchControl({
				isOn: pool.enabled,
				label: text.poolSwitch,
				words: { on: text.poolOn, off: text.poolOff },
				toggle: () => this.#change({ enabled: !pool.enabled }),
			})}
			${
				pool.accounts.length > 0
					? html`${this.#routingButton(pool)}
							<span class="filling">
								<vscode-button @click=${raise({ name: 'account/add' })}>
									${icon('add', 'leading')}${text.addAccount}
								</vscode-button>
								<vscode-button secondary title=${text.importHint} @click=${raise({ name: 'account/import' })}
									>${text.importAccounts}</vscode-button
								>
							</span>`
					: nothing
			}
		`;
	}

	#routingButton({ routing }: PoolState): TemplateResult {
		const strategy = strategyTitle(routing.strategy);
		const { showsRouting } = this;
		return html`<button
			type="button"
			class="disclose"
			aria-expanded=${showsRouting ? 'true' : 'false'}
			aria-controls=${showsRouting ? 'routing' : nothing}
			aria-label=${text.routingOf(strategy)}
			title=${text.routingOf(strategy)}
			@click=${() => this.dispatchEvent(new ViewChoiceEvent({ showsRouting: !showsRouting }))}
		>
			<span class="dim prefix" aria-hidden="true">${text.routing}</span
			><span>${strategy}</span>${icon(showsRouting ? 'chevron-up' : 'chevron-down')}
		</button>`;
	}

	#change(params: PoolChange): void {
		this.dispatchEvent(new PanelActionEvent({ name: 'pool/change', params }));
	}
}

customElements.define('pool-header', PanelHeader);
