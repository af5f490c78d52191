import type { AccountView } from '../src/shared/accountApi.js';
import { generalLimit } from '../src/shared/generalLimit.js';
import type { WindowHistory, WindowPoint } from '../src/shared/forecastApi.js';
import { daysBefore, dayStart } from './durations.js';
import { windowKey, windowTitle } from './windowReading.js';

const shownDays = 7;

/** The past of one window, to be drawn. */
export interface WindowTrend {
	readonly key: string;
	readonly name: string;
	readonly points: readonly WindowPoint[];
}

/** What a day did to a window. */
export interface TrendDay {
	readonly start: number;
	/** By window, in the order of the trends; null when it was not measured that day. */
	readonly peaks: readonly (number | null)[];
}

/** From the beginning of a day on, so that each day is whole. */
export function historySince(now: number): number {
	return daysBefore(dayStart(now), shownDays - 1);
}

/** Another once a window of the account is fuller than it was, or has been reset. */
export function trendMark({ windows }: Pick<AccountView, 'windows'>): string {
	return windows.map(window => `${windowKey(window)}=${window.usedPercent}`).join();
}

/** Those of all models first, the shortest first; those without a point have nothing to show. */
export function windowTrends({ windows }: WindowHistory): WindowTrend[] {
	return windows
		.filter(({ points }) => points.length > 0)
		.toSorted(
			(a, b) =>
				Number(b.limit === generalLimit) - Number(a.limit === generalLimit) || a.durationMinutes - b.durationMinutes,
		)
		.map(({ limit, durationMinutes, points }) => ({
			key: windowKey({ limit, durationMinutes }),
			name: windowTitle({ limit, durationMinutes }),
			points,
		}));
}

/** The trend as a table: the fullest that each window was on each day, newest first. */
export function trendDays(trends: readonly WindowTrend[]): TrendDay[] {
	const byDay = trends.map(({ points }) => Map.groupBy(points, ({ at }) => dayStart(at)));
	const starts = new Set(byDay.flatMap(days => [...days.keys()]));
	return [...starts]
		.sort((a, b) => b - a)
		.map(start => ({
			start,
			peaks: byDay.map(days => {
				const points = days.get(start) ?? [];
				return points.length === 0 ? null : Math.max(...points.map(({ usedPercent }) => usedPercent));
			}),
		}));
}

/**
 * One time axis for all. Whatever was used stays so until its reset; between that and the next measurement nothing is
 * claimed (null), and a moment of another window says nothing of this one (undefined).
 */
export function alignedTrends(trends: readonly WindowTrend[]): [number[], ...(number | null | undefined)[][]] {
	const lines = trends.map(({ points }) => new Map(points.flatMap(lineOf)));
	const moments = [...new Set(lines.flatMap(line => [...line.keys()]))].sort((a, b) => a - b);
	return [moments, ...lines.map(line => withGaps(moments.map(at => line.get(at))))];
}

/** What begins as a gap is one until the next measurement. */
function withGaps(values: readonly (number | null | undefined)[]): (number | null | undefined)[] {
	let isGap = false;
	return values.map(value => {
		if (value !== undefined) isGap = value === null;
		return isGap ? null : value;
	});
}

function lineOf({ at, usedPercent, resetsAt }: WindowPoint, index: number, points: readonly WindowPoint[]) {
	const line: [number, number | null][] = [[at, usedPercent]];
	const next = points[index + 1];
	if (resetsAt !== null && next && resetsAt > at && next.at > resetsAt) {
		line.push([resetsAt, usedPercent], [resetsAt + 1, null]);
	}
	return line;
}
