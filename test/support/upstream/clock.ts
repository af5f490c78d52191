import { setTimeout as delay } from 'node:timers/promises';

/** The time the simulated provider lives in. */
export interface UpstreamClock {
	/** Epoch milliseconds: token expiry and usage windows follow it. */
	now(): number;
	/** Lets so much of it pass, between the bytes of an answer for instance. Real time when absent. */
	pass?(ms: number): Promise<void>;
}

export const systemClock: UpstreamClock = { now: () => Date.now() };

/** Milliseconds, or a promise when a test decides the moment. */
export type Wait = number | Promise<unknown>;

export async function passTime(clock: UpstreamClock, wait: Wait): Promise<void> {
	if (typeof wait !== 'number') await wait;
	else if (wait > 0) await (clock.pass?.(wait) ?? delay(wait));
}

export function toSeconds(ms: number): number {
	return Math.floor(ms / 1000);
}
