import { isPanelTab, type PanelTab } from '../src/shared/panelTabs.js';
import { parseAccountSort, type AccountSort } from './accountSort.js';
import { noFilter, parseRequestFilter, type RequestFilter } from './requestFilter.js';
import { usageRanges, type UsageRange } from './usageSeries.js';

const usageGroups = ['time', 'account', 'model', 'client', 'key'] as const;
export type UsageGroup = (typeof usageGroups)[number];

/** What the user chose to look at; outlives the hiding of the panel. */
export interface ViewChoices {
	readonly tab: PanelTab;
	readonly range: UsageRange;
	readonly group: UsageGroup;
	readonly showsTable: boolean;
	readonly showsRouting: boolean;
	/** Whether the accounts are shown as a table. */
	readonly showsAccountTable: boolean;
	readonly accountSort: AccountSort | null;
	/** Id of the account whose past is shown. */
	readonly openHistory: string | null;
	/** The setting hides them whatever is chosen here. */
	readonly hidesEmails: boolean;
	readonly filter: RequestFilter;
	/** Id of the request whose details are open. */
	readonly openRequest: string | null;
}

const defaults: ViewChoices = {
	tab: 'overview',
	range: 'today',
	group: 'time',
	showsTable: false,
	showsRouting: false,
	showsAccountTable: false,
	accountSort: null,
	openHistory: null,
	hidesEmails: false,
	filter: noFilter,
	openRequest: null,
};

/** Whatever an older version saved, the result is a whole set of choices. */
export function parseViewChoices(saved: unknown): ViewChoices {
	if (typeof saved !== 'object' || saved === null) return defaults;
	const found: Partial<Record<keyof ViewChoices, unknown>> = saved;
	return {
		tab: isPanelTab(found.tab) ? found.tab : defaults.tab,
		range: usageRanges.find(range => range === found.range) ?? defaults.range,
		group: usageGroups.find(group => group === found.group) ?? defaults.group,
		showsTable: found.showsTable === true,
		showsRouting: found.showsRouting === true,
		showsAccountTable: found.showsAccountTable === true,
		openHistory: typeof found.openHistory === 'string' ? found.openHistory : null,
		accountSort: parseAccountSort(found.accountSort),
		hidesEmails: found.hidesEmails === true,
		filter: parseRequestFilter(found.filter),
		openRequest: typeof found.openRequest === 'string' ? found.openRequest : null,
	};
}
