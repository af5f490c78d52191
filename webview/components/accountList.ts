import '@vscode-elements/elements/dist/vscode-badge/index.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import { movedOrder } from '../accountOrder.js';
import { accountName, accountNote, accountStatus, nameOf, planName } from '../accountStatus.js';
import { PanelActionEvent } from '../panelAction.js';
import { spendingBadges } from '../spending.js';
import accountText from '../styles/accountList.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { orderedWindows, readWindow } from '../windowReading.js';
import './actionMenu.js';
import type { MenuItem } from './actionMenu.js';
import './nameInput.js';
import type { NameEdit } from './nameInput.js';
import { iconButton, raise, status, switchControl } from './parts.js';
import { spendingForm } from './spendingForm.js';
import { windowBar } from './windowBar.js';

/** Every account with its state, its windows and what can be done about it. */
class AccountList extends LitElement {
	static override readonly styles = [controls, sheet(accountText)];

	@property({ attribute: false }) accessor accounts: readonly AccountView[] = [];
	/** The only one that is used; null when all may be. */
	@property({ attribute: false }) accessor singleAccountId: string | null = null;
	@property({ attribute: false }) accessor pending: ReadonlySet<string> = new Set();
	@property({ attribute: false }) accessor now = 0;
	/** The account whose name is being edited. */
	@state() private accessor renaming: string | null = null;
	/** The account whose priority and reserve are being edited. */
	@state() private accessor spending: string | null = null;

	/** A row that changes places is taken out and put back, which would cost it the focus. */
	protected override update(changed: PropertyValues): void {
		const focused = this.shadowRoot?.activeElement;
		super.update(changed);
		if (focused instanceof HTMLElement && focused.isConnected && !this.shadowRoot?.activeElement) focused.focus();
	}

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
					${this.renaming === account.id ? this.#nameInput(account, name) : html`<span class="label" title=${name}>${name}</span>`}
					${account.plan === null ? nothing : html`<vscode-badge>${planName(account.plan)}</vscode-badge>`}
				</div>
				${
					account.name !== null && account.email !== null
						? html`<div class="dim label" title=${account.email}>${account.email}</div>`
						: nothing
				}
				${this.#badges(account)} ${this.#standing(account, name)}
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
			${this.spending === account.id ? spendingForm(account, name, () => void this.#endSpending(account.id)) : nothing}
		</li>`;
	}

	#badges(account: AccountView): TemplateResult | typeof nothing {
		const badges = spendingBadges(account);
		if (badges.length === 0) return nothing;
		return html`<div class="badges">
			${badges.map(({ word, title }) => html`<span title=${title}>${word}</span>`)}
		</div>`;
	}

	#standing(account: AccountView, name: string): TemplateResult {
		const note = accountNote(account, this.now) ?? this.#passedOver(account) ?? this.#shared(account);
		const params = { accountId: account.id };
		return html`<div class="standing">
				${status(accountStatus(account, this.now))}
				${
					account.state === 'paused'
						? html`<button
								type="button"
								class="link"
								aria-label=${text.resumeNamed(name)}
								@click=${raise({ name: 'account/pause', params: { ...params, paused: false } })}
							>
								${text.resume}
							</button>`
						: nothing
				}
			</div>
			${note === null ? nothing : html`<p class="dim note">${note}</p>`}
			${
				account.state === 'needs_sign_in'
					? html`<vscode-button
							class="sign-in"
							aria-label=${text.signInNamed(name)}
							@click=${raise({ name: 'account/signIn', params })}
							>${text.signIn}</vscode-button
						>`
					: nothing
			}`;
	}

	/** It could work, but the user wants a single account. */
	#passedOver({ id }: AccountView): string | null {
		const { singleAccountId } = this;
		return singleAccountId === null || singleAccountId === id
			? null
			: text.notTheSingle(nameOf(this.accounts, singleAccountId));
	}

	#shared({ sharesWith }: AccountView): string | null {
		const names = sharesWith.map(id => nameOf(this.accounts, id));
		return names.length === 0 ? null : text.sharesQuota(names.join(', '));
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
			<pool-menu
				id=${`menu-${account.id}`}
				.label=${text.moreActions(name)}
				.items=${this.#menuItems(account)}
			></pool-menu>
		`;
	}

	/** What is not done every day. */
	#menuItems({ id: accountId, state }: AccountView): readonly MenuItem[] {
		const params = { accountId };
		const isPaused = state === 'paused';
		return [
			{
				icon: isPaused ? 'play' : 'debug-pause',
				label: isPaused ? text.resume : text.pause,
				isDisabled: state === 'needs_sign_in' || state === 'disabled',
				choose: raise({ name: 'account/pause', params: { ...params, paused: !isPaused } }),
			},
			{ icon: 'edit', label: text.rename, choose: () => (this.renaming = accountId) },
			{ icon: 'dashboard', label: text.spending, choose: () => void this.#beginSpending(accountId) },
			this.#moveItem(accountId, 'up'),
			this.#moveItem(accountId, 'down'),
			{ icon: 'sign-in', label: text.signInMenu, choose: raise({ name: 'account/signIn', params }) },
			{ icon: 'export', label: text.export, choose: raise({ name: 'account/export', params }) },
			{ icon: 'trash', label: text.remove, choose: raise({ name: 'account/remove', params }) },
		];
	}

	#moveItem(accountId: string, direction: 'up' | 'down'): MenuItem {
		const accountIds = movedOrder(this.accounts, accountId, direction);
		return {
			icon: direction === 'up' ? 'arrow-up' : 'arrow-down',
			label: direction === 'up' ? text.moveUp : text.moveDown,
			isDisabled: accountIds === null,
			choose: accountIds === null ? () => undefined : raise({ name: 'account/order', params: { accountIds } }),
		};
	}

	#nameInput(account: AccountView, name: string): TemplateResult {
		return html`<pool-name-input
			.name=${account.name ?? ''}
			.label=${text.nameOf(name)}
			.placeholder=${account.email ?? ''}
			.end=${(edit: NameEdit) => void this.#endRenaming(account.id, edit)}
		></pool-name-input>`;
	}

	async #endRenaming(accountId: string, { name, hasFocus }: NameEdit): Promise<void> {
		this.renaming = null;
		if (name !== undefined) {
			const params = { accountId, name: name === '' ? null : name };
			this.dispatchEvent(new PanelActionEvent({ name: 'account/rename', params }));
		}
		if (hasFocus) await this.#focusMenu(accountId);
	}

	async #beginSpending(accountId: string): Promise<void> {
		this.spending = accountId;
		await this.updateComplete;
		this.renderRoot.querySelector<HTMLElement>('.spending select')?.focus();
	}

	async #endSpending(accountId: string): Promise<void> {
		this.spending = null;
		await this.#focusMenu(accountId);
	}

	/** What had the focus is gone; its account is not. */
	async #focusMenu(accountId: string): Promise<void> {
		await this.updateComplete;
		this.renderRoot.querySelector<HTMLElement>(`#${CSS.escape(`menu-${accountId}`)}`)?.focus();
	}
}

customElements.define('pool-accounts', AccountList);
