export const hourMs = 3_600_000;

/** The hours of a working day, then those of a day of the weekend: people and their batches keep to both. */
export const kindsOfHour = 48;
const hoursOfWeek = 7 * 24;

/** What is to be expected of the burning of a window, or of a whole pool, from a moment on. */
export interface BurnOutlook {
	readonly at: number;
	/** Per cent an hour that each kind of hour burns by habit. */
	readonly habits: Float64Array;
	/** Per cent an hour at the moment. */
	readonly pace: number;
	/** By how much it is above the habit (below, when negative), and how slowly that wears off. */
	readonly surplus: number;
	readonly lastsMs: number;
	/** Variance of what is burnt, per expected per cent. */
	readonly dispersion: number;
	/** Whether it has lately been less wrong than the guess that nothing is burnt. */
	readonly isSkilled: boolean;
	/** How much time, and how many rises of the figure, it is drawn from. */
	readonly hours: number;
	readonly rises: number;
}

/** Tells the kind of the hour that holds a moment. */
export type KindAt = (at: number) => number;

/** On the user's wall: what is a habit keeps to it. */
export function kindOfHour(at: number): number {
	const date = new Date(at);
	return date.getHours() + (date.getDay() % 6 === 0 ? 24 : 0);
}

/** As `kindOfHour`, from a table for the week to come: whoever looks far ahead for many windows needs it thousands of times. */
export function kindsAhead(now: number): KindAt {
	const start = now - (now % hourMs);
	const kinds = Uint8Array.from({ length: hoursOfWeek }, (_, hour) => kindOfHour(start + hour * hourMs));
	return at => kinds[Math.floor((at - start) / hourMs) % hoursOfWeek] ?? 0;
}

/** Per cent that is expected to be burnt between two moments, within one hour at most. */
export function burntBetween(outlook: BurnOutlook, kind: number, from: number, to: number): number {
	const { at, habits, surplus, lastsMs } = outlook;
	const wornOff = Math.exp(-(from - at) / lastsMs) - Math.exp(-(to - at) / lastsMs);
	return Math.max(0, ((habits[kind] ?? 0) * (to - from) + surplus * lastsMs * wornOff) / hourMs);
}

/** Walks ahead hour by hour; `step` hears what is burnt until when, and ends the walk with false. */
export function walkAhead(
	outlook: BurnOutlook,
	kindAt: KindAt,
	until: number,
	step: (from: number, to: number, burnt: number) => boolean,
): void {
	for (let from = outlook.at; from < until;) {
		const to = Math.min(until, from - (from % hourMs) + hourMs);
		if (!step(from, to, burntBetween(outlook, kindAt(from), from, to))) return;
		from = to;
	}
}

export function burntUntil(outlook: BurnOutlook, kindAt: KindAt, until: number): number {
	let sum = 0;
	walkAhead(outlook, kindAt, until, (_from, _to, burnt) => {
		sum += burnt;
		return true;
	});
	return sum;
}

/** The figure is whole per cents, so a part of one is never known. */
const roundingVariance = 0.3;
/** Nobody needs to be watched for longer, or for more of what is foreseen, before it is foreseen. */
const longestWatchHours = 48;
const watchedShare = 0.75;

/** How far what is burnt may be from what is expected (one standard deviation), in per cent. */
export function spreadOf({ dispersion }: BurnOutlook, expected: number): number {
	return Math.sqrt(dispersion * expected + roundingVariance);
}

/** Whether it was watched for long enough to be foreseen until then. */
export function reachesTo({ at, hours }: BurnOutlook, until: number): boolean {
	return hours >= Math.min(longestWatchHours, ((until - at) / hourMs) * watchedShare);
}
