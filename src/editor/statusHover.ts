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
	['Retry', commandIds.restart],
	['Show Log', commandIds.showLog],
];
const firstSteps: readonly Link[] = [
	['Add Account', commandIds.addAccount],
	['Import Account', commandIds.importAccount],
	['Open Panel', commandIds.openPanel],
];
const everyDay: readonly Link[] = [
	['Open Panel', commandIds.openPanel],
	['Refresh Usage', commandIds.refreshUsage],
	['Add Account', commandIds.addAccount],
	['Copy Pool Key', commandIds.copyPoolKey],
];

function links(all: readonly Link[]): string {
	return all.map(([label, command]) => `[${label}](command:${command})`).join(' · ');
}

function poolParts(pool: PoolState, isOwner: boolean, now: number): string[] {
	const outlook = pool.forecast.pool;
	const pace = outlook === null ? [] : [`At this pace: ${poolForecastWords(outlook, now)}`];
	const footer = [ageWords(pool.accounts, now), `Port ${pool.owner.port}, ${whereWords(pool, isOwner)}`];
	return [
		pool.accounts.length === 0 ? 'No account yet.' : accountTable(pool.accounts, now),
		...pace,
		footer.filter(words => words !== '').join(' · '),
	];
}

function whereWords({ owner }: PoolState, isOwner: boolean): string {
	if (isOwner) return 'runs in this window';
	return owner.launcher === 'cli' ? 'runs headless' : 'runs in another window';
}

/** In steps, so that the hover changes rarely while somebody reads it. */
function ageWords(accounts: readonly AccountView[], now: number): string {
	const newest = accounts
		.filter(({ windows }) => windows.length > 0)
		.map(({ windows }) => Math.max(...windows.map(({ observedAt }) => observedAt)));
	if (newest.length === 0) return '';
	const minutes = Math.max(1, Math.ceil((now - Math.min(...newest)) / 60_000 / ageStepMinutes)) * ageStepMinutes;
	return `Figures at most ${timeUntil(now + minutes * 60_000, now)} old`;
}
