import { minuteMs, secondMs } from './durations.js';

/** A number and its unit apart, so that the unit can be dimmed. */
export interface Figure {
	readonly value: string;
	readonly unit: string;
}

/** What a missing figure looks like. It is never 0. */
export const missing: Figure = { value: '–', unit: '' };

const grouped = new Intl.NumberFormat();
const oneDigit = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const scales = [
	{ from: 999_950_000, by: 1_000_000_000, unit: 'B' },
	{ from: 999_950, by: 1_000_000, unit: 'M' },
	{ from: 1_000, by: 1_000, unit: 'k' },
];

export function count(value: number): Figure {
	return { value: grouped.format(value), unit: '' };
}

/** `41.2 M`: three digits say enough about tokens. */
export function tokens(value: number | null): Figure {
	if (value === null) return missing;
	const scale = scales.find(candidate => value >= candidate.from);
	if (!scale) return { value: grouped.format(value), unit: '' };
	const scaled = value / scale.by;
	return { value: scaled >= 100 ? grouped.format(Math.round(scaled)) : oneDigit.format(scaled), unit: scale.unit };
}

/** Whole per cents. Neither "nothing" nor "everything" is claimed before it is true. */
export function share(part: number | null, whole: number | null): Figure {
	if (part === null || whole === null || whole === 0) return missing;
	const percent = (part / whole) * 100;
	if (percent > 0 && percent < 1) return { value: '<1', unit: '%' };
	return { value: String(percent < 100 ? Math.min(99, Math.round(percent)) : 100), unit: '%' };
}

/** `840 ms`, `12.4 s`, `3.1 min`: how long a request took. */
export function latency(ms: number | null): Figure {
	if (ms === null) return missing;
	if (ms < secondMs) return { value: String(Math.round(ms)), unit: 'ms' };
	if (ms < minuteMs) return { value: oneDigit.format(ms / secondMs), unit: 's' };
	return { value: oneDigit.format(ms / minuteMs), unit: 'min' };
}

export function figureText({ value, unit }: Figure): string {
	return unit === '' ? value : `${value}\u00a0${unit}`;
}

/** Input and output together; null when the request reported neither. */
export function totalTokens(input: number | null, output: number | null): number | null {
	return input === null && output === null ? null : (input ?? 0) + (output ?? 0);
}
