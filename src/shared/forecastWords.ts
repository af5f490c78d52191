import * as l10n from '@vscode/l10n';
import type { PoolForecast } from './forecastApi.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Finer would promise too much, and change while somebody reads it. */
const stepMs = 5 * minuteMs;
/** Of the words around a date, wherever they are said; the process may be in another one. */
const dateLanguage = l10n.t({ message: 'en-US', comment: ['language tag that dates are written in'] });

/**
 * How long the pool lasts at this pace: `lasts until about 16:40, back at 18:00`, or `lasts to the reset`. Goes on from
 * "At this pace it …" and stands after "At this pace: …".
 */
export function poolForecastWords({ lastsUntil, servesAgainAt, confidence }: PoolForecast, now: number): string {
	if (lastsUntil === null) return l10n.t('lasts to the reset');
	const until = clockWords(Math.round(lastsUntil / stepMs) * stepMs, now);
	const isSure = confidence === 'high';
	if (servesAgainAt === null) {
		return isSure ? l10n.t('lasts until {0}', until) : l10n.t('lasts until about {0}', until);
	}
	const back = clockWords(servesAgainAt, now);
	return isSure
		? l10n.t('lasts until {0}, back at {1}', until, back)
		: l10n.t('lasts until about {0}, back at {1}', until, back);
}

/** `16:40`, with the weekday when that is not today, and with the date when the weekday would not tell. */
export function clockWords(at: number, now: number): string {
	const date = new Date(at);
	const time = `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
	if (date.toDateString() === new Date(now).toDateString()) return time;
	const day = date.toLocaleDateString(dateLanguage, { weekday: 'short' });
	if (Math.abs(at - now) < 6 * dayMs) return `${day} ${time}`;
	return l10n.t({
		message: '{0} {1}, {2}',
		args: [day, date.getDate(), time],
		comment: ['weekday, day of the month, time'],
	});
}

function twoDigits(value: number): string {
	return String(value).padStart(2, '0');
}
