import { text } from './text.js';

/** Spans and moments as people read them. Every moment is epoch milliseconds; `now` always comes in. */

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Of the reader's own day. */
export function dayStart(moment: number): number {
	return new Date(moment).setHours(0, 0, 0, 0);
}

/** As the calendar counts: a day can have 23 or 25 hours. */
export function daysBefore(moment: number, days: number): number {
	const date = new Date(moment);
	return date.setDate(date.getDate() - days);
}

/** Two units at most, rounded down: a promise of time left must never be too long. */
export function formatSpan(ms: number): string {
	if (ms < minuteMs) return text.underAMinute;
	const days = Math.floor(ms / dayMs);
	const hours = Math.floor((ms % dayMs) / hourMs);
	const minutes = Math.floor((ms % hourMs) / minuteMs);
	const parts =
		days > 0 ? [span('days', days), span('hours', hours)] : [span('hours', hours), span('minutes', minutes)];
	return parts.filter(part => part !== '').join(' ');
}

/** Never broken between a number and its unit. */
function span(unit: keyof typeof text.spans, count: number): string {
	return count === 0 ? '' : text.spans[unit](count).replaceAll(' ', '\u00a0');
}

/** One unit is enough for the past. */
export function formatAgo(then: number, now: number): string {
	const ms = now - then;
	if (ms < minuteMs) return text.justNow;
	if (ms < hourMs) return text.ago(span('minutes', Math.floor(ms / minuteMs)));
	if (ms < dayMs) return text.ago(span('hours', Math.floor(ms / hourMs)));
	return text.ago(span('days', Math.floor(ms / dayMs)));
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const weekdayClock = new Intl.DateTimeFormat(undefined, {
	weekday: 'short',
	hour: '2-digit',
	minute: '2-digit',
	hourCycle: 'h23',
});
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** The whole truth about a moment, for a title. */
export function formatExact(moment: number): string {
	return exact.format(moment);
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

export function formatDate(moment: number): string {
	return day.format(moment);
}

/** As short as it stays clear: the time today, the weekday within six days, else the date. */
export function formatMoment(moment: number, now: number): string {
	if (new Date(moment).toDateString() === new Date(now).toDateString()) return clock.format(moment);
	return Math.abs(moment - now) < 6 * dayMs ? weekdayClock.format(moment) : date.format(moment);
}

const second = new Intl.DateTimeFormat(undefined, {
	hour: '2-digit',
	minute: '2-digit',
	second: '2-digit',
	hourCycle: 'h23',
});

/** As a log tells it: the second today, then the day and its time. It does not change while somebody reads. */
export function formatLogTime(moment: number, now: number): { readonly day: string | null; readonly clock: string } {
	if (now - moment < dayMs) return { day: null, clock: second.format(moment) };
	return { day: date.format(moment), clock: clock.format(moment) };
}

/** `5-hour`, `Weekly`: a window is named by its duration, never by its position. */
export function windowName(minutes: number): string {
	const named = text.namedWindows[minutes];
	if (named !== undefined) return named;
	if (minutes % 1_440 === 0) return text.dayWindow(minutes / 1_440);
	if (minutes % 60 === 0) return text.hourWindow(minutes / 60);
	return text.minuteWindow(minutes);
}
