import * as l10n from '@vscode/l10n';
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
		return { label, description: l10n.t('since {0}', new Date(since).toLocaleDateString()), since };
	};
	return [
		choice(l10n.t('Today'), startOfPeriod('today', now)),
		choice(l10n.t('This week'), startOfPeriod('week', now)),
		choice(l10n.t('This month'), startOfPeriod('month', now)),
		choice(l10n.t('Last 30 days'), now - 30 * dayMs),
		{ label: l10n.t('Everything'), description: l10n.t('all that the pool remembers'), since: 0 },
	];
}

/** What the lines of the file are. */
export interface ShapeChoice {
	readonly label: string;
	readonly description: string;
	readonly shape: UsageGrouping | 'request';
}

export const shapeChoices: readonly ShapeChoice[] = [
	{ label: l10n.t('Days'), description: l10n.t('one line for each day'), shape: 'day' },
	{ label: l10n.t('Models'), description: l10n.t('one line for each model'), shape: 'model' },
	{ label: l10n.t('Accounts'), description: l10n.t('one line for each account'), shape: 'account' },
	{ label: l10n.t('Keys'), description: l10n.t('one line for each pool key'), shape: 'key' },
	{ label: l10n.t('Clients'), description: l10n.t('one line for each client program'), shape: 'client' },
	{ label: l10n.t('Hours'), description: l10n.t('one line for each hour'), shape: 'hour' },
	{ label: l10n.t('Requests'), description: l10n.t('one line for each request, newest first'), shape: 'request' },
];

/** "codex-pool-usage-by-day-2026-07-01.csv" */
export function exportFileName(shape: ShapeChoice['shape'], now: number): string {
	// Swedes write dates as ISO 8601 does.
	return `codex-pool-usage-by-${shape}-${new Date(now).toLocaleDateString('sv-SE')}.csv`;
}
