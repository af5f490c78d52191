/** The time the simulated provider lives in: token expiry and usage windows follow it, delays between bytes do not. */
export interface UpstreamClock {
	/** Epoch milliseconds. */
	now(): number;
}

export const systemClock: UpstreamClock = { now: () => Date.now() };

export function toSeconds(ms: number): number {
	return Math.floor(ms / 1000);
}
