import type { AccountView, UsageWindow } from '../src/shared/accountApi.js';
import { generalLimit } from '../src/shared/generalLimit.js';
import { formatAgo, formatExact, formatMoment, formatSpan, windowName } from './durations.js';
import { text } from './text.js';

/** What one usage window says to its reader now. */
export interface WindowReading {
	readonly key: string;
	readonly name: string;
	/** Null once the window has reset and nobody has measured since: absent is not 0 %. */
	readonly usedPercent: number | null;
	readonly risk: 'calm' | 'close' | 'spent';
	readonly used: string;
	readonly resets: string;
	/** The span alone; empty when it is not known, or over. */
	readonly resetsShort: string;
	readonly resetsExact: string;
	readonly origin: string;
	readonly originShort: string;
	readonly originExact: string;
}

export function readWindow(window: UsageWindow, now: number): WindowReading {
	const usedPercent = currentPercent(window, now);
	return {
		key: windowKey(window),
		name: windowTitle(window),
		usedPercent,
		risk: riskOf(usedPercent),
		used: usedPercent === null ? text.notMeasuredSinceReset : text.used(wholePercent(usedPercent)),
		resets: resetSentence(window.resetsAt, now),
		resetsShort: (window.resetsAt ?? 0) > now ? formatSpan((window.resetsAt ?? 0) - now) : '',
		resetsExact: window.resetsAt === null ? '' : formatExact(window.resetsAt),
		origin: text.origin[window.source](formatAgo(window.observedAt, now)),
		originShort: text.originShort[window.source](formatAgo(window.observedAt, now)),
		originExact: formatExact(window.observedAt),
	};
}

type WindowIdentity = Pick<UsageWindow, 'limit' | 'durationMinutes'> & { readonly name?: string | undefined };

/** The same window of different accounts has the same key. */
export function windowKey({ limit, durationMinutes }: WindowIdentity): string {
	return `${limit}/${durationMinutes}`;
}

export function windowTitle({ limit, durationMinutes, name }: WindowIdentity): string {
	const duration = windowName(durationMinutes);
	return limit === generalLimit ? duration : text.modelWindow(duration, name ?? limit);
}

export function isGeneral(window: UsageWindow): boolean {
	return window.limit === generalLimit;
}

/** Shorter windows first, those of single models after the general ones. */
export function orderedWindows(account: Pick<AccountView, 'windows'>): UsageWindow[] {
	return account.windows.toSorted(
		(a, b) =>
			Number(isGeneral(b)) - Number(isGeneral(a)) ||
			a.limit.localeCompare(b.limit) ||
			a.durationMinutes - b.durationMinutes,
	);
}

export function currentPercent(window: UsageWindow, now: number): number | null {
	return window.resetsAt !== null && window.resetsAt <= now ? null : window.usedPercent;
}

/** 99.6 % used is not 100 %, and a trace is not nothing. */
export function wholePercent(percent: number): number {
	if (percent > 0 && percent < 1) return 1;
	return percent < 100 ? Math.min(99, Math.round(percent)) : 100;
}

function riskOf(usedPercent: number | null): WindowReading['risk'] {
	if (usedPercent === null || usedPercent < 85) return 'calm';
	return usedPercent < 100 ? 'close' : 'spent';
}

function resetSentence(resetsAt: number | null, now: number): string {
	if (resetsAt === null) return text.resetUnknown;
	return resetsAt > now ? text.resetsIn(formatSpan(resetsAt - now)) : text.resetAt(formatMoment(resetsAt, now));
}
