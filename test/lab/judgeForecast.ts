import { burntUntil, kindOfHour, type BurnOutlook } from '../../src/core/forecast/burnOutlook.js';
import type { AccountView, UsageWindow } from '../../src/shared/accountApi.js';
import type { PoolForecast, WindowForecast } from '../../src/shared/forecastApi.js';
import type { ForecastScores } from './forecastScores.js';
import type { LastHour } from './lastHour.js';
import type { Family } from './usageDemand.js';
import { historyMinutes, minuteMs, type TrueWindow, type UsageHistory } from './usageHistory.js';

/** A moment at which the forecaster was asked. */
export interface Moment {
	readonly family: Family;
	readonly history: UsageHistory;
	readonly minute: number;
	readonly now: number;
	readonly lastHour: LastHour;
	readonly scores: ForecastScores;
}

export interface ToldWindow {
	readonly accountId: string;
	readonly window: UsageWindow;
	readonly forecast: WindowForecast | undefined;
	readonly outlook: BurnOutlook | undefined;
}

const hourMs = 60 * minuteMs;
/** A claim about an end is true when it is off by no more than this share of the time until then, or by these minutes. */
const trueWithinShare = 0.25;
const trueWithinMs = 10 * minuteMs;
const horizons = [
	['per cent in 1 h', 1],
	['per cent in 3 h', 3],
	['per cent at reset', Infinity],
] as const;

export function judgeWindow(moment: Moment, { accountId, window, forecast, outlook }: ToldWindow): void {
	const { family, history, minute, now, lastHour, scores } = moment;
	const { durationMinutes, usedPercent, resetsAt } = window;
	const isRunning = usedPercent > 0 && usedPercent < 100 && resetsAt !== null && resetsAt > now;
	const truth = history.windows.find(each => each.accountId === accountId && each.durationMinutes === durationMinutes);
	if (!isRunning || !truth) return;
	const lastMinute = Math.floor((resetsAt - history.startsAt) / minuteMs) - 1;
	const end = endOf(truth, minute, lastMinute);
	// What is to come is not simulated, or the window is reset early: nobody can know that.
	if (lastMinute >= historyMinutes || end === 'reset early') return;
	const subject = durationMinutes === 300 ? '5 h' : 'week';
	const room = 100 - usedPercent;
	const pace = lastHour.pace(accountId, durationMinutes, now);
	for (const [measure, hours] of horizons) {
		const then = Math.min(lastMinute, minute + hours * 60);
		if (Number.isFinite(hours) && then < minute + hours * 60) continue;
		const inHours = (then - minute) / 60;
		scores.compare(
			family,
			subject,
			measure,
			forecast &&
				outlook && {
					// A window that is full may still be reset early, and burn on.
					truth: Math.min(room, truth.burnt[then]! - truth.burnt[minute]!),
					ours: Math.min(room, burntUntil(outlook, kindOfHour, now + inHours * hourMs)),
					noChange: 0,
					lastHour: Math.min(room, pace * inHours),
				},
		);
	}
	const endsAt = end === 'lasts' ? resetsAt : history.startsAt + end * minuteMs;
	const inHours = (at: number): number => (at - now) / hourMs;
	scores.compare(
		family,
		subject,
		'hours until end',
		forecast && {
			truth: inHours(endsAt),
			ours: inHours(forecast.lastsUntil ?? resetsAt),
			noChange: inHours(resetsAt),
			lastHour: Math.min(inHours(resetsAt), pace > 0 ? room / pace : Infinity),
		},
	);
	if (!forecast) return;
	const { lastsUntil, confidence } = forecast;
	scores.claim(
		`${subject}, ${lastsUntil === null ? 'lasts to reset' : 'lasts until'}, ${confidence}`,
		lastsUntil === null ? end === 'lasts' : isNear(lastsUntil, endsAt, now),
	);
}

export function judgePool(moment: Moment, accounts: readonly AccountView[], forecast: PoolForecast | null): void {
	const { family, history, minute, now, lastHour, scores } = moment;
	if (history.canServe[minute] === 0) return;
	const views = forecast?.foreseenUntil ?? now + 24 * hourMs;
	const lastMinute = Math.floor((views - history.startsAt) / minuteMs);
	if (lastMinute >= historyMinutes) return;
	const gap = history.canServe.subarray(minute, lastMinute).indexOf(0);
	const inHours = (at: number): number => (at - now) / hourMs;
	const endsAt = gap < 0 ? views : now + gap * minuteMs;
	// Nobody can know of early resets.
	const judgedUntil = gap < 0 ? lastMinute : minute + gap;
	if (history.earlyResets.some(at => at >= minute && at <= judgedUntil)) return;
	scores.compare(
		family,
		'pool',
		'hours until end',
		forecast
			? {
					truth: inHours(endsAt),
					ours: inHours(forecast.lastsUntil ?? views),
					noChange: inHours(views),
					lastHour: Math.min(inHours(views), emptyInHours(accounts, lastHour, now)),
				}
			: undefined,
	);
	if (!forecast) return;
	const { lastsUntil, confidence } = forecast;
	scores.claim(
		`pool, ${lastsUntil === null ? 'always serves' : 'lasts until'}, ${confidence}`,
		lastsUntil === null ? gap < 0 : isNear(lastsUntil, endsAt, now),
	);
}

/** All accounts together burn on as in the last hour, and no window resets. */
function emptyInHours(accounts: readonly AccountView[], lastHour: LastHour, now: number): number {
	const lengths = new Set(accounts.flatMap(({ windows }) => windows.map(({ durationMinutes }) => durationMinutes)));
	const hours = [...lengths].map(length => {
		const pace = accounts.reduce((sum, { id }) => sum + lastHour.pace(id, length, now), 0);
		const rooms = accounts.flatMap(({ windows }) =>
			windows.map(window => {
				const isOver = window.resetsAt !== null && window.resetsAt <= now;
				return window.durationMinutes === length ? 100 - (isOver ? 0 : window.usedPercent) : 0;
			}),
		);
		return pace > 0 ? rooms.reduce((sum, room) => sum + room, 0) / pace : Infinity;
	});
	return Math.min(...hours);
}

/** The minute in which the window is full. */
function endOf(truth: TrueWindow, minute: number, lastMinute: number): number | 'lasts' | 'reset early' {
	const resetsAt = truth.resetsAt[minute]!;
	for (let at = minute; at <= lastMinute; at++) {
		if (truth.used[at]! > 99.99) return at;
		if (Math.abs(truth.resetsAt[at]! - resetsAt) > minuteMs) return 'reset early';
	}
	return 'lasts';
}

function isNear(claimed: number, came: number, now: number): boolean {
	return Math.abs(claimed - came) <= Math.max(trueWithinMs, (claimed - now) * trueWithinShare);
}
