import '@vscode-elements/elements/dist/vscode-badge/index.js';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AccountView } from '../../src/shared/managementApi.js';
import { accountName, accountStatus, planName } from '../accountStatus.js';
import accountText from '../styles/accountList.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { orderedWindows, readWindow, type WindowReading } from '../windowReading.js';
import { icon } from './icon.js';
import { iconButton, raise, status, switchControl } from './parts.js';
import { size } from './size.js';

/** Every account with its state, its windows and what can be done about it. */
class AccountList extends LitElement {
	static override readonly styles = [controls, sheet(accountText)];

	@property({ attribute: false }) accessor accounts: readonly AccountView[] = [];
	@property({ attribute: false }) accessor pending: ReadonlySet<string> = new Set();
	@property({ attribute: false }) accessor now = 0;

	protected override render(): TemplateResult {
		return html`<section aria-labelledby="title">
			<h2 id="title">${text.accounts} <span class="dim figure">${this.accounts.length}</span></h2>
			<ul class="list">
				${repeat(
					this.accounts,
					account => account.id,
					account => this.#row(account),
				)}
			</ul>
		</section>`;
	}

	#row(account: AccountView): TemplateResult {
		const name = accountName(account);
		const windows = orderedWindows(account).map(window => readWindow(window, this.now));
		return html`<li class=${account.selected ? '' : 'unselected'}>
			<div class="who">
				<div class="title">
					<span class="label" title=${name}>${name}</span>
					${account.plan === null ? nothing : html`<vscode-badge>${planName(account.plan)}</vscode-badge>`}
				</div>
				${
					account.name !== null && account.email !== null
						? html`<div class="dim label" title=${account.email}>${account.email}</div>`
						: nothing
				}
				<div class="standing">
					${status(accountStatus(account, this.now))}
					${
						account.state === 'needs_sign_in'
							? html`<button type="button" class="link" @click=${raise({ name: 'account/add' })}>
									${text.signIn}
								</button>`
							: nothing
					}
				</div>
			</div>
			<div class="windows">
				${windows.length === 0 ? html`<p class="dim">${text.noWindows}</p>` : nothing}
				${repeat(
					windows,
					reading => reading.key,
					reading => windowBar(reading, name),
				)}
			</div>
			<div class="actions">${this.#actions(account, name)}</div>
		</li>`;
	}

	#actions(account: AccountView, name: string): TemplateResult {
		const params = { accountId: account.id };
		return html`
			${switchControl({
				isOn: account.selected,
				label: text.usePool(name),
				toggle: raise({ name: 'account/select', params: { ...params, selected: !account.selected } }),
			})}
			${iconButton({
				icon: 'refresh',
				label: text.refresh(name),
				isBusy: this.pending.has(`account/refresh/${account.id}`),
				press: raise({ name: 'account/refresh', params }),
			})}
			${iconButton({ icon: 'trash', label: text.remove(name), press: raise({ name: 'account/remove', params }) })}
		`;
	}
}

customElements.define('pool-accounts', AccountList);

function windowBar(reading: WindowReading, account: string): TemplateResult {
	const percent = reading.usedPercent;
	return html`<div class="window ${reading.risk}">
		<div class="line">
			<span title=${reading.name}>${reading.name}</span>
			<span class="dim origin" title=${reading.originExact}>${reading.origin}</span>
		</div>
		<div
			class="bar"
			role="meter"
			aria-label=${text.windowLabel(reading.name, account)}
			aria-valuemin="0"
			aria-valuemax="100"
			aria-valuenow=${percent ?? 0}
			aria-valuetext=${`${reading.used}. ${reading.resets}`}
		>
			<span class="fill" ${size(percent ?? 0)}></span>
		</div>
		<div class="line">
			<span class="used">
				${reading.risk === 'calm' ? nothing : html`<span class="risk" title=${text.risk[reading.risk]}>${icon('warning')}</span>`}
				${reading.used}
			</span>
			<span class="resets" title=${reading.resetsExact}>${reading.resets}</span>
		</div>
	</div>`;
}
