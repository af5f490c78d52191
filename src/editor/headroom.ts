import * as l10n from '@vscode/l10n';
import type { AccountView, UsageWindow } from '../shared/accountApi.js';
import { generalLimit } from '../shared/generalLimit.js';

/** What is left of an account for the pool before one of its windows stops it: its reserve belongs to the user. */
export interface Headroom {
	readonly percent: number;
	/** The window that would stop it first. */
	readonly window: UsageWindow;
}

/** Only general windows count; a model's own limit stops that model alone. Undefined while nothing is known. */
export function headroomOf(account: AccountView, now: number): Headroom | undefined {
	const rooms = generalWindows(account).map(window => ({
		percent: Math.max(0, percentLeft(window, now) - account.reservePercent),
		window,
	}));
	return rooms.sort((a, b) => a.percent - b.percent)[0];
}

/** The windows that count for every model, the shortest first. */
export function generalWindows({ windows }: AccountView): UsageWindow[] {
	return windows.filter(({ limit }) => limit === generalLimit).sort((a, b) => a.durationMinutes - b.durationMinutes);
}

/** A window whose reset has passed is full again, whatever was last seen of it. */
export function percentLeft(window: UsageWindow, now: number): number {
	if (window.resetsAt !== null && window.resetsAt <= now) return 100;
	return Math.max(0, Math.floor(100 - window.usedPercent));
}

/** `5h`, `week`, `30d`. */
export function windowName(durationMinutes: number): string {
	const week = 7 * 24 * 60;
	if (durationMinutes === week) return l10n.t({ message: 'week', comment: ['name of a usage window'] });
	if (durationMinutes % (24 * 60) === 0) return l10n.t('{0}d', durationMinutes / (24 * 60));
	if (durationMinutes % 60 === 0) return l10n.t('{0}h', durationMinutes / 60);
	return l10n.t('{0}m', durationMinutes);
}

/** `5h`, or `Spark 5h` for a limit of some models alone. */
export function windowLabel({ limit, name, durationMinutes }: UsageWindow): string {
	const duration = windowName(durationMinutes);
	return limit === generalLimit ? duration : `${name ?? limit} ${duration}`;
}

/** `62% · 2h 5m`: what is left, and for how long; without the time where no reset is known. */
export function roomWords(window: UsageWindow, now: number, percent = percentLeft(window, now)): string {
	const { resetsAt } = window;
	return resetsAt !== null && resetsAt > now ? `${percent}% · ${timeUntil(resetsAt, now)}` : `${percent}%`;
}

/** `40m`, `3h 5m`, `2d 4h`; never `0m`. */
export function timeUntil(at: number, now: number): string {
	const minutes = Math.max(1, Math.ceil((at - now) / 60_000));
	const hours = Math.floor(minutes / 60);
	if (hours === 0) return l10n.t('{0}m', minutes);
	if (hours < 24) return minutes % 60 === 0 ? l10n.t('{0}h', hours) : l10n.t('{0}h {1}m', hours, minutes % 60);
	return hours % 24 === 0 ? l10n.t('{0}d', hours / 24) : l10n.t('{0}d {1}h', Math.floor(hours / 24), hours % 24);
}
