import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import type { Routing } from '../../src/shared/routingApi.js';
import { PanelActionEvent, ViewChoiceEvent } from '../panelAction.js';
import { strategyTitle } from '../routingNames.js';
import headText from '../styles/accountsHead.css';
import routingText from '../styles/routingSettings.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import type { ViewChoices } from '../viewChoices.js';
import { icon } from './icon.js';
import { iconButton, raise } from './parts.js';
import { routingSettings } from './routingSettings.js';

type HeadChoices = Pick<ViewChoices, 'showsRouting' | 'showsAccountTable'>;

/** The ways to fill the pool, and how it spreads requests over what is in it. */
class AccountsHead extends LitElement {
	static override readonly styles = [controls, sheet(headText), sheet(routingText)];

	@property({ attribute: false }) accessor pool: PoolState | null = null;
	@property({ attribute: false }) accessor choices: HeadChoices = { showsRouting: false, showsAccountTable: false };

	protected override render(): TemplateResult | typeof nothing {
		const { pool } = this;
		const { showsRouting } = this.choices;
		if (!pool) return nothing;
		return html`<div class="head">
				<h2>${text.accounts} <span class="dim figure">${pool.accounts.length}</span></h2>
				${this.#tableToggle()} ${this.#routingButton(strategyTitle(pool.routing.strategy))}
				<span class="filling">
					<vscode-button @click=${raise({ name: 'account/add' })}>
						${icon('add', 'leading')}${text.addAccount}
					</vscode-button>
					<vscode-button secondary title=${text.importHint} @click=${raise({ name: 'account/import' })}
						>${text.importAccounts}</vscode-button
					>
				</span>
			</div>
			${
				showsRouting
					? html`<div class="routing" id="routing" role="group" aria-label=${text.routing}>
							${routingSettings(pool, routing => this.#change(routing))}
						</div>`
					: nothing
			}`;
	}

	#tableToggle(): TemplateResult {
		const { showsAccountTable } = this.choices;
		return iconButton({
			icon: showsAccountTable ? 'list-flat' : 'table',
			label: showsAccountTable ? text.showAccountCards : text.showAccountTable,
			press: () => this.dispatchEvent(new ViewChoiceEvent({ showsAccountTable: !showsAccountTable })),
		});
	}

	#routingButton(strategy: string): TemplateResult {
		const { showsRouting } = this.choices;
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

	#change(routing: Partial<Routing>): void {
		this.dispatchEvent(new PanelActionEvent({ name: 'pool/change', params: { routing } }));
	}
}

customElements.define('pool-accounts-head', AccountsHead);
