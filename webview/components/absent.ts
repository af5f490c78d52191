import { html, nothing, type TemplateResult } from 'lit';
import { ReadAgainEvent } from '../panelAction.js';
import { text } from '../text.js';
import { icon } from './icon.js';
import { leadTo } from './parts.js';

/** What stands in the place of content: while it is read, when it could not be, and when there is none. */

/** `label`: what is being read, for those who do not see the shapes. */
export function skeleton(parts: number, label?: string): TemplateResult {
	return html`<div
		class="skeleton"
		aria-busy="true"
		role=${label === undefined ? nothing : 'status'}
		aria-label=${label ?? nothing}
	>
		${Array.from({ length: parts }, () => html`<span></span>`)}
	</div>`;
}

export function notRead(sentence: string, what: ReadAgainEvent['what']): TemplateResult {
	const again = ({ currentTarget }: Event) => currentTarget?.dispatchEvent(new ReadAgainEvent(what));
	return html`<p class="problem" role="status">
		${icon('warning')}<span>${sentence}</span>
		<button type="button" class="link" @click=${again}>${text.retry}</button>
	</p>`;
}

/** `next`: what there is to do about it. */
export function empty(title: string, body: string, next: TemplateResult | typeof nothing = nothing): TemplateResult {
	return html`<div class="empty">
		<p class="what">${title}</p>
		<p class="dim">${body}</p>
		${next}
	</div>`;
}

/** Where nothing is to be seen before a client uses the pool. */
export function connectLink(): TemplateResult {
	return html`<button type="button" class="link" @click=${leadTo({ tab: 'connect' })}>${text.connectClient}</button>`;
}
