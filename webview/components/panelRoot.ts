import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { PanelState } from '../../src/shared/panelMessages.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import { answerOf } from '../headroom.js';
import { ViewChoiceEvent } from '../panelAction.js';
import type { PanelView } from '../panelView.js';
import panelText from '../styles/panelRoot.css';
import { controls, sheet } from '../styles/sheets.js';
import tabText from '../styles/tabBar.css';
import { text } from '../text.js';
import { dropNotice, dropTarget } from './dropNotice.js';
import { FocusKeeper } from './focusKeeper.js';
import { failureNote, followerNote, offlineNote, offlineState, startingNote, startingState } from './notices.js';
import './panelHeader.js';
import { tabBar, tabId } from './tabBar.js';
import { isUnread, tabContent } from './tabContent.js';

const panelId = 'tab-content';

/** Chooses what the panel shows: starting, not running, or the tabs of the pool. */
export class PanelRoot extends LitElement {
	static override readonly styles = [controls, sheet(panelText), sheet(tabText)];

	@property({ attribute: false }) accessor view: PanelView | null = null;

	constructor() {
		super();
		new FocusKeeper(this);
	}

	/** When what had the focus is gone with all around it. */
	override focus(): void {
		this.renderRoot.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
	}

	protected override render(): TemplateResult {
		const view = this.view;
		const panel = view?.panel ?? null;
		const pool = panel?.pool ?? null;
		return html`
			<div class="said" role="status">${view?.done?.said ?? nothing}</div>
			<div class="said" role="status">${panel && view ? standing(panel, view.now) : nothing}</div>
			<div class="top">
				<pool-header .panel=${panel} .hidesEmails=${view?.hidesEmails ?? false}></pool-header>
				${view && pool ? tabBar(view.choices.tab, panelId, tab => this.dispatchEvent(new ViewChoiceEvent({ tab }))) : nothing}
				<div class="told" role="alert">${view?.failure ? this.#failure(view.failure) : nothing}</div>
			</div>
			<div class="told" role="status">${view?.drop ? dropNotice(view.drop) : nothing}</div>
			${view && panel && pool ? connectionNote(panel, pool, isUnread(panel, view) ? '' : text.stale) : nothing}
			<main>${view && panel && pool ? this.#tab(panel, pool, view) : without(panel)}</main>
			${view?.isDraggedOver ? dropTarget() : nothing}
		`;
	}

	#tab(panel: PanelState, pool: PoolState, view: PanelView): TemplateResult {
		const { tab } = view.choices;
		return html`<div role="tabpanel" id=${panelId} class=${tab} aria-labelledby=${tabId(tab)}>
			${tabContent(tab, panel, pool, view)}
		</div>`;
	}

	#failure(sentence: string): TemplateResult {
		return failureNote(sentence, () => this.dispatchEvent(new Event('pool-dismiss')));
	}
}

customElements.define('pool-panel', PanelRoot);

/** Spoken when it changes: it holds no figure, so that it does not change with every request. */
function standing({ connection, pool }: PanelState, now: number): string {
	if (connection === 'offline') return text.offlineTitle;
	if (!pool || pool.accounts.length === 0) return '';
	return text.standing[answerOf(pool, now).kind];
}

/** Before the first snapshot has come. */
function without(panel: PanelState | null): TemplateResult {
	return panel?.connection === 'offline' ? offlineState(panel.problem) : startingState(panel?.problem ?? null);
}

/** `stale`: what it says of what stands below it. */
function connectionNote(
	{ connection, problem }: PanelState,
	pool: PoolState,
	stale: string,
): TemplateResult | typeof nothing {
	switch (connection) {
		case 'owner':
			return nothing;
		case 'follower':
			return followerNote(pool);
		case 'starting':
			return startingNote(problem, stale);
		case 'offline':
			return offlineNote(problem, stale);
		default:
			return connection satisfies never;
	}
}
