import * as l10n from '@vscode/l10n';
import type { AccountView } from '../shared/accountApi.js';
import type { PanelState } from '../shared/panelMessages.js';
import type { PoolState } from '../shared/poolApi.js';
import { poolForecastWords } from '../shared/forecastWords.js';
import { accountTable } from './accountTable.js';
import { commandIds } from './commandIds.js';
import { escapeMarkdown } from './escapeMarkdown.js';
import { timeUntil } from './headroom.js';

const ageStepMinutes = 5;

/** What the status bar item tells when the mouse rests on it, in Markdown with links to commands. */
export function statusHover(state: PanelState, now: number): string {
	const { pool, problem, connection } = state;
	const parts = ['**Account Pool for Codex**', ...(problem === null ? [] : [escapeMarkdown(problem)])];
	if (pool !== null) parts.push(...poolParts(pool, connection === 'owner', now));
	parts.push(links(connection === 'offline' ? wayOut : pool?.accounts.length === 0 ? firstSteps : everyDay));
	return parts.join('\n\n');
}

type Link = readonly [label: string, command: string];

const wayOut: readonly Link[] = [
	[l10n.t('Retry'), commandIds.restart],
	[l10n.t('Show Log'), commandIds.showLog],
];
const firstSteps: readonly Link[] = [
	[l10n.t('Add Account'), commandIds.addAccount],
	[l10n.t('Import Account'), commandIds.importAccount],
	[l10n.t('Open Panel'), commandIds.openPanel],
];
const everyDay: readonly Link[] = [
	[l10n.t('Open Panel'), commandIds.openPanel],
	[l10n.t('Refresh Usage'), commandIds.refreshUsage],
	[l10n.t('Add Account'), commandIds.addAccount],
	[l10n.t('Copy Pool Key'), commandIds.copyPoolKey],
];

function links(all: readonly Link[]): string {
	return all.map(([label, command]) => `[${label}](command:${command})`).join(' · ');
}

function poolParts(pool: PoolState, isOwner: boolean, now: number): string[] {
	const outlook = pool.forecast.pool;
	const pace = outlook === null ? [] : [l10n.t('At this pace: {0}', poolForecastWords(outlook, now))];
	const footer = [ageWords(pool.accounts, now), whereWords(pool, isOwner)];
	return [
		pool.accounts.length === 0 ? l10n.t('No account yet.') : accountTable(pool.accounts, now),
		...pace,
		footer.filter(words => words !== '').join(' · '),
	];
}

function whereWords({ owner }: PoolState, isOwner: boolean): string {
	const port = String(owner.port);
	if (isOwner) return l10n.t('Port {0}, runs in this window', port);
	if (owner.launcher === 'cli') return l10n.t('Port {0}, runs headless', port);
	return l10n.t('Port {0}, runs in another window', port);
}

/** In steps, so that the hover changes rarely while somebody reads it. */
function ageWords(accounts: readonly AccountView[], now: number): string {
	const newest = accounts
		.filter(({ windows }) => windows.length > 0)
		.map(({ windows }) => Math.max(...windows.map(({ observedAt }) => observedAt)));
	if (newest.length === 0) return '';
	const minutes = Math.max(1, Math.ceil((now - Math.min(...newest)) / 60_000 / ageStepMinutes)) * ageStepMinutes;
	return l10n.t('Figures at most {0} old', timeUntil(now + minutes * 60_000, now));
}
