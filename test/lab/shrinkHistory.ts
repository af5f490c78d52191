import type { History } from './history.js';

/**
 * The smallest history found that still fails: steps go in ever smaller pieces, then accidents, sessions and accounts.
 * `fails` says whether a history fails as the first one did; it is asked at most `budget` times.
 */
export async function shrinkHistory(
	history: History,
	fails: (candidate: History) => Promise<boolean>,
	budget = 600,
): Promise<History> {
	let smallest = history;
	let asked = 0;
	const keepIfFails = async (candidate: History): Promise<boolean> => {
		if (asked >= budget) return false;
		asked++;
		if (!(await fails(candidate))) return false;
		smallest = candidate;
		return true;
	};
	for (let size = Math.ceil(history.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
		for (let at = smallest.steps.length - size; at > -size; at -= size) {
			await keepIfFails({ ...smallest, steps: smallest.steps.toSpliced(Math.max(0, at), size) });
		}
	}
	for (let at = smallest.steps.length - 1; at >= 0; at--) {
		const step = smallest.steps[at];
		if (!step) continue;
		const { turn } = step;
		const calm = { ...turn, leaveAfterMs: undefined, isSlowReader: false };
		await keepIfFails({ ...smallest, steps: smallest.steps.with(at, { ...step, incident: undefined }) });
		await keepIfFails({ ...smallest, steps: smallest.steps.with(at, { ...step, turn: { ...calm, kind: 'plain' } }) });
	}
	await keepIfFails({ ...smallest, style: { ...smallest.style, noise: false, chunking: 'frames', eventDelayMs: 0 } });
	await keepIfFails({ ...smallest, routing: { strategy: 'least_used', inFlightLimit: 16, holdMinutes: 0 } });
	return smallest;
}
