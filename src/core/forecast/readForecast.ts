import type { AccountView, UsageWindow } from '../../shared/accountApi.js';
import { generalLimit } from '../../shared/generalLimit.js';
import type { Forecast, PoolForecast, WindowForecast } from '../../shared/forecastApi.js';
import type { Routing } from '../../shared/routingApi.js';
import { kindsAhead, type BurnOutlook, type KindAt } from './burnOutlook.js';
import { forecastPool } from './forecastPool.js';
import { forecastWindow } from './forecastWindow.js';
import { planCapacity } from '../routing/planCapacity.js';
import type { PoolMember } from './poolAhead.js';
import type { WindowHistory } from './windowHistory.js';

/** The pool as a snapshot sees it. */
export interface ForecastSubject {
	readonly accounts: readonly AccountView[];
	readonly routing: Pick<Routing, 'strategy' | 'singleAccountId'>;
	readonly now: number;
}

const minuteMs = 60_000;

/** How long every window and the whole pool last at this pace, as far as that is known. */
export function readForecast(history: WindowHistory, subject: ForecastSubject): Forecast {
	const kindAt = kindsAhead(subject.now);
	return { pool: ofPool(history, subject, kindAt), windows: ofWindows(history, subject, kindAt) };
}

/** What a per cent of each account's windows counts for in the pool's load; nothing for what another account tells already. */
export function loadWeights(accounts: readonly AccountView[]): Map<string, number> {
	const counted = firstSharers(accounts);
	return new Map(counted.filter(({ selected }) => selected).map(({ id, plan }) => [id, planCapacity(plan)]));
}

function ofWindows(history: WindowHistory, { accounts, now }: ForecastSubject, kindAt: KindAt): WindowForecast[] {
	return accounts.flatMap(account =>
		account.windows.flatMap(window => {
			const outlook = history.outlook(account.id, window, now);
			const resetsAt = history.endsAt(account.id, window);
			// A window of which nothing is used has not begun: nobody knows when it will reset.
			if (!outlook || resetsAt === null || resetsAt <= now || window.usedPercent === 0) return [];
			const room = stopsAt(account, window) - window.usedPercent;
			const fate = forecastWindow(outlook, { room, resetsAt }, kindAt);
			if (!fate) return [];
			const { limit, durationMinutes } = window;
			return {
				accountId: account.id,
				limit,
				durationMinutes,
				burnPercentPerHour: outlook.pace,
				lastsUntil: fate.lastsUntil,
				usedPercentAtReset: window.usedPercent + fate.burnt,
				confidence: fate.confidence,
				basis: basisOf(outlook),
				episode: `${account.id} ${limit} ${durationMinutes} ${resetsAt}`,
			};
		}),
	);
}

function ofPool(history: WindowHistory, subject: ForecastSubject, kindAt: KindAt): PoolForecast | null {
	const { accounts, routing, now } = subject;
	const members = firstSharers(accounts.filter(account => mayServe(account, routing))).map(account =>
		memberOf(account, history),
	);
	const outlooks = new Map<number, BurnOutlook>();
	for (const { durationMinutes } of members.flatMap(({ windows }) => windows)) {
		const outlook = outlooks.get(durationMinutes) ?? history.poolOutlook(durationMinutes, now);
		if (outlook) outlooks.set(durationMinutes, outlook);
	}
	const isFocused = routing.strategy === 'fill_first' || routing.strategy === 'soonest_reset';
	const fate = forecastPool(members, { outlooks, kindAt, isFocused, now });
	if (!fate) return null;
	const { gap, foreseenUntil, confidence, basis } = fate;
	return {
		lastsUntil: gap?.from ?? null,
		servesAgainAt: gap?.to ?? null,
		foreseenUntil,
		confidence,
		basis: basisOf(basis),
		episode: gap && `pool ${gap.to}`,
	};
}

function mayServe(
	{ id, selected, state }: AccountView,
	{ strategy, singleAccountId }: ForecastSubject['routing'],
): boolean {
	if (!selected || (strategy === 'single_account' && id !== singleAccountId)) return false;
	return state === 'active' || state === 'limited';
}

function memberOf(account: AccountView, history: WindowHistory): PoolMember {
	return {
		capacity: planCapacity(account.plan),
		priority: account.priority,
		outUntil: account.state === 'limited' ? (account.limitedUntil ?? 0) : 0,
		stopsAt: 100 - account.reservePercent,
		windows: account.windows
			.filter(({ limit }) => limit === generalLimit)
			.map(window => {
				const told = history.endsAt(account.id, window) ?? window.resetsAt;
				const resetsAt = told ?? window.observedAt + window.durationMinutes * minuteMs;
				return { durationMinutes: window.durationMinutes, usedPercent: window.usedPercent, resetsAt };
			}),
	};
}

/** Of accounts that spend one quota, the first stands for all. */
function firstSharers(accounts: readonly AccountView[]): readonly AccountView[] {
	return accounts.filter(
		({ sharesWith }, index) => !accounts.slice(0, index).some(({ id }) => sharesWith.includes(id)),
	);
}

function stopsAt({ reservePercent }: AccountView, { limit }: UsageWindow): number {
	return limit === generalLimit ? 100 - reservePercent : 100;
}

function basisOf({ hours, rises }: BurnOutlook): PoolForecast['basis'] {
	return { hours, rises };
}
