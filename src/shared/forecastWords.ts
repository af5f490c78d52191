import type { PoolForecast } from './forecastApi.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Finer would promise too much, and change while somebody reads it. */
const stepMs = 5 * minuteMs;

/** How long the pool lasts at this pace: `lasts until about 16:40, back at 18:00`, or `lasts to the reset`. */
export function poolForecastWords({ lastsUntil, servesAgainAt, confidence }: PoolForecast, now: number): string {
	if (lastsUntil === null) return 'lasts to the reset';
	const about = confidence === 'high' ? '' : 'about ';
	const back = servesAgainAt === null ? '' : `, back at ${clockWords(servesAgainAt, now)}`;
	return `lasts until ${about}${clockWords(Math.round(lastsUntil / stepMs) * stepMs, now)}${back}`;
}

/** `16:40`, with the weekday when that is not today, and with the date when the weekday would not tell. */
export function clockWords(at: number, now: number): string {
	const date = new Date(at);
	const time = `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
	if (date.toDateString() === new Date(now).toDateString()) return time;
	const day = date.toLocaleDateString('en-US', { weekday: 'short' });
	return Math.abs(at - now) < 6 * dayMs ? `${day} ${time}` : `${day} ${date.getDate()}, ${time}`;
}

function twoDigits(value: number): string {
	return String(value).padStart(2, '0');
}
