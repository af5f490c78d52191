import { monthLoad, type MonthTurn } from './monthLoad.js';
import { monthIncidents, type MonthIncident } from './monthPlan.js';

export type Happening =
	| { readonly kind: 'turn'; readonly at: number; readonly turn: MonthTurn }
	| { readonly kind: 'incident'; readonly at: number; readonly incident: MonthIncident }
	| { readonly kind: 'check'; readonly at: number };

const checkEveryMs = 3 * 3_600_000;
/** After an incident the pool is looked at at once, and when it has had a little time. */
const afterIncidentMs = [1, 20 * 60_000] as const;

/** Everything that happens from one moment to another, in its order. */
export function happeningsOf(from: number, until: number, random: () => number): Happening[] {
	const incidents = monthIncidents().filter(({ at }) => at < until);
	const count = Math.floor((until - from) / checkEveryMs);
	const checks = Array.from({ length: count }, (_, index) => from + (index + 1) * checkEveryMs);
	checks.push(...incidents.flatMap(({ at }) => afterIncidentMs.map(ms => at + ms)));
	return [
		...monthLoad(from, until, random).map(turn => ({ kind: 'turn', at: turn.at, turn }) as const),
		...incidents.map(({ at, incident }) => ({ kind: 'incident', at, incident }) as const),
		...checks.map(at => ({ kind: 'check', at }) as const),
	].sort((a, b) => a.at - b.at);
}
