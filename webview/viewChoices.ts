import { usageRanges, type UsageRange } from './usageSeries.js';

type UsageGroup = 'time' | 'account' | 'model' | 'client';

/** What the list of requests shows until all are asked for. */
export const requestsAtFirst = 12;

const usageGroups: readonly UsageGroup[] = ['time', 'account', 'model', 'client'];

/** What the user chose to look at; outlives the hiding of the panel. */
export interface ViewChoices {
	readonly range: UsageRange;
	readonly group: UsageGroup;
	readonly showsTable: boolean;
	readonly showsAllRequests: boolean;
	readonly showsRouting: boolean;
	readonly showsSessions: boolean;
	/** Ids of the requests whose details are open. */
	readonly openRequests: readonly string[];
}

const defaults: ViewChoices = {
	range: 'day',
	group: 'time',
	showsTable: false,
	showsAllRequests: false,
	showsRouting: false,
	showsSessions: false,
	openRequests: [],
};

/** Whatever an older version saved, the result is a whole set of choices. */
export function parseViewChoices(saved: unknown): ViewChoices {
	if (typeof saved !== 'object' || saved === null) return defaults;
	const found: Partial<Record<keyof ViewChoices, unknown>> = saved;
	return {
		range: isRange(found.range) ? found.range : defaults.range,
		group: usageGroups.find(group => group === found.group) ?? defaults.group,
		showsTable: found.showsTable === true,
		showsAllRequests: found.showsAllRequests === true,
		showsRouting: found.showsRouting === true,
		showsSessions: found.showsSessions === true,
		openRequests: Array.isArray(found.openRequests) ? found.openRequests.filter(id => typeof id === 'string') : [],
	};
}

function isRange(value: unknown): value is UsageRange {
	return typeof value === 'string' && Object.hasOwn(usageRanges, value);
}
