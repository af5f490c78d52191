import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { KeyView } from '../../src/shared/keyApi.js';
import type { ExplainedRequest } from '../../src/shared/requestApi.js';
import { filterOptions } from '../filterOptions.js';
import type { Loaded } from '../loaded.js';
import type { Opened } from '../openedReader.js';
import { ReadAgainEvent, ViewChoiceEvent } from '../panelAction.js';
import { isFiltered, noFilter, type RequestFilter } from '../requestFilter.js';
import type { RequestRows } from '../requestRows.js';
import detailsText from '../styles/requestDetails.css';
import tabText from '../styles/requestsTab.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { connectLink, empty, notRead } from './absent.js';
import { requestDrawer } from './requestDrawer.js';
import { requestFilterBar, type FilterOptions } from './requestFilterBar.js';
import './requestList.js';
import { OpenRequestEvent } from './requestList.js';

/** Nobody wants an answer for every letter. */
const typingMs = 200;

/** Every request there was, and why each went where it went. */
class RequestsTab extends LitElement {
	static override readonly styles = [controls, sheet(tabText), sheet(detailsText)];

	@property({ attribute: false }) accessor log: Loaded<RequestRows> = { kind: 'loading' };
	@property({ attribute: false }) accessor filter: RequestFilter = noFilter;
	@property({ attribute: false }) accessor accounts: readonly AccountView[] = [];
	@property({ attribute: false }) accessor keys: readonly KeyView[] = [];
	@property({ attribute: false }) accessor openRequest: string | null = null;
	@property({ attribute: false }) accessor explanation: Opened<ExplainedRequest> | null = null;
	/** The request to go to. */
	@property({ attribute: false }) accessor target: string | null = null;
	@property({ attribute: false }) accessor now = 0;
	@state() private accessor showsFilter = false;
	#options: FilterOptions = { accountId: {}, model: {}, client: {}, keyId: {} };
	#typing: number | undefined;
	/** Whether the focus goes to the details as soon as they are drawn. */
	#entersDrawer = false;

	protected override willUpdate(changed: PropertyValues<this>): void {
		// Chosen elsewhere: a narrow log must not keep to itself that it shows no other.
		const isChosen = this.filter.sessionId !== null && this.filter.sessionId !== changed.get('filter')?.sessionId;
		if (changed.has('filter') && isChosen) this.showsFilter = true;
		if (changed.has('log') || changed.has('accounts') || changed.has('keys')) {
			const rows = this.log.kind === 'ready' ? this.log.value.rows : [];
			this.#options = filterOptions({ rows, accounts: this.accounts, keys: this.keys }, this.#options);
		}
	}

	protected override render(): TemplateResult {
		const isOpen = this.openRequest !== null;
		return html`<section aria-label=${text.requests} @keydown=${this.#press} @pool-open-request=${this.#open}>
			${requestFilterBar({
				filter: this.filter,
				options: this.#options,
				isOpen: this.showsFilter,
				toggle: () => (this.showsFilter = !this.showsFilter),
				change: change => this.#filterBy(change),
				type: search => this.#type(search),
			})}
			<div class="split ${isOpen ? 'open' : ''}">
				<div class="list">${this.#content()}</div>
				${isOpen ? this.#drawer() : nothing}
			</div>
		</section>`;
	}

	protected override updated(): void {
		this.#searchOn();
		if (this.target !== null && this.target === this.openRequest) {
			this.#entersDrawer = true;
			this.renderRoot.querySelector('pool-request-list')?.reveal(this.target);
			this.dispatchEvent(new Event('pool-target-reached', { bubbles: true, composed: true }));
		}
		const drawer = this.renderRoot.querySelector<HTMLElement>('.drawer');
		if (!drawer) return;
		// Where the details cover the list, what has the focus must not be behind them.
		const coversList = getComputedStyle(drawer).position === 'absolute';
		const isInside = drawer.matches(':focus-within');
		const listHasFocus = this.renderRoot.querySelector('pool-request-list')?.matches(':focus-within') ?? false;
		if (!isInside && (this.#entersDrawer || (coversList && listHasFocus))) {
			drawer.querySelector<HTMLElement>('#drawer-title')?.focus();
		}
		this.#entersDrawer = false;
	}

	/** A part of the log without a request that fits says nothing about the older ones. */
	#searchOn(): void {
		if (this.log.kind !== 'ready') return;
		const { rows, next, isReadingOlder, problem } = this.log.value;
		if (rows.length > 0 || next === null || isReadingOlder || problem !== null) return;
		this.dispatchEvent(new ReadAgainEvent('older requests'));
	}

	#content(): TemplateResult {
		const { log } = this;
		switch (log.kind) {
			case 'loading':
				return html`<div class="loading" aria-busy="true">
					${Array.from({ length: 12 }, () => html`<span></span>`)}
				</div>`;
			case 'failed':
				return notRead(text.requestsFailed(log.problem), 'requests');
			case 'ready':
				return log.value.rows.length === 0 ? this.#empty(log.value) : this.#list(log.value);
			default:
				return log satisfies never;
		}
	}

	#list(rows: RequestRows): TemplateResult {
		return html`<pool-request-list
			.log=${rows}
			.accounts=${this.accounts}
			.openId=${this.openRequest}
			.now=${this.now}
		></pool-request-list>`;
	}

	#empty({ next, problem }: RequestRows): TemplateResult {
		if (problem !== null) return notRead(text.olderFailed(problem), 'older requests');
		// The search goes through the log in parts.
		if (next !== null) return html`<p class="empty dim" role="status" aria-busy="true">${text.searchingOlder}</p>`;
		if (!isFiltered(this.filter)) return empty(text.noRequests, text.noRequestsBody, connectLink());
		return html`<div class="empty">
			<p class="what">${text.noneFits}</p>
			<button type="button" class="link" @click=${() => this.#filterBy(noFilter)}>${text.clearFilter}</button>
		</div>`;
	}

	#drawer(): TemplateResult {
		const { openRequest, explanation } = this;
		const rows = this.log.kind === 'ready' ? this.log.value.rows : [];
		return requestDrawer({
			request: rows.find(({ id }) => id === openRequest) ?? null,
			explanation: explanation?.id === openRequest ? explanation : null,
			accounts: this.accounts,
			keys: this.keys,
			close: () => void this.#close(),
			showSession: sessionId => void this.#showSession(sessionId),
		});
	}

	readonly #open = (event: Event): void => {
		if (!(event instanceof OpenRequestEvent)) return;
		this.#entersDrawer = event.takesFocus;
		if (event.requestId === this.openRequest) this.requestUpdate();
		else this.#choose({ openRequest: event.requestId });
	};

	readonly #press = (event: KeyboardEvent): void => {
		if (event.key !== 'Escape' || this.openRequest === null || event.target instanceof HTMLSelectElement) return;
		event.preventDefault();
		void this.#close();
	};

	async #close(): Promise<void> {
		const hadFocus = this.renderRoot.querySelector('.drawer')?.matches(':focus-within') ?? false;
		this.#choose({ openRequest: null });
		if (!hadFocus) return;
		// The list may have been out of reach behind the details.
		this.openRequest = null;
		await this.updateComplete;
		this.renderRoot.querySelector('pool-request-list')?.focus();
	}

	/** The filter says what is shown now, and takes the focus from the details: those may lie over the log. */
	async #showSession(sessionId: string): Promise<void> {
		this.#filterBy({ ...noFilter, sessionId });
		this.#choose({ openRequest: null });
		this.openRequest = null;
		// It may have been folded since the same session was chosen before.
		this.showsFilter = true;
		await this.updateComplete;
		const picks = this.renderRoot.querySelectorAll<HTMLSelectElement>('.picks select');
		[...picks].find(({ value }) => value === sessionId)?.focus();
	}

	#type(search: string): void {
		window.clearTimeout(this.#typing);
		this.#typing = window.setTimeout(() => this.#filterBy({ search: search.trim() }), typingMs);
	}

	#filterBy(change: Partial<RequestFilter>): void {
		window.clearTimeout(this.#typing);
		// Known here at once: the next change may come before the next drawing.
		this.filter = { ...this.filter, ...change };
		this.#choose({ filter: this.filter });
	}

	#choose(choices: ConstructorParameters<typeof ViewChoiceEvent>[0]): void {
		this.dispatchEvent(new ViewChoiceEvent(choices));
	}
}

customElements.define('pool-requests', RequestsTab);
