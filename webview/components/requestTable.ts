import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { RequestRecord } from '../../src/shared/requestApi.js';
import { nameOf } from '../accountStatus.js';
import { formatExact } from '../durations.js';
import type { Explanations } from '../explanationReader.js';
import { latency, share, tokens, totalTokens } from '../figures.js';
import { ViewChoiceEvent } from '../panelAction.js';
import { requestStatus } from '../requestStory.js';
import detailsText from '../styles/requestDetails.css';
import requestText from '../styles/requestTable.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { requestsAtFirst, type ViewChoices } from '../viewChoices.js';
import { icon } from './icon.js';
import { ago, figure, status } from './parts.js';
import { requestDetails } from './requestDetails.js';

const columns = 9;

/** The newest requests; a row opens to tell why it went where it went. */
class RequestTable extends LitElement {
	static override readonly styles = [controls, sheet(requestText), sheet(detailsText)];

	@property({ attribute: false }) accessor requests: readonly RequestRecord[] = [];
	@property({ attribute: false }) accessor accounts: readonly AccountView[] = [];
	@property({ attribute: false }) accessor choices: ViewChoices | null = null;
	@property({ attribute: false }) accessor explanations: Explanations = new Map();
	/** The request to go to. */
	@property({ attribute: false }) accessor target: string | null = null;
	@property({ attribute: false }) accessor now = 0;
	/** The rows as they were when the pointer or the focus came in: nothing moves under either. */
	@state() accessor held: readonly RequestRecord[] | null = null;

	protected override willUpdate(changed: PropertyValues<this>): void {
		// Who is sent to a request wants to see it, though rows move.
		if (changed.has('target') && this.target !== null) this.held = null;
	}

	protected override updated(): void {
		if (this.target === null) return;
		const row = this.renderRoot.querySelector(`#${CSS.escape(rowId(this.target))}`);
		const expand = row?.querySelector<HTMLElement>('.expand');
		if (!row || !expand) return;
		row.scrollIntoView({ block: 'start' });
		expand.focus({ preventScroll: true });
		this.dispatchEvent(new Event('pool-target-reached', { bubbles: true, composed: true }));
	}

	protected override render(): TemplateResult {
		const all = this.held ?? this.requests;
		return html`<section aria-labelledby="title">
			<div class="head">
				<h2 id="title">${text.recent}</h2>
				${this.#newer()}
			</div>
			${
				all.length === 0
					? html`<div class="empty">
							<p>${text.noRequests}</p>
							<p class="dim">${text.noRequestsBody}</p>
						</div>`
					: this.#table(all)
			}
		</section>`;
	}

	#table(all: readonly RequestRecord[]): TemplateResult {
		const shown = this.choices?.showsAllRequests ? all : all.slice(0, requestsAtFirst);
		return html`<table
				@pointerenter=${this.#hold}
				@pointerleave=${this.#release}
				@focusin=${this.#hold}
				@focusout=${this.#release}
			>
				<thead>
					<tr>
						<th scope="col">${text.time}</th>
						<th scope="col" class="minor">${text.client}</th>
						<th scope="col">${text.model}</th>
						<th scope="col" class="medium">${text.account}</th>
						<th scope="col" class="number medium">${text.tokens}</th>
						<th scope="col" class="number minor">${text.cached}</th>
						<th scope="col" class="number minor">${text.firstByte}</th>
						<th scope="col" class="number total">${text.total}</th>
						<th scope="col">${text.status}</th>
					</tr>
				</thead>
				<tbody>
					${repeat(
						shown,
						request => request.id,
						request => this.#row(request),
					)}
				</tbody>
			</table>
			${
				shown.length < all.length
					? html`<button type="button" class="link" @click=${() => this.#choose({ showsAllRequests: true })}>
							${text.showAll(all.length)}
						</button>`
					: nothing
			}`;
	}

	#row(request: RequestRecord): TemplateResult {
		const isOpen = this.choices?.openRequests.includes(request.id) ?? false;
		const detailsId = `details-${request.id}`;
		return html`<tr class="request ${isOpen ? 'open' : ''}" id=${rowId(request.id)}>
				<th scope="row">
					<div class="when">
						<button
							type="button"
							class="expand"
							aria-expanded=${isOpen ? 'true' : 'false'}
							aria-controls=${isOpen ? detailsId : nothing}
							aria-label=${text.details(formatExact(request.startedAt))}
							@click=${() => this.#toggle(request.id, isOpen)}
						>
							${icon(isOpen ? 'chevron-down' : 'chevron-right')}
						</button>
						${ago(request.startedAt, this.now)}
					</div>
				</th>
				<td class="minor" title=${request.client ?? ''}>${request.client ?? '–'}</td>
				<td title=${request.model ?? ''}>
					${request.model ?? '–'}${request.effort === null ? nothing : html` <span class="dim">${request.effort}</span>`}
				</td>
				<td class="medium" title=${nameOf(this.accounts, request.accountId)}>
					${nameOf(this.accounts, request.accountId)}
				</td>
				<td class="number medium">${figure(tokens(totalTokens(request.inputTokens, request.outputTokens)))}</td>
				<td class="number minor">${figure(share(request.cachedTokens, request.inputTokens))}</td>
				<td class="number minor">${figure(latency(request.firstByteMs))}</td>
				<td class="number total">${figure(latency(request.totalMs))}</td>
				<td>${status(requestStatus(request))}</td>
			</tr>
			${
				isOpen
					? html`<tr class="details" id=${detailsId}>
							<td colspan=${columns}>${requestDetails(request, this.explanations.get(request.id), this.accounts)}</td>
						</tr>`
					: nothing
			}`;
	}

	#newer(): TemplateResult | typeof nothing {
		if (!this.held) return nothing;
		const known = new Set(this.held.map(request => request.id));
		const count = this.requests.filter(request => !known.has(request.id)).length;
		return count === 0 ? nothing : html`<span class="dim">${text.newer(count)}</span>`;
	}

	readonly #hold = (): void => {
		this.held ??= this.requests;
	};

	readonly #release = (event: Event): void => {
		const table = event.currentTarget;
		if (!(table instanceof HTMLElement)) return;
		const goesTo = event instanceof FocusEvent && event.relatedTarget instanceof Node ? event.relatedTarget : null;
		const keepsFocus = event.type === 'focusout' ? table.contains(goesTo) : table.matches(':focus-within');
		const keepsPointer = event.type === 'pointerleave' ? false : table.matches(':hover');
		if (!keepsFocus && !keepsPointer) this.held = null;
	};

	#toggle(requestId: string, isOpen: boolean): void {
		const present = new Set(this.requests.map(request => request.id));
		const others = (this.choices?.openRequests ?? []).filter(id => id !== requestId && present.has(id));
		this.#choose({ openRequests: isOpen ? others : [...others, requestId] });
	}

	#choose(choices: Partial<ViewChoices>): void {
		this.dispatchEvent(new ViewChoiceEvent(choices));
	}
}

customElements.define('pool-requests', RequestTable);

function rowId(requestId: string): string {
	return `request-${requestId}`;
}
