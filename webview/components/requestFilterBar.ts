import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { shortSessionId } from '../../src/shared/sessionWords.js';
import { isFiltered, noFilter, outcomes, type RequestFilter } from '../requestFilter.js';
import { text } from '../text.js';
import { icon } from './icon.js';
import { iconButton, selectControl } from './parts.js';

/** What can be filtered by: values with what the user calls them. */
export interface FilterOptions {
	readonly accountId: Readonly<Record<string, string>>;
	readonly model: Readonly<Record<string, string>>;
	readonly client: Readonly<Record<string, string>>;
	readonly keyId: Readonly<Record<string, string>>;
}

interface FilterBar {
	readonly filter: RequestFilter;
	readonly options: FilterOptions;
	/** Whether a narrow log shows more than the search. */
	readonly isOpen: boolean;
	readonly toggle: () => void;
	readonly change: (change: Partial<RequestFilter>) => void;
	/** While somebody types. */
	readonly type: (search: string) => void;
}

/** Stands for "any" among the options; no id and no name is empty. */
const any = '';

export function requestFilterBar({ filter, options, isOpen, toggle, change, type }: FilterBar): TemplateResult {
	const typed = ({ target }: Event) => {
		if (target instanceof HTMLInputElement) type(target.value);
	};
	const one = (name: keyof FilterOptions, all: string, label: string) => {
		const known = options[name];
		const chosen = filter[name];
		// One value is no choice.
		if (Object.keys(known).length < 2 && chosen === null) return nothing;
		const missing = chosen !== null && !Object.hasOwn(known, chosen) ? { [chosen]: chosen } : {};
		return selectControl({
			label,
			value: chosen ?? any,
			options: { [any]: all, ...known, ...missing },
			choose: value => change({ [name]: value === any ? null : value }),
		});
	};
	return html`<div class="filter ${isOpen ? 'all' : ''}" role="search" aria-label=${text.filterLabel}>
		<span class="search">
			${icon('search')}<input
				type="search"
				class="input"
				dir="auto"
				placeholder=${text.searchRequests}
				aria-label=${text.searchRequests}
				maxlength="100"
				spellcheck="false"
				.value=${live(filter.search)}
				@input=${typed}
			/>
		</span>
		<button
			type="button"
			class="icon-button more"
			aria-label=${text.moreFilters}
			title=${text.moreFilters}
			aria-expanded=${isOpen ? 'true' : 'false'}
			@click=${toggle}
		>
			${icon('filter')}
		</button>
		<span class="picks">
			${one('accountId', text.allAccounts, text.account)} ${one('model', text.allModels, text.model)}
			${one('client', text.allClients, text.client)} ${one('keyId', text.allKeys, text.key)}
			${filter.sessionId === null ? nothing : oneSession(filter.sessionId, change)}
			${selectControl({
				label: text.outcome,
				value: filter.outcome ?? any,
				options: { [any]: text.allOutcomes, ...text.outcomes },
				choose: value => change({ outcome: outcomes.find(outcome => outcome === value) ?? null }),
			})}
			${isFiltered(filter) ? iconButton({ icon: 'clear-all', label: text.clearFilter, press: () => change(noFilter) }) : nothing}
		</span>
	</div>`;
}

/** Nobody looks for one by its id: it is chosen where it can be recognised, and only given up here. */
function oneSession(sessionId: string, change: FilterBar['change']): TemplateResult {
	return selectControl({
		label: text.session,
		value: sessionId,
		options: { [any]: text.allSessions, [sessionId]: shortSessionId(sessionId) },
		choose: value => change({ sessionId: value === any ? null : value }),
	});
}
