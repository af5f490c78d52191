import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { SessionView } from '../../src/shared/sessionApi.js';
import { nameOf } from '../accountStatus.js';
import { count, share } from '../figures.js';
import type { Loaded } from '../loaded.js';
import { ReadAgainEvent } from '../panelAction.js';
import sessionText from '../styles/sessionSection.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import './actionMenu.js';
import type { MenuItem } from './actionMenu.js';
import { FocusKeeper } from './focusKeeper.js';
import { icon } from './icon.js';
import { ago, figure, raise } from './parts.js';

const shownAtFirst = 50;
/** Enough of an opaque id to tell a person's sessions apart. */
const idLength = 8;

/** Which conversation is tied to which account. */
class SessionSection extends LitElement {
	static override readonly styles = [controls, sheet(sessionText)];

	@property({ attribute: false }) accessor sessions: Loaded<readonly SessionView[]> = { kind: 'loading' };
	@property({ attribute: false }) accessor accounts: readonly AccountView[] = [];
	@property({ attribute: false }) accessor now = 0;
	@state() private accessor showsAll = false;

	readonly #focusKeeper = new FocusKeeper(this);

	/** When what had the focus is gone with its session. */
	override focus(): void {
		(this.#focusKeeper.neighbour ?? this.renderRoot.querySelector<HTMLElement>('h2'))?.focus();
	}

	protected override render(): TemplateResult {
		return html`<section aria-labelledby="title">
			<h2 id="title" tabindex="-1">${text.sessions}</h2>
			<p class="dim hint">${text.sessionsHint}</p>
			${this.#content()}
		</section>`;
	}

	#content(): TemplateResult {
		const { sessions } = this;
		switch (sessions.kind) {
			case 'loading':
				return html`<div class="loading" aria-busy="true"><span></span><span></span><span></span></div>`;
			case 'failed':
				return html`<p class="problem" role="status">
					${icon('warning')}<span>${text.sessionsFailed(sessions.problem)}</span>
					<button type="button" class="link" @click=${() => this.dispatchEvent(new ReadAgainEvent('sessions'))}>
						${text.retry}
					</button>
				</p>`;
			case 'ready':
				return sessions.value.length === 0 ? empty() : this.#table(sessions.value);
			default:
				return sessions satisfies never;
		}
	}

	#table(all: readonly SessionView[]): TemplateResult {
		const shown = this.showsAll ? all : all.slice(0, shownAtFirst);
		return html`<table>
				<thead>
					<tr>
						<th scope="col" class="id">${text.session}</th>
						<th scope="col">${text.account}</th>
						<th scope="col" class="medium time">${text.begun}</th>
						<th scope="col" class="time">${text.lastUsed}</th>
						<th scope="col" class="number minor count">${text.turns}</th>
						<th scope="col" class="number minor count">${text.cached}</th>
						<th scope="col" class="act"><span class="said">${text.sessionMenu}</span></th>
					</tr>
				</thead>
				<tbody>
					${repeat(
						shown,
						session => session.id,
						session => this.#row(session),
					)}
				</tbody>
			</table>
			${
				shown.length < all.length
					? html`<button type="button" class="link" @click=${() => (this.showsAll = true)}>
							${text.showAllSessions(all.length)}
						</button>`
					: nothing
			}`;
	}

	#row(session: SessionView): TemplateResult {
		const id = session.id.slice(0, idLength);
		const owner = nameOf(this.accounts, session.accountId);
		return html`<tr>
			<th scope="row" class="id" title=${text.sessionName(session.id)}><code>${id}</code></th>
			<td dir="auto" title=${owner}>${owner}</td>
			<td class="medium time">${ago(session.firstUsedAt, this.now)}</td>
			<td class="time">${ago(session.lastUsedAt, this.now)}</td>
			<td class="number minor count">${figure(count(session.turns))}</td>
			<td class="number minor count">${figure(share(session.cachedTokens, session.inputTokens))}</td>
			<td class="act">
				<pool-menu .label=${text.sessionActions(id)} .items=${menuItems(session.id)}></pool-menu>
			</td>
		</tr>`;
	}
}

customElements.define('pool-sessions', SessionSection);

function menuItems(sessionId: string): readonly MenuItem[] {
	return [
		{ icon: 'arrow-swap', label: text.moveSession, choose: raise({ name: 'session/move', params: { sessionId } }) },
		{ icon: 'trash', label: text.forgetSession, choose: raise({ name: 'session/forget', params: { sessionId } }) },
	];
}

function empty(): TemplateResult {
	return html`<div class="empty">
		<p>${text.noSessions}</p>
		<p class="dim">${text.noSessionsBody}</p>
	</div>`;
}
