import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import type { PanelState } from '../../src/shared/panelMessages.js';
import { answerOf } from '../headroom.js';
import type { PanelView } from '../panelStore.js';
import panelText from '../styles/panelRoot.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import './accountList.js';
import './connectSection.js';
import { dropNotice, dropTarget } from './dropNotice.js';
import './headroomSection.js';
import { icon } from './icon.js';
import './panelHeader.js';
import { iconButton, raise } from './parts.js';
import './requestTable.js';
import './sessionSection.js';
import './usageSection.js';
import './welcome.js';

/** Chooses what the panel shows: starting, not running, the welcome, or the pool. */
export class PanelRoot extends LitElement {
	static override readonly styles = [controls, sheet(panelText)];

	@property({ attribute: false }) accessor view: PanelView | null = null;

	protected override render(): TemplateResult {
		const view = this.view;
		const panel = view?.panel ?? null;
		return html`
			<div class="said" role="status">${view?.done?.said ?? nothing}</div>
			<div class="said" role="status">${panel && view ? standing(panel, view.now) : nothing}</div>
			<pool-header .panel=${panel} .showsRouting=${view?.choices.showsRouting ?? false}></pool-header>
			<div role="alert">${view?.failure ? this.#failure(view.failure) : nothing}</div>
			<div role="status">${view?.drop ? dropNotice(view.drop) : nothing}</div>
			<main>${view && panel ? this.#body(panel, view) : starting(null)}</main>
			${view?.isDraggedOver ? dropTarget() : nothing}
		`;
	}

	#body(panel: PanelState, view: PanelView): TemplateResult {
		const { pool, connection } = panel;
		if (!pool) return connection === 'offline' ? offline(panel.problem) : starting(panel.problem);
		return html`
			${connection === 'offline' ? offline(panel.problem, text.stale) : nothing}
			${connection === 'starting' ? starting(panel.problem) : nothing}
			${connection === 'follower' ? followerNote(pool) : nothing}
			${pool.accounts.length === 0 ? html`<pool-welcome></pool-welcome>` : this.#sections(panel, pool, view)}
		`;
	}

	#sections(panel: PanelState, pool: PoolState, view: PanelView): TemplateResult {
		return html`
			${panel.codexConfigured === false ? configureNote() : nothing}
			<pool-headroom .pool=${pool} .now=${view.now} .isRunning=${panel.connection !== 'offline'}></pool-headroom>
			<pool-accounts
				.accounts=${pool.accounts}
				.singleAccountId=${pool.routing.strategy === 'single_account' ? pool.routing.singleAccountId : null}
				.pending=${view.pending}
				.now=${view.now}
			></pool-accounts>
			<pool-usage .accounts=${pool.accounts} .usage=${view.usage} .choices=${view.choices}></pool-usage>
			<pool-requests
				.requests=${pool.recentRequests}
				.accounts=${pool.accounts}
				.choices=${view.choices}
				.explanations=${view.explanations}
				.target=${view.target}
				.now=${view.now}
			></pool-requests>
			<pool-sessions
				.sessions=${view.sessions}
				.accounts=${pool.accounts}
				.isOpen=${view.choices.showsSessions}
				.now=${view.now}
			></pool-sessions>
			<pool-connect
				.owner=${pool.owner}
				.codexConfigured=${panel.codexConfigured}
				.done=${view.done?.key ?? null}
			></pool-connect>
		`;
	}

	#failure(sentence: string): TemplateResult {
		const dismiss = () => this.dispatchEvent(new Event('pool-dismiss'));
		return html`<div class="note error">
			${icon('error')}<span>${sentence}</span>${iconButton({ icon: 'close', label: text.dismiss, press: dismiss })}
		</div>`;
	}
}

customElements.define('pool-panel', PanelRoot);

/** Spoken when it changes: it holds no figure, so that it does not change with every request. */
function standing({ connection, pool }: PanelState, now: number): string {
	if (connection === 'offline') return text.offlineTitle;
	if (!pool || pool.accounts.length === 0) return '';
	return text.standing[answerOf(pool, now).kind];
}

function starting(problem: string | null): TemplateResult {
	return html`<section class="state" aria-busy="true">
		<h2>${text.startingTitle}</h2>
		<p>${problem ?? text.startingBody}</p>
		<div class="skeleton" aria-hidden="true"><span></span><span></span><span></span></div>
	</section>`;
}

function offline(problem: string | null, after: string | null = null): TemplateResult {
	return html`<section class="state">
		<h2>${icon('debug-disconnect')}${text.offlineTitle}</h2>
		<p>${problem ?? text.offlineBody}</p>
		${after === null ? nothing : html`<p class="dim">${after}</p>`}
		<div class="actions">
			<vscode-button @click=${raise({ name: 'pool/retry' })}>${text.retry}</vscode-button>
			<vscode-button secondary @click=${raise({ name: 'log/show' })}>${text.showLog}</vscode-button>
		</div>
	</section>`;
}

function followerNote(pool: PoolState): TemplateResult {
	const sentence = pool.owner.launcher === 'cli' ? text.followerCli : text.follower;
	return html`<div class="note">${icon('info')}<span>${sentence(pool.owner.baseUrl)}</span></div>`;
}

function configureNote(): TemplateResult {
	return html`<div class="note">
		${icon('plug')}<span>${text.codexNotConfigured}</span>
		<vscode-button @click=${raise({ name: 'codex/configure' })}>${text.configureCodex}</vscode-button>
	</div>`;
}
