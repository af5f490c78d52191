import type { Strategy } from '../../shared/routingApi.js';
import type { Candidate } from './chooseAccount.js';

/** A burst arrives before usage figures move: each running request counts as this many per cent. */
const percentPerInFlight = 2.5;
/** A just-chosen account steps back for a moment so that parallel sessions spread. */
const recentPickMs = 500;
const recentPickPercent = 20;
const msPerDay = 86_400_000;
const msPerYear = 365.25 * msPerDay;
/** A reset nobody has told us is taken to be a week away. */
const unknownResetDays = 7;

/**
 * How each strategy ranks an account that could serve; the lowest wins. Every score stays below 1,000, so that
 * priorities can stand above it. Telemetry ranks, the upstream decides: an unknown or full account still has a score.
 */
export const strategyScores: Readonly<Record<Strategy, (candidate: Candidate, now: number) => number>> = {
	/** The tightest window, what runs at the moment, and a step back for the account chosen last. */
	least_used: (candidate, now) => used(candidate) + pressure(candidate, now),

	/** As least used, but a larger plan takes more at a time, so that all plans run out together. */
	capacity_weighted: (candidate, now) => used(candidate) + pressure(candidate, now) / candidate.capacity,

	/** Whoever was chosen longest ago, in years. */
	round_robin: candidate => candidate.chosenAt / msPerYear,

	/** Use it or lose it: the longest window that resets soonest, in days; of equals the least used. */
	soonest_reset: (candidate, now) =>
		(candidate.resetsAt === null ? unknownResetDays : Math.max(0, candidate.resetsAt - now) / msPerDay) +
		used(candidate) / 1_000,

	/** The fullest first, so that the others stay untouched. */
	fill_first: candidate => 100 - used(candidate),

	/** All others are out. */
	single_account: () => 0,
};

function used({ usedPercent }: Candidate): number {
	return usedPercent ?? 0;
}

function pressure({ inFlight, chosenAt }: Candidate, now: number): number {
	const age = now - chosenAt;
	const recent = age >= 0 && age < recentPickMs ? recentPickPercent * (1 - age / recentPickMs) : 0;
	return Math.min(800, inFlight * percentPerInFlight) + recent;
}
