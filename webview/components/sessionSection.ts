import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import type { SessionView } from '../../src/shared/sessionApi.js';
import { sessionTitle, shortSessionId } from '../../src/shared/sessionWords.js';
import { formatCost } from '../../src/shared/usd.js';
import { nameOf } from '../accountStatus.js';
import { count, missing, share, tokens } from '../figures.js';
import type { Loaded } from '../loaded.js';
import { ViewChoiceEvent } from '../panelAction.js';
import { noFilter } from '../requestFilter.js';
import sessionText from '../styles/sessionSection.css';
import { controls, sheet } from '../styles/sheets.js';
import { text } from '../text.js';
import { connectLink, empty, notRead } from './absent.js';
import './actionMenu.js';
import type { MenuItem } from './actionMenu.js';
import { FocusKeeper } from './focusKeeper.js';
import { ago, figure, raise } from './parts.js';

const shownAtFirst = 50;

/** Which conversation is tied to which account, and what it has used. */
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
				return notRead(text.sessionsFailed(sessions.problem), 'sessions');
			case 'ready':
				return sessions.value.length === 0
					? empty(text.noSessions, text.noSessionsBody, connectLink())
					: this.#table(sessions.value);
			default:
				return sessions satisfies never;
		}
	}

	#table(all: readonly SessionView[]): TemplateResult {
		const shown = this.showsAll ? all : all.slice(0, shownAtFirst);
		return html`<table>
				<thead>
					<tr>
						<th scope="col">${text.session}</th>
						<th scope="col" class="account">${text.account}</th>
						<th scope="col" class="medium time">${text.begun}</th>
						<th scope="col" class="time">${text.lastUsed}</th>
						<th scope="col" class="number minor count">${text.turns}</th>
						<th scope="col" class="number medium count">${text.tokens}</th>
						<th scope="col" class="number medium count">${text.cached}</th>
						<th scope="col" class="number minor money" title=${text.costMeaning}>${text.cost}</th>
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
		const id = shortSessionId(session.id);
		const owner = nameOf(this.accounts, session.accountId);
		return html`<tr>
			<th scope="row">${requestsLink(session)}</th>
			<td dir="auto" title=${owner}>${owner}</td>
			<td class="medium time">${ago(session.firstUsedAt, this.now)}</td>
			<td class="time">${ago(session.lastUsedAt, this.now)}</td>
			<td class="number minor count">${figure(count(session.turns))}</td>
			<td class="number medium count">${figure(tokens(session.inputTokens + session.outputTokens || null))}</td>
			<td class="number medium count">${figure(share(session.cachedTokens, session.inputTokens))}</td>
			<td class="number minor money">${figure({ ...missing, value: formatCost(session) ?? missing.value })}</td>
			<td class="act">
				<pool-menu .label=${text.sessionActions(id)} .items=${menuItems(session.id)}></pool-menu>
			</td>
		</tr>`;
	}
}

customElements.define('pool-sessions', SessionSection);

/** What it is recognised by leads to its requests. */
function requestsLink(session: SessionView): TemplateResult {
	const title = sessionTitle(session);
	const id = shortSessionId(session.id);
	const show = ({ currentTarget }: Event) =>
		currentTarget?.dispatchEvent(
			new ViewChoiceEvent({ tab: 'requests', filter: { ...noFilter, sessionId: session.id }, openRequest: null }),
		);
	return html`<button type="button" class="link" title=${text.sessionRequests(id)} @click=${show}>
		${title === '' ? nothing : html`<span class="title" dir="auto" title=${title}>${title}</span>`}<code>${id}</code>
	</button>`;
}

function menuItems(sessionId: string): readonly MenuItem[] {
	return [
		{ icon: 'arrow-swap', label: text.moveSession, choose: raise({ name: 'session/move', params: { sessionId } }) },
		{ icon: 'trash', label: text.forgetSession, choose: raise({ name: 'session/forget', params: { sessionId } }) },
	];
}
