import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { RequestRecord } from '../../src/shared/requestApi.js';
import { ReadAgainEvent } from '../panelAction.js';
import type { RequestRows } from '../requestRows.js';
import { rowHeight, rowWindow, scrollTo } from '../rowWindow.js';
import listText from '../styles/requestList.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { notRead } from './absent.js';
import { columnTitles, requestCells } from './requestColumns.js';
import { icon } from './icon.js';

/** How close to the end of what was read the older ones are asked for, px. */
const nearEnd = 1_200;

/** A request of the list is to be opened. */
export class OpenRequestEvent extends Event {
	static readonly type = 'pool-open-request';

	constructor(
		readonly requestId: string,
		/** Whether the focus goes along, as it does with Enter in the editor's own lists. */
		readonly takesFocus: boolean,
	) {
		super(OpenRequestEvent.type, { bubbles: true, composed: true });
	}
}

/**
 * The log: of any length, because only the rows that can be seen are drawn. The focus is the list's own, so that it
 * stays when rows come and go. New rows wait while somebody reads.
 */
class RequestList extends LitElement {
	static override readonly styles = [controls, sheet(listText)];

	@property({ attribute: false }) accessor log: RequestRows | null = null;
	@property({ attribute: false }) accessor accounts: readonly AccountView[] = [];
	/** The request whose details are open. */
	@property({ attribute: false }) accessor openId: string | null = null;
	@property({ attribute: false }) accessor now = 0;
	/** The row that the keyboard is on. */
	@state() private accessor activeId: string | null = null;
	@state() private accessor scrolled = 0;
	@state() private accessor height = 0;
	@query('.log') private accessor list: HTMLElement | null = null;
	@query('.space') private accessor space: HTMLElement | null = null;
	readonly #sizes = new ResizeObserver(([entry]) => {
		if (entry) this.height = entry.contentRect.height;
	});

	override focus(): void {
		this.list?.focus({ preventScroll: true });
	}

	/** Puts the keyboard on a row and shows it, if it is among those that were read. */
	reveal(requestId: string): void {
		const index = this.#rows.findIndex(({ id }) => id === requestId);
		if (index >= 0) this.#activate(index);
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.#sizes.disconnect();
	}

	override connectedCallback(): void {
		super.connectedCallback();
		this.addEventListener('pointerleave', this.#release);
		if (this.list) this.#sizes.observe(this.list);
	}

	protected override firstUpdated(): void {
		if (this.list) this.#sizes.observe(this.list);
	}

	protected override render(): TemplateResult | typeof nothing {
		const { log } = this;
		if (!log) return nothing;
		const { first, end } = rowWindow(log.rows.length, this.scrolled, this.height);
		const shown = log.rows.slice(first, end);
		const isActiveDrawn = shown.some(({ id }) => id === this.activeId);
		return html`${this.#newerButton(log)}
			<div
				class="log"
				role="grid"
				tabindex="0"
				aria-label=${text.requestLog}
				aria-rowcount=${log.next === null ? log.rows.length + 1 : -1}
				aria-activedescendant=${isActiveDrawn ? 'active' : nothing}
				aria-describedby="keys"
				@scroll=${this.#follow}
				@keydown=${this.#press}
				@focus=${this.#enter}
				@focusout=${this.#release}
			>
				<div class="row titles" role="row" aria-rowindex="1">${columnTitles()}</div>
				<div class="space">
					<div class="rows" role="rowgroup">
						${repeat(
							shown,
							({ id }) => id,
							(request, index) => this.#row(request, first + index),
						)}
					</div>
				</div>
				${this.#end(log)}
			</div>
			<p class="said" id="keys">${text.requestKeys}</p>`;
	}

	protected override updated(changed: PropertyValues<this>): void {
		const { log, list, space } = this;
		if (!log || !list || !space) return;
		// Lengths that come from data go through the object model: the content policy forbids style attributes, not this.
		space.style.height = `${log.rows.length * rowHeight}px`;
		space.style.setProperty('--first', `${rowWindow(log.rows.length, this.scrolled, this.height).first * rowHeight}px`);
		if (log.newer > 0 && !this.#isRead()) this.#takeNewer();
		if (changed.has('log')) this.#readOlderIfNear();
	}

	get #rows(): readonly RequestRecord[] {
		return this.log?.rows ?? [];
	}

	#row(request: RequestRecord, index: number): TemplateResult {
		const isActive = request.id === this.activeId;
		const isOpen = request.id === this.openId;
		return html`<div
			class="row request ${isActive ? 'active' : ''} ${isOpen ? 'open' : ''}"
			role="row"
			id=${isActive ? 'active' : nothing}
			aria-rowindex=${index + 2}
			aria-selected=${isOpen ? 'true' : 'false'}
			@click=${() => this.#choose(index)}
		>
			${requestCells(request, this)}
		</div>`;
	}

	#newerButton({ newer, hasGap }: RequestRows): TemplateResult | typeof nothing {
		if (newer === 0) return nothing;
		return html`<button type="button" class="newer" @click=${this.#showNewer}>
			${icon('arrow-up')}${text.newer(newer, hasGap)}
		</button>`;
	}

	#end({ next, isReadingOlder, problem }: RequestRows): TemplateResult | typeof nothing {
		if (problem !== null) {
			return html`<div class="end">${notRead(text.olderFailed(problem), 'older requests')}</div>`;
		}
		return next === null && !isReadingOlder
			? nothing
			: html`<p class="end dim" aria-busy="true">${text.readingOlder}</p>`;
	}

	readonly #follow = (): void => {
		if (!this.list) return;
		this.scrolled = this.list.scrollTop;
		this.#readOlderIfNear();
		this.#release();
	};

	#readOlderIfNear(): void {
		const { list, log } = this;
		if (!list || !log || log.next === null || log.isReadingOlder || log.problem !== null) return;
		if (log.rows.length * rowHeight - list.scrollTop - list.clientHeight < nearEnd) {
			this.dispatchEvent(new ReadAgainEvent('older requests'));
		}
	}

	/** Nothing moves under the eyes, the pointer or the keyboard. */
	#isRead(): boolean {
		const { list } = this;
		if (!list) return false;
		return list.scrollTop > 0 || this.openId !== null || this.matches(':hover') || list.matches(':focus');
	}

	readonly #release = (): void => {
		if ((this.log?.newer ?? 0) > 0) this.requestUpdate();
	};

	#takeNewer(): void {
		this.dispatchEvent(new Event('pool-take-newer', { bubbles: true, composed: true }));
	}

	readonly #showNewer = (): void => {
		this.#takeNewer();
		this.activeId = null;
		this.list?.scrollTo({ top: 0 });
		this.focus();
	};

	readonly #enter = (): void => {
		if (this.activeId === null && this.list?.matches(':focus-visible')) this.#activate(this.#firstSeen());
	};

	#firstSeen(): number {
		return Math.ceil((this.list?.scrollTop ?? 0) / rowHeight);
	}

	readonly #press = (event: KeyboardEvent): void => {
		if (event.target !== this.list || event.altKey || event.ctrlKey || event.metaKey) return;
		const at = this.#rows.findIndex(({ id }) => id === this.activeId);
		const page = Math.max(1, Math.floor((this.#seenHeight() - rowHeight) / rowHeight));
		const moves: Readonly<Record<string, number>> = {
			ArrowDown: at + 1,
			ArrowUp: at - 1,
			PageDown: at + page,
			PageUp: at - page,
			Home: 0,
			End: this.#rows.length - 1,
		};
		const to = moves[event.key];
		if (to !== undefined) {
			event.preventDefault();
			if (to < 0 && at <= 0 && (this.log?.newer ?? 0) > 0) this.#showNewer();
			else this.#move(to);
		} else if ((event.key === 'Enter' || event.key === ' ') && this.activeId !== null) {
			event.preventDefault();
			this.dispatchEvent(new OpenRequestEvent(this.activeId, event.key === 'Enter'));
		}
	};

	/** With the details open, they follow. */
	#move(index: number): void {
		this.#activate(index);
		if (this.openId !== null && this.activeId !== null && this.activeId !== this.openId) {
			this.dispatchEvent(new OpenRequestEvent(this.activeId, false));
		}
	}

	#choose(index: number): void {
		this.#activate(index);
		if (this.activeId !== null) this.dispatchEvent(new OpenRequestEvent(this.activeId, false));
	}

	#activate(index: number): void {
		const bounded = Math.max(0, Math.min(this.#rows.length - 1, index));
		this.activeId = this.#rows[bounded]?.id ?? null;
		const top = scrollTo(bounded, this.list?.scrollTop ?? 0, this.#seenHeight());
		if (top !== undefined) this.list?.scrollTo({ top });
	}

	/** Without the titles, which stay on top of the rows. */
	#seenHeight(): number {
		return (this.list?.clientHeight ?? 0) - rowHeight;
	}
}

customElements.define('pool-request-list', RequestList);

declare global {
	interface HTMLElementTagNameMap {
		'pool-request-list': RequestList;
	}
}
