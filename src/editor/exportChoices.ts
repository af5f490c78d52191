import { startOfPeriod } from '../client/usagePeriod.js';
import type { UsageGrouping } from '../shared/usageApi.js';

/** A span of time as an entry of a list; up to now. */
export interface SpanChoice {
	readonly label: string;
	readonly description: string;
	readonly since: number;
}

const dayMs = 24 * 60 * 60 * 1000;

export function spanChoices(now: number): readonly SpanChoice[] {
	const choice = (label: string, since: number): SpanChoice => {
		return { label, description: `since ${new Date(since).toLocaleDateString()}`, since };
	};
	return [
		choice('Today', startOfPeriod('today', now)),
		choice('This week', startOfPeriod('week', now)),
		choice('This month', startOfPeriod('month', now)),
		choice('Last 30 days', now - 30 * dayMs),
		{ label: 'Everything', description: 'all that the pool remembers', since: 0 },
	];
}

/** What the lines of the file are. */
export interface ShapeChoice {
	readonly label: string;
	readonly description: string;
	readonly shape: UsageGrouping | 'request';
}

export const shapeChoices: readonly ShapeChoice[] = [
	{ label: 'Days', description: 'one line for each day', shape: 'day' },
	{ label: 'Models', description: 'one line for each model', shape: 'model' },
	{ label: 'Accounts', description: 'one line for each account', shape: 'account' },
	{ label: 'Keys', description: 'one line for each pool key', shape: 'key' },
	{ label: 'Clients', description: 'one line for each client program', shape: 'client' },
	{ label: 'Hours', description: 'one line for each hour', shape: 'hour' },
	{ label: 'Requests', description: 'one line for each request, newest first', shape: 'request' },
];

/** "codex-pool-usage-by-day-2026-07-01.csv" */
export function exportFileName(shape: ShapeChoice['shape'], now: number): string {
	// Swedes write dates as ISO 8601 does.
	return `codex-pool-usage-by-${shape}-${new Date(now).toLocaleDateString('sv-SE')}.csv`;
}
