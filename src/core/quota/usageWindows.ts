import type { UsageWindow } from '../../shared/accountApi.js';
import { generalLimit } from '../../shared/generalLimit.js';
import type { HeaderMap } from '../ports.js';
import { longestMs, numberFrom, percentFrom, resetFrom, wordsFrom } from './providerFigures.js';
import { fieldOf, isObject, textOf } from '../untrusted.js';

/**
 * Reads usage windows out of what the provider sends (protocol §10): header families, `codex.rate_limits` events and
 * the `wham/usage` reply. A window is known by its duration, never by its slot; what is absent is not 0 %.
 */

const secondsPerMinute = 60;
/** A window resets within its own length, as exactly as clocks are set. */
const resetSlackMs = 60 * 60_000;
/** Limits of single models that one reply may name, and the letters of what they are called. */
const mostLimits = 20;
const mostLetters = 80;
const usedPercent = '-used-percent';

export function windowsFromHeaders(headers: HeaderMap, now: number): UsageWindow[] {
	const slots = [...(repeatsOneModel(headers) ? [] : generalSlots), ...modelSlots(headers)];
	return slots.map(slot => windowIn(headers, slot, now)).filter(window => window !== undefined);
}

function windowIn(headers: HeaderMap, slot: HeaderSlot, now: number): UsageWindow | undefined {
	const used = headers[slot.usedPercent];
	if (used === undefined) return undefined;
	return makeWindow({
		limit: slot.limit,
		name: headers[slot.limitName],
		usedPercent: used,
		durationMinutes: numberFrom(headers[slot.windowMinutes]),
		resetAtSeconds: headers[slot.resetAt],
		resetAfterSeconds: headers[slot.resetAfterSeconds],
		source: 'header',
		now,
	});
}

/** Those of the limits of single models, which few replies have. */
function modelSlots(headers: HeaderMap): HeaderSlot[] {
	const slots: HeaderSlot[] = [];
	for (const name in headers) {
		if (!name.endsWith(usedPercent) || generalNames.has(name)) continue;
		const slot = headerSlot(name);
		if (slot) slots.push(slot);
	}
	return slots;
}

/** The limit that a header family speaks of, and the names of its other headers. */
interface HeaderSlot {
	readonly limit: string;
	readonly limitName: string;
	readonly usedPercent: string;
	readonly windowMinutes: string;
	readonly resetAt: string;
	readonly resetAfterSeconds: string;
}

function headerSlot(usedPercentName: string): HeaderSlot | undefined {
	const family = usedPercentName.slice(0, -usedPercent.length);
	const limit = /^x-(.*)-(?:primary|secondary)$/.exec(family)?.[1];
	if (limit === undefined) return undefined;
	return {
		limit: limit.replaceAll('-', '_'),
		limitName: `x-${limit}-limit-name`,
		usedPercent: usedPercentName,
		windowMinutes: `${family}-window-minutes`,
		resetAt: `${family}-reset-at`,
		resetAfterSeconds: `${family}-reset-after-seconds`,
	};
}

/** These come with every reply; to put their names together anew would cost twice what reading them costs. */
const generalNames: ReadonlySet<string> = new Set(['x-codex-primary-used-percent', 'x-codex-secondary-used-percent']);
const generalSlots = [...generalNames].map(headerSlot).filter(slot => slot !== undefined);

/** Some replies that count against the limit of one model repeat its figures under the general names (3P live captures). */
function repeatsOneModel(headers: HeaderMap): boolean {
	const active = headers['x-codex-active-limit'];
	if (active === undefined || active === generalLimit) return false;
	const family = `x-${active.replaceAll('_', '-')}-primary`;
	return (
		`${family}${usedPercent}` in headers &&
		[usedPercent, '-window-minutes', '-reset-at'].every(
			field => headers[`${family}${field}`] === headers[`x-codex-primary${field}`],
		)
	);
}

/** `event` is the parsed data of a `codex.rate_limits` event. */
export function windowsFromEvent(event: unknown, now: number): UsageWindow[] {
	const name = fieldOf(event, 'limit_name');
	const limit = nameIn(event, 'metered_limit_name') ?? textOf(name) ?? '';
	const additional = fieldOf(event, 'additional_rate_limits');
	return [
		...slotsOf(fieldOf(event, 'rate_limits'), { limit: limit || generalLimit, name, source: 'event', now }),
		...(isObject(additional) ? Object.entries(additional).slice(0, mostLimits) : []).flatMap(([each, slots]) =>
			slotsOf(slots, { limit: each, name: fieldOf(slots, 'limit_name'), source: 'event', now }),
		),
	];
}

/** `reply` is the parsed body of `GET /wham/usage`. */
export function windowsFromUsage(reply: unknown, now: number): UsageWindow[] {
	const additional = fieldOf(reply, 'additional_rate_limits');
	return [
		...slotsOf(fieldOf(reply, 'rate_limit'), { limit: generalLimit, name: undefined, source: 'poll', now }),
		...(Array.isArray(additional) ? additional.slice(0, mostLimits) : []).flatMap((entry: unknown) => {
			const name = fieldOf(entry, 'limit_name');
			const limit = nameIn(entry, 'metered_feature') ?? textOf(name) ?? '';
			return limit === '' ? [] : slotsOf(fieldOf(entry, 'rate_limit'), { limit, name, source: 'poll', now });
		}),
	];
}

interface Told {
	/** Model-specific limits are named by the provider with or without the `codex_` family; ours keeps its name. */
	readonly limit: string;
	readonly name: unknown;
	readonly source: UsageWindow['source'];
	readonly now: number;
}

function slotsOf(slots: unknown, told: Told): UsageWindow[] {
	return ['primary', 'secondary', 'primary_window', 'secondary_window'].flatMap(name => {
		const slot = fieldOf(slots, name);
		const seconds = numberFrom(fieldOf(slot, 'limit_window_seconds'));
		const window = makeWindow({
			...told,
			usedPercent: fieldOf(slot, 'used_percent'),
			durationMinutes:
				seconds === undefined ? numberFrom(fieldOf(slot, 'window_minutes')) : Math.ceil(seconds / secondsPerMinute),
			resetAtSeconds: fieldOf(slot, 'reset_at') ?? fieldOf(slot, 'resets_at'),
			resetAfterSeconds: fieldOf(slot, 'reset_after_seconds'),
		});
		return window ? [window] : [];
	});
}

interface ToldWindow extends Told {
	readonly usedPercent: unknown;
	readonly durationMinutes: number | undefined;
	readonly resetAtSeconds: unknown;
	readonly resetAfterSeconds: unknown;
}

function makeWindow(told: ToldWindow): UsageWindow | undefined {
	const used = percentFrom(told.usedPercent);
	// A slot without a duration is a placeholder of plans that do not have it.
	const durationMinutes = Math.round(told.durationMinutes ?? 0);
	const lengthMs = durationMinutes * secondsPerMinute * 1000;
	if (used === undefined || durationMinutes < 1 || lengthMs > longestMs) return undefined;
	const name = told.limit === generalLimit ? undefined : wordsFrom(told.name, mostLetters);
	return {
		limit: told.limit,
		...(name !== undefined && { name }),
		durationMinutes,
		usedPercent: used,
		resetsAt: resetFrom(
			{ atSeconds: told.resetAtSeconds, afterSeconds: told.resetAfterSeconds },
			told.now,
			lengthMs + resetSlackMs,
		),
		source: told.source,
		observedAt: told.now,
	};
}

function nameIn(value: unknown, field: string): string | undefined {
	return textOf(fieldOf(value, field)) || undefined;
}
