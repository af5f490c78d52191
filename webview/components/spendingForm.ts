import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import { PanelActionEvent } from '../panelAction.js';
import { highestReserve, priorities, priorityName } from '../spending.js';
import { text } from '../text.js';
import './numberInput.js';
import { selectControl } from './parts.js';

/** When an account is used and what is left of it, edited in its row. Every change counts at once. */
export function spendingForm(
	{ id: accountId, priority, reservePercent }: AccountView,
	name: string,
	close: () => void,
): TemplateResult {
	const change = (element: EventTarget | null, params: { priority?: number; reservePercent?: number }) =>
		element?.dispatchEvent(new PanelActionEvent({ name: 'account/spend', params: { accountId, ...params } }));
	const press = (event: KeyboardEvent) => {
		if (event.key !== 'Escape') return;
		event.preventDefault();
		close();
	};
	return html`<div class="spending" role="group" aria-label=${text.spendingOf(name)} @keydown=${press}>
		<div class="priority">
			<span aria-hidden="true">${text.priority}</span>
			${selectControl({
				label: text.priority,
				value: String(priority),
				options: Object.fromEntries(priorities.map(each => [String(each), priorityName(each)])),
				choose: (chosen, element) => change(element, { priority: Number(chosen) }),
			})}
			<span class="dim note">${text.priorityHint}</span>
		</div>
		<pool-number
			.label=${text.reserve}
			.hint=${text.reserveHint}
			.unit=${text.percentUnit}
			.value=${live(reservePercent)}
			.max=${highestReserve}
			.change=${(percent: number, element: HTMLElement) => change(element, { reservePercent: percent })}
		></pool-number>
		<vscode-button secondary @click=${close}>${text.close}</vscode-button>
	</div>`;
}
