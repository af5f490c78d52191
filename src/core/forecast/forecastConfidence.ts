import type { ForecastConfidence } from '../../shared/forecastApi.js';

/** By how many standard deviations more may be burnt before what lasts does not. */
const deviationsFor: Readonly<Record<ForecastConfidence, number>> = { high: 2.2, medium: 1.1 };

/** And by how many more or less the earliest and the latest end are reckoned. */
export const endDeviations = 1.2;
/** How far those two may be apart, beside the time until the expected end. */
const sharp = 0.35;
const vague = 0.55;

/** How sure an end is; undefined when to tell it would be a guess. */
export function confidenceOfEnd(earliest: number, latest: number, inMs: number): ForecastConfidence | undefined {
	const width = (latest - earliest) / inMs;
	if (width > vague) return undefined;
	return width > sharp ? 'medium' : 'high';
}

/** How sure it is that something lasts. `lastsBeside` tells whether it does when so many standard deviations more are burnt. */
export function confidenceOfLasting(lastsBeside: (deviations: number) => boolean): ForecastConfidence | undefined {
	if (lastsBeside(deviationsFor.high)) return 'high';
	return lastsBeside(deviationsFor.medium) ? 'medium' : undefined;
}
