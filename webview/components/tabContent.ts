import { html, nothing, type TemplateResult } from 'lit';
import type { PanelState } from '../../src/shared/panelMessages.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import type { Loaded } from '../loaded.js';
import type { PanelView } from '../panelView.js';
import type { PanelTab } from '../../src/shared/panelTabs.js';
import { text } from '../text.js';
import './accountList.js';
import './accountsHead.js';
import './connectSection.js';
import './headroomSection.js';
import './keysTab.js';
import './modelsTab.js';
import { configureNote, noAccountsState, unreadState } from './notices.js';
import './requestsTab.js';
import './sessionSection.js';
import './usageSection.js';
import './welcome.js';

/** What stands under a tab. Only the one that is looked at is drawn. */
export function tabContent(tab: PanelTab, panel: PanelState, pool: PoolState, view: PanelView): TemplateResult {
	if (isUnread(panel, view)) return unreadState();
	switch (tab) {
		case 'overview':
			return overview(panel, pool, view);
		case 'accounts':
			return accounts(pool, view);
		case 'requests':
			return html`<pool-requests
				.log=${view.log}
				.filter=${view.choices.filter}
				.accounts=${pool.accounts}
				.keys=${known(view.keys)}
				.openRequest=${view.choices.openRequest}
				.explanation=${view.explanation}
				.target=${view.target}
				.now=${view.now}
			></pool-requests>`;
		case 'sessions':
			return html`<pool-sessions
				.sessions=${view.sessions}
				.accounts=${pool.accounts}
				.now=${view.now}
			></pool-sessions>`;
		case 'models':
			return pool.accounts.length === 0
				? noAccountsState(text.noModels, text.noModelsBody)
				: html`<pool-models .models=${view.models} .accounts=${pool.accounts}></pool-models>`;
		case 'keys':
			return html`<pool-keys
				.keys=${view.keys}
				.today=${view.keysToday}
				.models=${known(view.models)}
				.accounts=${pool.accounts}
				.now=${view.now}
			></pool-keys>`;
		case 'connect':
			return html`<pool-connect .owner=${pool.owner} .panel=${panel} .done=${view.done?.key ?? null}></pool-connect>`;
		default:
			return tab satisfies never;
	}
}

function overview(panel: PanelState, pool: PoolState, view: PanelView): TemplateResult {
	if (pool.accounts.length === 0) return html`<pool-welcome></pool-welcome>`;
	return html`
		${panel.codexConfigured === false ? configureNote() : nothing}
		<pool-headroom .pool=${pool} .now=${view.now} .isRunning=${panel.connection !== 'offline'}></pool-headroom>
		<pool-usage
			.accounts=${pool.accounts}
			.keys=${known(view.keys)}
			.usage=${view.usage}
			.choices=${view.choices}
			.isRunning=${isRunning(panel)}
			.now=${view.now}
		></pool-usage>
	`;
}

function accounts(pool: PoolState, view: PanelView): TemplateResult {
	if (pool.accounts.length === 0) return noAccountsState(text.noAccounts, text.noAccountsBody);
	return html`
		<pool-accounts-head .pool=${pool} .choices=${view.choices}></pool-accounts-head>
		<pool-accounts
			.accounts=${pool.accounts}
			.singleAccountId=${pool.routing.strategy === 'single_account' ? pool.routing.singleAccountId : null}
			.pending=${view.pending}
			.choices=${view.choices}
			.forecast=${pool.forecast.windows}
			.today=${view.accountsToday}
			.history=${view.history}
			.hidesEmails=${view.hidesEmails}
			.now=${view.now}
		></pool-accounts>
	`;
}

/** Whether the open tab was not looked at while the pool ran: then there is nothing from before to show. */
export function isUnread(panel: PanelState, { choices, log, sessions, models, keys }: PanelView): boolean {
	const read: Partial<Record<PanelTab, Loaded<unknown>>> = { requests: log, sessions, models, keys };
	return !isRunning(panel) && read[choices.tab]?.kind === 'loading';
}

function isRunning({ connection }: PanelState): boolean {
	return connection === 'owner' || connection === 'follower';
}

/** What only gives names to other things may come late. */
function known<T>(loaded: Loaded<readonly T[]>): readonly T[] {
	return loaded.kind === 'ready' ? loaded.value : [];
}
