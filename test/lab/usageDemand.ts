/** Kinds of days that pools have. */
export const families = [
	'steady',
	'bursty',
	'office hours',
	'night',
	'resets',
	'early resets',
	'switching',
	'mixed',
] as const;
export type Family = (typeof families)[number];

/** How much of an account's five-hour window is asked for in the minute from `now` on, in per cent. */
export type Demand = (now: number) => number;

interface Bursts {
	readonly onMinutes: number;
	readonly offMinutes: number;
	readonly perHour: number;
}

export function demandOf(family: Family, random: () => number): Demand {
	const level = 0.7 + random() * 0.6;
	switch (family) {
		case 'steady':
			return constant(12 * level ** 2, random);
		case 'resets':
			return constant(30 * level, random);
		case 'switching':
			return constant(26 * level, random);
		case 'bursty':
			return bursts({ onMinutes: 25, offMinutes: 70, perHour: 32 * level }, random);
		case 'early resets':
			return bursts({ onMinutes: 60, offMinutes: 20, perHour: 24 * level }, random);
		case 'office hours': {
			const work = bursts({ onMinutes: 45, offMinutes: 20, perHour: 17 * level }, random);
			return now => (isOfficeHour(now) ? work(now) : 0);
		}
		case 'night': {
			const batch = bursts({ onMinutes: 60, offMinutes: 10, perHour: 20 * level }, random);
			return now => batch(now) * nightShare(new Date(now).getHours());
		}
		case 'mixed': {
			const work = bursts({ onMinutes: 40, offMinutes: 30, perHour: 30 * level }, random);
			const rest = bursts({ onMinutes: 15, offMinutes: 240, perHour: 20 * level }, random);
			return now => (isOfficeHour(now) ? work(now) : rest(now));
		}
		default:
			return family satisfies never;
	}
}

function constant(perHour: number, random: () => number): Demand {
	return () => (perHour / 60) * noise(random);
}

/** On and off for lengths that forget how long they have lasted, each time with a strength of its own. */
function bursts({ onMinutes, offMinutes, perHour }: Bursts, random: () => number): Demand {
	let isOn = false;
	let minutesLeft = 0;
	let strength = 1;
	return () => {
		if (minutesLeft <= 0) {
			isOn = !isOn;
			minutesLeft = -Math.log(1 - random()) * (isOn ? onMinutes : offMinutes);
			strength = 0.5 + random();
		}
		minutesLeft--;
		return isOn ? (perHour / 60) * strength * noise(random) : 0;
	};
}

function noise(random: () => number): number {
	return Math.exp((random() - 0.5) * 0.8);
}

function isOfficeHour(now: number): boolean {
	const date = new Date(now);
	const hour = date.getHours() + date.getMinutes() / 60;
	return date.getDay() % 6 !== 0 && ((hour >= 9 && hour < 12.5) || (hour >= 13.25 && hour < 18));
}

/** A batch after midnight, and a little by hand in the evening. */
function nightShare(hour: number): number {
	if (hour >= 1 && hour < 5) return 1;
	return hour >= 20 && hour < 23 ? 0.3 : 0;
}
