import { InvalidArgumentError } from 'commander';
import { startOfPeriod, usagePeriods } from '../client/usagePeriod.js';
import { normalPriority, prioritySchema, reserveSchema } from '../shared/accountApi.js';
import type { KeyBudget } from '../shared/keyApi.js';
import { budgetExamples, parseBudget } from '../shared/keyWords.js';
import { isLoopbackHost } from '../shared/loopbackHost.js';
import { retentionSchema } from '../shared/retention.js';
import { routingSchema } from '../shared/routingApi.js';

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A TCP port; 0 lets the system choose. */
export function parsePort(text: string): number {
	const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
	if (!(port <= 65_535)) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
	return port;
}

/** "90m", "24h", "7d" before `now`; the start of `today`, `week` or `month`; or an ISO date or time. All local. */
export function parseMoment(text: string, now: number): number {
	const span = /^(\d{1,6})([mhd])$/.exec(text);
	if (span) {
		const [, count, unit] = span;
		return Math.max(0, now - Number(count) * unitMs[unit as keyof typeof unitMs]);
	}
	const period = usagePeriods.find(name => name === text.toLowerCase());
	if (period) return startOfPeriod(period, now);
	const iso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d.*)?$/.exec(text);
	const at = iso ? new Date(iso[1] ? text : `${text}T00:00:00`).getTime() : Number.NaN;
	if (!(at >= 0)) {
		throw new InvalidArgumentError('Use a span like 24h or 7d, an ISO date like 2026-07-01, or today, week or month.');
	}
	return at;
}

/** Tokens are sent to these addresses: https, or plain http on this machine. */
export function parseAddress(text: string): string {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	const isLoopback = isLoopbackHost(url?.hostname ?? '');
	if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback)) return text.replace(/\/+$/, '');
	throw new InvalidArgumentError('An address starts with https://, or with http:// for this machine.');
}

/** How many requests may run on one account; 0 is no limit. */
export function parseInFlightLimit(text: string): number {
	const limit = routingSchema.shape.inFlightLimit.safeParse(wholeNumber(text));
	if (!limit.success) throw new InvalidArgumentError('Use a number from 1 to 1000, or 0 for no limit.');
	return limit.data;
}

/** "15m", "2h", or minutes alone; at most six hours. Gives minutes. */
export function parseHold(text: string): number {
	const [, count = '', unit = 'm'] = /^(\d{1,6})([mh]?)$/.exec(text) ?? [];
	const minutes = wholeNumber(count) * (unit === 'h' ? 60 : 1);
	const hold = routingSchema.shape.holdMinutes.safeParse(minutes);
	if (!hold.success) throw new InvalidArgumentError('Use a length of time up to 6h, like 15m, or 0 to not wait.');
	return hold.data;
}

const namedPriorities: Readonly<Record<string, number>> = { first: 1, normal: normalPriority, last: 9 };

export function parsePriority(text: string): number {
	const priority = prioritySchema.safeParse(namedPriorities[text.toLowerCase()] ?? wholeNumber(text));
	if (!priority.success) throw new InvalidArgumentError('Use a number from 1 to 9, or first, normal or last.');
	return priority.data;
}

/** "20" or "20%". */
export function parseReserve(text: string): number {
	const reserve = reserveSchema.safeParse(wholeNumber(text.replace(/ ?%$/, '')));
	if (!reserve.success) throw new InvalidArgumentError('Use per cent from 0 to 90.');
	return reserve.data;
}

/** "500k/day", or "none" for no limit. */
export function parseKeyBudget(text: string): KeyBudget | null {
	if (text.toLowerCase() === 'none') return null;
	const budget = parseBudget(text);
	if (!budget) throw new InvalidArgumentError(`Use tokens for a day or a week, like ${budgetExamples}, or none.`);
	return budget;
}

/** For how many days requests are kept one by one. */
export function parseHistoryDays(text: string): number {
	const days = retentionSchema.shape.days.safeParse(wholeNumber(text));
	if (!days.success) throw new InvalidArgumentError('Use a number of days from 1 to 3650.');
	return days.data;
}

/** How many requests are kept one by one. */
export function parseHistoryRows(text: string): number {
	const rows = retentionSchema.shape.rows.safeParse(wholeNumber(text));
	if (!rows.success) throw new InvalidArgumentError('Use a number of requests from 1000 to 10000000.');
	return rows.data;
}

/** A variable that is not set is empty words in a script. */
export function parseWords(text: string): string {
	if (text.trim() === '') throw new InvalidArgumentError('It is empty.');
	return text;
}

function wholeNumber(text: string): number {
	return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}
