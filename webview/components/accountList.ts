import '@vscode-elements/elements/dist/vscode-badge/index.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { WindowForecast, WindowHistory } from '../../src/shared/forecastApi.js';
import type { UsageReport } from '../../src/shared/usageApi.js';
import { accountColumns, rowsOf, sortedRows } from '../accountColumns.js';
import { accountName, accountNote, accountStatus, nameOf, planName } from '../accountStatus.js';
import { listed } from '../joined.js';
import type { Loaded } from '../loaded.js';
import type { Opened } from '../openedReader.js';
import { PanelActionEvent } from '../panelAction.js';
import { accountBadges } from '../spending.js';
import accountText from '../styles/accountList.css';
import tableText from '../styles/accountTable.css';
import meterText from '../styles/meter.css';
import nameText from '../styles/namedRow.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import type { ViewChoices } from '../viewChoices.js';
import { orderedWindows, readWindow } from '../windowReading.js';
import { windowPace } from '../windowPace.js';
import { accountMenu } from './accountMenu.js';
import { accountTable } from './accountTable.js';
import './actionMenu.js';
import { FocusKeeper } from './focusKeeper.js';
import './nameInput.js';
import type { NameEdit } from './nameInput.js';
import { iconButton, raise, status, switchControl } from './parts.js';
import { spendingForm } from './spendingForm.js';
import { windowBar } from './windowBar.js';
import './windowHistory.js';

/** How the user wants to see the accounts. */
type AccountChoices = Pick<ViewChoices, 'showsAccountTable' | 'accountSort' | 'openHistory'>;

const loading = { kind: 'loading' } as const;

/** Every account with its state, its windows and what can be done about it. */
class AccountList extends LitElement {
	static override readonly styles = [controls, sheet(meterText), sheet(nameText), sheet(accountText), sheet(tableText)];

	@property({ attribute: false }) accessor accounts: readonly AccountView[] = [];
	/** The only one that is used; null when all may be. */
	@property({ attribute: false }) accessor singleAccountId: string | null = null;
	@property({ attribute: false }) accessor pending: ReadonlySet<string> = new Set();
	@property({ attribute: false }) accessor now = 0;
	@property({ attribute: false }) accessor choices: AccountChoices = {
		showsAccountTable: false,
		accountSort: null,
		openHistory: null,
	};
	/** By account, since midnight. */
	@property({ attribute: false }) accessor today: Loaded<UsageReport> = loading;
	@property({ attribute: false }) accessor forecast: readonly WindowForecast[] = [];
	/** Of the account whose past is shown. */
	@property({ attribute: false }) accessor history: Opened<WindowHistory> | null = null;
	@property({ attribute: false }) accessor hidesEmails = false;
	/** The account whose name is being edited. */
	@state() private accessor renaming: string | null = null;
	/** The account whose priority and reserve are being edited. */
	@state() private accessor spending: string | null = null;
	readonly #focusKeeper = new FocusKeeper(this);

	/** When what had the focus is gone with its account. */
	override focus(): void {
		(this.#focusKeeper.neighbour ?? this.renderRoot.querySelector<HTMLElement>('pool-menu'))?.focus();
	}

	protected override render(): TemplateResult {
		return html`<section aria-label=${text.accounts}>
			${this.choices.showsAccountTable ? this.#table() : this.#cards()}
		</section>`;
	}

	#cards(): TemplateResult {
		return html`<ul class="rows list">
			${repeat(
				this.accounts,
				account => account.id,
				account => this.#row(account),
			)}
		</ul>`;
	}

	#table(): TemplateResult {
		const { accounts, now } = this;
		const columns = accountColumns(accounts);
		const sort = this.choices.accountSort;
		const rows = rowsOf(accounts, this.today.kind === 'ready' ? this.today.value.rows : null);
		return accountTable({
			rows: sortedRows(rows, columns, { sort, now }),
			columns,
			sort,
			now,
			nameOf: account => this.#name(account, accountName(account)),
			actionsOf: account => this.#actions(account, accountName(account)),
			below: account => this.#below(account, accountName(account)),
		});
	}

	#row(account: AccountView): TemplateResult {
		const name = accountName(account);
		const windows = orderedWindows(account).map(window => readWindow(window, this.now));
		return html`<li class=${account.selected ? '' : 'unselected'}>
			<div class="who">
				<div class="title">
					${this.#name(account, name)}
					${account.plan === null ? nothing : html`<vscode-badge>${planName(account.plan)}</vscode-badge>`}
				</div>
				${this.#email(account)} ${this.#badges(account)} ${this.#standing(account, name)}
			</div>
			<div class="windows">
				${windows.length === 0 ? html`<p class="dim">${text.noWindows}</p>` : nothing}
				${repeat(
					windows,
					reading => reading.key,
					reading =>
						windowBar(reading, name, windowPace(this.forecast, { accountId: account.id, key: reading.key }, this.now)),
				)}
			</div>
			${this.#actions(account, name)} ${this.#below(account, name)}
		</li>`;
	}

	#name(account: AccountView, name: string): TemplateResult {
		return this.renaming === account.id
			? this.#nameInput(account, name)
			: html`<span class="label" title=${name}>${name}</span>`;
	}

	/** Below a name of the user's own. What is hidden is a picture of an address, and no address. */
	#email({ name, email }: AccountView): TemplateResult | typeof nothing {
		if (name === null) return nothing;
		if (this.hidesEmails)
			return html`<div class="dim blurred" title=${text.emailsHidden} aria-hidden="true">someone@example.com</div>`;
		return email === null ? nothing : html`<div class="dim label" title=${email}>${email}</div>`;
	}

	#badges(account: AccountView): TemplateResult | typeof nothing {
		const badges = accountBadges(account);
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
		return names.length === 0 ? null : text.sharesQuota(listed(names));
	}

	#actions(account: AccountView, name: string): TemplateResult {
		const params = { accountId: account.id };
		return html`<div class="actions">
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
				.items=${accountMenu(account, {
					accounts: this.accounts,
					isSorted: this.choices.showsAccountTable && this.choices.accountSort !== null,
					showsHistory: this.choices.openHistory === account.id,
					rename: () => (this.renaming = account.id),
					spend: () => void this.#beginSpending(account.id),
				})}
			></pool-menu>
		</div>`;
	}

	/** What is open of an account. */
	#below(account: AccountView, name: string): TemplateResult | typeof nothing {
		const isSpending = this.spending === account.id;
		const showsHistory = this.choices.openHistory === account.id;
		if (!isSpending && !showsHistory) return nothing;
		return html`${isSpending ? spendingForm(account, name, () => void this.#endSpending(account.id)) : nothing}
		${
			showsHistory
				? html`<pool-window-history
						.name=${name}
						.history=${this.history?.id === account.id ? this.history.answer : loading}
					></pool-window-history>`
				: nothing
		}`;
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
