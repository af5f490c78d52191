import type { HeaderMap } from '../../src/core/ports.js';
import type { AccountView, UsageWindow } from '../../src/shared/accountApi.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import { objectAt } from '../support/upstream/json.js';
import type { MonthRun } from './monthRun.js';

/** It is not made anew for each reply. */
const toldForMs = 999;

/** What one account's quota says to a client: the plan, then the general windows, the shorter one first. */
interface Told {
	readonly plan: string;
	readonly windows: readonly string[];
}

/** The pool's quota in `wham/usage` is the one that the documented rule finds in the figures that are shown. */
export function judgeQuota(run: MonthRun, { accounts }: PoolState): void {
	const reply = run.pool.quota.usage('key', null);
	const limit = objectAt(reply, 'rate_limit');
	const slots = ['primary_window', 'secondary_window'].map(slot => objectAt(limit, slot));
	const told = {
		plan: String(objectAt({ reply }, 'reply')['plan_type']),
		windows: slots
			.filter(slot => 'used_percent' in slot)
			.map(slot => line(slot['used_percent'], Number(slot['limit_window_seconds']) / 60, slot['reset_at'])),
	};
	judge(run, told, { accounts, where: 'wham/usage', isAllowed: limit['allowed'] === true });
}

/** The same with the head of a reply, at the moment at which it goes to the client. */
export function judgeQuotaHeaders(run: MonthRun, headers: HeaderMap): void {
	const windows = ['primary', 'secondary'].flatMap(slot => {
		const [used, minutes, resetAt] = ['used-percent', 'window-minutes', 'reset-at'].map(
			field => headers[`x-codex-${slot}-${field}`],
		);
		return used === undefined ? [] : [line(used, minutes, resetAt)];
	});
	const isAllowed = headers['x-codex-rate-limit-reached-type'] === undefined;
	const accounts = run.pool.accounts.views();
	judge(run, { plan: headers['x-codex-plan-type'] ?? '', windows }, { accounts, where: 'a reply', isAllowed });
}

interface Shown {
	readonly accounts: readonly AccountView[];
	readonly where: string;
	readonly isAllowed: boolean;
}

function judge(run: MonthRun, told: Told, { accounts, where, isAllowed }: Shown): void {
	const now = run.machine.now();
	const usable = accounts.filter(({ selected, state }) => selected && (state === 'active' || state === 'limited'));
	const serving = usable.filter(account => backAt(account, now) <= now);
	if (isAllowed !== serving.length > 0) run.find(`${where} says allowed: ${isAllowed}, ${serving.length} can serve`);
	const roomiest = leastOf(serving, account => tightest(account, now));
	const soonest = leastOf(usable, account => backAt(account, now));
	const shown = serving.length > 0 ? roomiest : soonest;
	const may = [now, now - toldForMs].flatMap(moment => shown.map(account => toldBy(account, moment)));
	run.checks++;
	if (may.some(each => JSON.stringify(each) === JSON.stringify(told))) return;
	run.find(`${where} tells ${JSON.stringify(told)}, and not ${JSON.stringify(may)}`);
}

function toldBy({ plan, windows }: AccountView, now: number): Told {
	const general = generalOf(windows).sort((a, b) => a.durationMinutes - b.durationMinutes);
	return {
		plan: plan ?? 'unknown',
		windows: general.map(window => {
			const told = window.resetsAt ?? 0;
			const resetsAt = told > now ? told : now + window.durationMinutes * 60_000;
			return line(usedAt(window, now), window.durationMinutes, Math.ceil(resetsAt / 1000));
		}),
	};
}

/** Until when the user or the provider keeps the account from serving. */
function backAt({ state, limitedUntil, windows, reservePercent }: AccountView, now: number): number {
	const reserved = generalOf(windows).filter(
		window => reservePercent > 0 && usedAt(window, now) >= 100 - reservePercent && (window.resetsAt ?? 0) > now,
	);
	return Math.max(state === 'limited' ? (limitedUntil ?? 0) : 0, ...reserved.map(({ resetsAt }) => resetsAt ?? 0));
}

function tightest({ windows }: AccountView, now: number): number {
	const general = generalOf(windows);
	return general.length === 0 ? 100 : Math.max(...general.map(window => usedAt(window, now)));
}

function generalOf(windows: readonly UsageWindow[]): UsageWindow[] {
	return windows.filter(({ limit }) => limit === 'codex');
}

function usedAt({ usedPercent, resetsAt }: UsageWindow, now: number): number {
	return resetsAt !== null && resetsAt <= now ? 0 : usedPercent;
}

function leastOf(accounts: readonly AccountView[], measure: (account: AccountView) => number): AccountView[] {
	const least = Math.min(...accounts.map(measure));
	return accounts.filter(account => measure(account) === least);
}

function line(used: unknown, minutes: unknown, resetAt: unknown): string {
	return `${String(used)} % of ${String(minutes)} min until ${String(resetAt)}`;
}
