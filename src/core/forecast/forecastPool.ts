import type { ForecastConfidence } from '../../shared/forecastApi.js';
import { burntUntil, reachesTo, spreadOf, type BurnOutlook, type KindAt } from './burnOutlook.js';
import { confidenceOfEnd, confidenceOfLasting, endDeviations } from './forecastConfidence.js';
import { firstGap, type Ahead, type PoolMember, type Gap } from './poolAhead.js';

/** How the pool is loaded. */
export interface PoolLoad {
	/** By the length in minutes of the windows that it burns, in per cent of a Plus account's. */
	readonly outlooks: ReadonlyMap<number, BurnOutlook>;
	readonly kindAt: KindAt;
	/** Whether one account is burnt after the other. */
	readonly isFocused: boolean;
	readonly now: number;
}

export interface PoolFate {
	/** Null when somebody can always serve. */
	readonly gap: Gap | null;
	readonly foreseenUntil: number;
	readonly confidence: ForecastConfidence;
	/** Of the window that is known least. */
	readonly basis: BurnOutlook;
}

/** Nobody plans further than a week. */
const longestViewMs = 7 * 24 * 3_600_000;

/** When the pool runs dry at this pace; undefined when that would be a guess, or nobody serves as it is. */
export function forecastPool(members: readonly PoolMember[], load: PoolLoad): PoolFate | undefined {
	const { now } = load;
	const windows = members.flatMap(member => member.windows);
	const outlooks = new Map<number, BurnOutlook>();
	for (const { durationMinutes } of windows) {
		const outlook = load.outlooks.get(durationMinutes);
		// A window that nobody has measured may end at any time.
		if (!outlook) return undefined;
		outlooks.set(durationMinutes, outlook);
	}
	if (![...outlooks.values()].some(({ isSkilled }) => isSkilled)) return undefined;
	const basis = [...outlooks.values()].reduce((least, each) => (each.hours < least.hours ? each : least));
	const foreseenUntil = Math.min(now + longestViewMs, Math.max(...windows.map(({ resetsAt }) => resetsAt)));
	const gap = firstGap(members, { ...load, factors: new Map(), until: foreseenUntil });
	if (gap?.from === now) return undefined;
	const end = gap?.from ?? foreseenUntil;
	if (!reachesTo(basis, end)) return undefined;
	const view = { ...load, outlooks, until: foreseenUntil };
	const confidence = gap
		? confidenceOfGap(members, view, gap.from)
		: confidenceOfLasting(deviations => endsIf(members, view, foreseenUntil, deviations).length === 0);
	return confidence && { gap, foreseenUntil, confidence, basis };
}

type View = Omit<Ahead, 'factors'>;

function confidenceOfGap(members: readonly PoolMember[], view: View, from: number): ForecastConfidence | undefined {
	const ends = [endDeviations, -endDeviations].flatMap(deviations => endsIf(members, view, from, deviations));
	// In one of the cases it does not end at all.
	if (ends.length < 2 * waysToSpread(members).length) return undefined;
	return confidenceOfEnd(Math.min(...ends), Math.max(...ends), from - view.now);
}

/** Sessions stay where they are, whatever the strategy: so it counts as known only what comes of both extremes. */
function waysToSpread(members: readonly PoolMember[]): readonly boolean[] {
	return members.length > 1 ? [false, true] : [false];
}

/** When it ends if so many standard deviations more are burnt than expected, by each way in which load may be spread. */
function endsIf(members: readonly PoolMember[], view: View, end: number, deviations: number): number[] {
	const factors = new Map(
		[...view.outlooks].map(([minutes, outlook]) => {
			const lengthMs = minutes * 60_000;
			const expected = burntUntil(outlook, view.kindAt, Math.min(end, view.now + lengthMs));
			// Of many windows to come, the one that burns most is far from the expected one.
			const windows = Math.max(1, (end - view.now) / lengthMs);
			const extreme = deviations > 0 ? Math.sqrt(2 * Math.log(windows)) : 0;
			const more = ((deviations + extreme) * spreadOf(outlook, expected)) / Math.max(expected, 0.1);
			return [minutes, Math.max(0, 1 + more)];
		}),
	);
	return waysToSpread(members).flatMap(isFocused => firstGap(members, { ...view, isFocused, factors })?.from ?? []);
}
