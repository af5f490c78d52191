import { html, nothing, type TemplateResult } from 'lit';
import type { DropOutcome } from '../../src/shared/panelMessages.js';
import type { ShownDrop } from '../accountDrop.js';
import { listed } from '../joined.js';
import { text } from '../text.js';
import { icon } from './icon.js';
import { iconButton } from './parts.js';

/** Where files are let go; it covers the page while they hover over it. */
export function dropTarget(): TemplateResult {
	return html`<div class="drop-target">
		<div>
			${icon('files')}
			<p class="what">${text.dropHere}</p>
			<p class="dim">${text.dropShift}</p>
		</div>
	</div>`;
}

/** What came of a drop, file by file. */
export function dropNotice(drop: ShownDrop): TemplateResult {
	switch (drop.kind) {
		case 'reading':
			return html`<div class="note" aria-busy="true">${icon('refresh', 'busy')}<span>${text.dropReading}</span></div>`;
		case 'failed':
			return html`<div class="note error">${icon('error')}<span>${drop.problem}</span>${dismissButton()}</div>`;
		case 'done':
			return outcomeNotice(drop.outcome);
		default:
			return drop satisfies never;
	}
}

function outcomeNotice({ imported, refused }: DropOutcome): TemplateResult {
	const look = refused.length === 0 ? 'good' : 'warning';
	return html`<div class="note ${look}">
		${icon(refused.length === 0 ? 'pass' : 'warning')}
		<span>
			${imported.length === 0 ? nothing : html`<span class="line">${text.dropDone(listed(imported))}</span>`}
			${
				refused.length === 0
					? nothing
					: html`<span class="line">${text.dropRefused(refused.length)}</span>
							<ul class="refused">
								${refused.map(({ name, problem }) => html`<li><strong>${name}</strong> ${problem}</li>`)}
							</ul>`
			}
		</span>
		${dismissButton()}
	</div>`;
}

function dismissButton(): TemplateResult {
	const press = ({ currentTarget }: Event) =>
		currentTarget?.dispatchEvent(new Event('pool-dismiss', { bubbles: true, composed: true }));
	return iconButton({ icon: 'close', label: text.dismiss, press });
}
