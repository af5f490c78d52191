import type { WindowForecast } from '../src/shared/forecastApi.js';
import { formatMoment, minuteMs } from './durations.js';
import { text } from './text.js';
import { windowKey } from './windowReading.js';

/** Finer would promise too much, and change while somebody reads it. */
const stepMs = 5 * minuteMs;

/** When a window is used up at this pace; null when it lasts to its reset, or nobody can tell. */
export function windowPace(
	forecasts: readonly WindowForecast[],
	{ accountId, key }: { readonly accountId: string; readonly key: string },
	now: number,
): string | null {
	const forecast = forecasts.find(each => each.accountId === accountId && windowKey(each) === key);
	const until = forecast?.lastsUntil ?? null;
	if (!forecast || until === null || until <= now) return null;
	return text.usedUpAt(formatMoment(Math.round(until / stepMs) * stepMs, now), forecast.confidence === 'high');
}
