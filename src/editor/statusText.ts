import type { AccountView } from '../shared/accountApi.js';
import type { PoolState } from '../shared/poolApi.js';
import type { PanelState } from '../shared/panelMessages.js';
import { commandIds } from './commandIds.js';
import { headroomOf, percentLeft, timeUntil, windowName, type Headroom } from './headroom.js';

/** The status bar item: at most 20 characters, its icon being one, and a hover in Markdown. */
export interface StatusText {
	readonly text: string;
	/** Colours the item; the text and its icon say the same without colour. */
	readonly tone: 'normal' | 'warning' | 'error';
	readonly hover: string;
	/** What a screen reader says. */
	readonly spoken: string;
}

const lowPercent = 15;

export function statusText(state: PanelState, now: number): StatusText {
	const { text, tone, spoken } = summarize(state, now);
	return { text, tone, hover: hoverText(state, now), spoken: `Codex Pool: ${spoken}` };
}

function summarize(state: PanelState, now: number): Omit<StatusText, 'hover'> {
	if (state.connection === 'offline') {
		return { text: '$(error) Pool offline', tone: 'error', spoken: state.problem ?? 'offline' };
	}
	if (state.pool === null) return { text: '$(loading~spin) Pool', tone: 'normal', spoken: 'starting' };
	const { enabled, accounts } = state.pool;
	if (!enabled) return { text: '$(circle-slash) Pool', tone: 'warning', spoken: 'switched off' };
	if (accounts.length === 0) return { text: '$(add) Add account', tone: 'normal', spoken: 'no account yet' };
	return summarizeAccounts(routedAccounts(state.pool), now);
}

/** One alone when the user wants a single account. */
function routedAccounts({ routing, accounts }: PoolState): readonly AccountView[] {
	if (routing.strategy !== 'single_account') return accounts;
	return accounts.filter(({ id }) => id === routing.singleAccountId);
}

function summarizeAccounts(accounts: readonly AccountView[], now: number): Omit<StatusText, 'hover'> {
	const usable = accounts.filter(account => isUsable(account, now));
	if (usable.length === 0) return summarizeNone(accounts, now);
	const best = bestHeadroom(usable, now);
	if (best === undefined) {
		return { text: `$(pulse) ${usable.length} ready`, tone: 'normal', spoken: `${usable.length} accounts ready` };
	}
	const name = windowName(best.window.durationMinutes);
	const spoken = `${best.percent} percent of the ${name} window left`;
	if (best.percent === 0) return { text: '$(error) 0% left', tone: 'error', spoken };
	const isLow = best.percent < lowPercent;
	return {
		text: `$(${isLow ? 'warning' : 'pulse'}) ${name} ${best.percent}%`,
		tone: isLow ? 'warning' : 'normal',
		spoken,
	};
}

function summarizeNone(accounts: readonly AccountView[], now: number): Omit<StatusText, 'hover'> {
	const returns = accounts
		.filter(account => account.selected && account.state === 'limited')
		.map(account => account.limitedUntil)
		.filter(at => at !== null && at > now);
	if (returns.length > 0) {
		const wait = timeUntil(Math.min(...returns.map(Number)), now);
		return { text: `$(error) in ${wait}`, tone: 'error', spoken: `every account is at its limit, back in ${wait}` };
	}
	if (accounts.some(account => account.selected && account.state === 'needs_sign_in')) {
		return { text: '$(error) Sign in', tone: 'error', spoken: 'an account must sign in again' };
	}
	return { text: '$(warning) No account', tone: 'warning', spoken: 'no account may be used' };
}

function isUsable(account: AccountView, now: number): boolean {
	if (!account.selected) return false;
	if (account.state === 'limited') return account.limitedUntil !== null && account.limitedUntil <= now;
	return account.state === 'active';
}

function bestHeadroom(accounts: readonly AccountView[], now: number): Headroom | undefined {
	return accounts
		.map(account => headroomOf(account, now))
		.filter(room => room !== undefined)
		.sort((a, b) => b.percent - a.percent)[0];
}

function hoverText(state: PanelState, now: number): string {
	const title = '**Account Pool for Codex**';
	const parts = [title, ...(state.problem === null ? [] : [escapeMarkdown(state.problem)])];
	if (state.pool !== null) parts.push(...poolParts(state.pool, state.connection === 'owner', now));
	const actions: [string, string][] =
		state.connection === 'offline'
			? [
					['Retry', commandIds.restart],
					['Show Log', commandIds.showLog],
				]
			: [
					['Open Panel', commandIds.openPanel],
					['Add Account', commandIds.addAccount],
					['Copy Pool Key', commandIds.copyPoolKey],
				];
	parts.push(actions.map(([label, command]) => `[${label}](command:${command})`).join(' · '));
	return parts.join('\n\n');
}

function poolParts(pool: PoolState, isOwner: boolean, now: number): string[] {
	const where = isOwner
		? 'runs in this window'
		: pool.owner.launcher === 'cli'
			? 'runs headless'
			: 'runs in another window';
	const rows = pool.accounts.map(account => accountRow(account, now));
	const table = ['| Account | Left | Resets in |', '| :-- | --: | --: |', ...rows].join('\n');
	return [...(rows.length === 0 ? ['No account yet.'] : [table]), `Port ${pool.owner.port}, ${where}`];
}

function accountRow(account: AccountView, now: number): string {
	const name = escapeMarkdown(account.name ?? account.email ?? 'Unnamed account');
	const windows = account.windows
		.filter(window => window.limit === 'codex')
		.sort((a, b) => a.durationMinutes - b.durationMinutes);
	const left = windows.map(window => `${windowName(window.durationMinutes)} ${percentLeft(window, now)}%`).join(' · ');
	const resets = windows
		.map(window => (window.resetsAt !== null && window.resetsAt > now ? timeUntil(window.resetsAt, now) : '–'))
		.join(' · ');
	const note = account.selected ? stateNotes[account.state] : 'not used';
	return `| ${name}${note === '' ? '' : ` (${note})`} | ${left || '–'} | ${resets || '–'} |`;
}

const stateNotes = {
	active: '',
	paused: 'paused',
	limited: 'at its limit',
	needs_sign_in: 'sign in again',
	disabled: 'disabled',
} as const satisfies Record<AccountView['state'], string>;

/** Names come from outside: they must neither break the table nor become a link. */
export function escapeMarkdown(text: string): string {
	return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&');
}
