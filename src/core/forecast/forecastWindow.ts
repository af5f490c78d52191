import type { ForecastConfidence } from '../../shared/forecastApi.js';
import { confidenceOfEnd, confidenceOfLasting, endDeviations } from './forecastConfidence.js';
import { reachesTo, spreadOf, walkAhead, type BurnOutlook, type KindAt } from './burnOutlook.js';

/** One window as it is now. */
export interface RunningWindow {
	/** Per cent that may still be burnt. */
	readonly room: number;
	readonly resetsAt: number;
}

export interface WindowFate {
	/** Null when it lasts to its reset. */
	readonly lastsUntil: number | null;
	/** Per cent that will have been burnt by then or by the reset. */
	readonly burnt: number;
	readonly confidence: ForecastConfidence;
}

/** How long a window lasts at this pace; undefined when that would be a guess. */
export function forecastWindow(outlook: BurnOutlook, window: RunningWindow, kindAt: KindAt): WindowFate | undefined {
	const { room, resetsAt } = window;
	if (!outlook.isSkilled || room <= 0 || resetsAt <= outlook.at) return undefined;
	const spread = endDeviations * spreadOf(outlook, room);
	const times = crossings(outlook, [room - spread, room, room + spread], resetsAt, kindAt);
	const [earliest, lastsUntil, latest] = times.at;
	if (lastsUntil === undefined) {
		const oneDeviation = spreadOf(outlook, times.burnt);
		const confidence = confidenceOfLasting(deviations => times.burnt + deviations * oneDeviation <= room);
		if (!confidence || !reachesTo(outlook, resetsAt)) return undefined;
		return { lastsUntil: null, burnt: times.burnt, confidence };
	}
	if (earliest === undefined || latest === undefined || !reachesTo(outlook, lastsUntil)) return undefined;
	const confidence = confidenceOfEnd(earliest, latest, lastsUntil - outlook.at);
	return confidence && { lastsUntil, burnt: room, confidence };
}

/** When as much as each of the levels will have been burnt, and what will have been by `until`. */
function crossings(
	outlook: BurnOutlook,
	levels: readonly number[],
	until: number,
	kindAt: KindAt,
): { at: (number | undefined)[]; burnt: number } {
	const at: (number | undefined)[] = levels.map(level => (level <= 0 ? outlook.at : undefined));
	const highest = Math.max(...levels);
	let sum = 0;
	walkAhead(outlook, kindAt, until, (from, to, burnt) => {
		for (const [index, level] of levels.entries()) {
			if (at[index] === undefined && sum + burnt >= level) at[index] = from + ((level - sum) / burnt) * (to - from);
		}
		sum += burnt;
		return sum < highest;
	});
	return { at, burnt: sum };
}
