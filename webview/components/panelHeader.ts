import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { PanelState } from '../../src/shared/panelMessages.js';
import { PanelActionEvent, ViewChoiceEvent } from '../panelAction.js';
import headerText from '../styles/panelHeader.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { iconButton, raise, switchControl } from './parts.js';

/** What is true of the whole pool, whichever tab is shown. */
class PanelHeader extends LitElement {
	static override readonly styles = [controls, sheet(headerText)];

	@property({ attribute: false }) accessor panel: PanelState | null = null;
	@property({ attribute: false }) accessor hidesEmails = false;

	protected override render(): TemplateResult {
		const connection = this.panel?.connection ?? 'starting';
		const pool = this.panel?.pool;
		const isRunning = connection === 'owner' || connection === 'follower';
		return html`<header>
			<div class="name">
				<h1>${text.title}</h1>
				<span class="dim">${text.connection[connection]}</span>
			</div>
			${pool && isRunning ? this.#switch(pool.enabled) : nothing} ${this.#veil()}
			${iconButton({ icon: 'output', label: text.showLog, press: raise({ name: 'log/show' }) })}
		</header>`;
	}

	/** For when others see the screen. What the setting hides the panel does not have: there it leads to the setting. */
	#veil(): TemplateResult {
		const { hidesEmails } = this;
		const isSet = this.panel?.hideEmails === true;
		return iconButton({
			icon: hidesEmails ? 'eye-closed' : 'eye',
			label: isSet ? text.emailsHiddenBySetting : text.hideEmails,
			...(!isSet && { isPressed: hidesEmails }),
			press: isSet
				? raise({ name: 'setting/show', params: { name: 'hideEmails' } })
				: () => this.dispatchEvent(new ViewChoiceEvent({ hidesEmails: !hidesEmails })),
		});
	}

	#switch(isOn: boolean): TemplateResult {
		return switchControl({
			isOn,
			label: text.poolSwitch,
			words: { on: text.poolOn, off: text.poolOff },
			toggle: () => this.dispatchEvent(new PanelActionEvent({ name: 'pool/change', params: { enabled: !isOn } })),
		});
	}
}

customElements.define('pool-header', PanelHeader);
