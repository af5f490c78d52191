import type { UsageWindow } from './accountApi.js';
import { generalLimit } from './generalLimit.js';

/** A window whose reset was not told is over once its whole length has passed since it was seen. */
export function isOver({ resetsAt, observedAt, durationMinutes }: UsageWindow, now: number): boolean {
	return (resetsAt ?? observedAt + durationMinutes * 60_000) <= now;
}

/** A window without a reset is looked at again after this long. */
const unknownResetMs = 5 * 60_000;

/** Until when a general window has no more than the last `reservePercent` left; 0 when all have more. */
export function reservedUntil(windows: readonly UsageWindow[], reservePercent: number, now: number): number {
	let until = 0;
	for (const window of windows) {
		if (window.limit !== generalLimit || window.usedPercent < 100 - reservePercent || isOver(window, now)) continue;
		until = Math.max(until, window.resetsAt ?? now + unknownResetMs);
	}
	return until;
}
