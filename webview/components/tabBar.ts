import { html, type TemplateResult } from 'lit';
import { panelTabs, type PanelTab } from '../../src/shared/panelTabs.js';
import { text } from '../text.js';
import { icon, type IconName } from './icon.js';

/*
 * Our own and not `vscode-tabs`: that one knows neither Home and End nor right-to-left, takes no Space, nests a tablist
 * within a tablist, and draws every panel at once.
 */

const icons: Readonly<Record<PanelTab, IconName>> = {
	overview: 'dashboard',
	accounts: 'account',
	requests: 'list-unordered',
	sessions: 'comment-discussion',
	models: 'chip',
	keys: 'key',
	connect: 'plug',
};

export function tabId(tab: PanelTab): string {
	return `tab-${tab}`;
}

/** The parts of the panel as tabs: one stop of the Tab key, arrows choose. */
export function tabBar(current: PanelTab, panelId: string, choose: (tab: PanelTab) => void): TemplateResult {
	const press = (event: KeyboardEvent) => {
		const next = nextTab(current, event);
		if (next === undefined || !(event.currentTarget instanceof HTMLElement)) return;
		event.preventDefault();
		event.currentTarget.querySelector<HTMLElement>(`#${tabId(next)}`)?.focus();
		choose(next);
	};
	return html`<div class="tabs" role="tablist" aria-label=${text.tabsLabel} @keydown=${press}>
		${panelTabs.map(
			tab =>
				html`<button
					type="button"
					role="tab"
					id=${tabId(tab)}
					aria-selected=${tab === current ? 'true' : 'false'}
					aria-controls=${panelId}
					aria-label=${text.tabs[tab]}
					title=${text.tabs[tab]}
					tabindex=${tab === current ? '0' : '-1'}
					@click=${() => choose(tab)}
				>
					${icon(icons[tab])}<span class="word">${text.tabs[tab]}</span>
				</button>`,
		)}
	</div>`;
}

function nextTab(current: PanelTab, { key, currentTarget }: KeyboardEvent): PanelTab | undefined {
	const isRightToLeft = currentTarget instanceof HTMLElement && currentTarget.matches(':dir(rtl)');
	const count = panelTabs.length;
	const at = panelTabs.indexOf(current);
	switch (key) {
		case isRightToLeft ? 'ArrowLeft' : 'ArrowRight':
			return panelTabs[(at + 1) % count];
		case isRightToLeft ? 'ArrowRight' : 'ArrowLeft':
			return panelTabs[(at - 1 + count) % count];
		case 'Home':
			return panelTabs[0];
		case 'End':
			return panelTabs[count - 1];
		default:
			return undefined;
	}
}
