import type { AccountView, UsageWindow } from '../shared/accountApi.js';
import { generalLimit } from '../shared/generalLimit.js';
import { coverEmails } from '../shared/coverEmails.js';
import { forecastOfWindow, type Forecast } from '../shared/forecastApi.js';
import type { PanelState } from '../shared/panelMessages.js';
import type { PoolState } from '../shared/poolApi.js';
import { isUsable, routedAccounts, stateNow } from '../shared/servingAccounts.js';
import { percentLeft } from './headroom.js';
import { bestHeadroom, firstBackAt } from './poolHeadroom.js';

/** What the pool has left, for a model to read: no words, no e-mail addresses. A null is not known, or will not come. */
export function quotaReport(state: PanelState, models: readonly string[] | null, now: number) {
	const { pool, connection, problem } = state;
	if (pool === null) return { pool: connection, problem: problem && coverEmails(problem) };
	return {
		pool: pool.enabled ? 'on' : 'off',
		now: timeOf(now),
		timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
		...outlook(pool, now),
		accounts: pool.accounts.map(account => accountReport(account, pool.forecast, now)),
		models,
	};
}

/** A session that begins now goes to the account that has most left. */
function outlook(pool: PoolState, now: number) {
	const routed = routedAccounts(pool);
	const usable = pool.enabled ? routed.filter(account => isUsable(account, now)) : [];
	const forecast = pool.forecast.pool;
	return {
		accountsThatServe: usable.length,
		bestAccountLeftPercent: bestHeadroom(usable, now)?.percent ?? null,
		servesAgainAt: usable.length === 0 && pool.enabled ? timeOf(firstBackAt(routed, now) ?? null) : null,
		forecast: forecast && {
			lastsUntil: timeOf(forecast.lastsUntil),
			servesAgainAt: timeOf(forecast.servesAgainAt),
			foreseenUntil: timeOf(forecast.foreseenUntil),
			confidence: forecast.confidence,
		},
	};
}

function accountReport(account: AccountView, forecast: Forecast, now: number) {
	const { id, name, plan, selected, limitedUntil, reservePercent, windows } = account;
	const state = stateNow(account, now);
	return {
		account: name === null ? id.slice(0, 6) : coverEmails(name),
		plan,
		usedByPool: selected,
		state,
		limitedUntil: state === 'limited' ? timeOf(limitedUntil) : null,
		keptForUserPercent: reservePercent,
		windows: windows.map(window => windowReport(window, account, forecast, now)),
	};
}

function windowReport(window: UsageWindow, { id }: AccountView, forecast: Forecast, now: number) {
	const { limit, name, durationMinutes, resetsAt, observedAt } = window;
	return {
		hours: durationMinutes / 60,
		countsFor: limit === generalLimit ? 'every model' : (name ?? limit),
		leftPercent: percentLeft(window, now),
		resetsAt: resetsAt !== null && resetsAt > now ? timeOf(resetsAt) : null,
		emptyAt: timeOf(forecastOfWindow(forecast, id, window)?.lastsUntil ?? null),
		seenAt: timeOf(observedAt),
	};
}

function timeOf(at: number | null): string | null {
	return at === null ? null : new Date(at).toISOString();
}
