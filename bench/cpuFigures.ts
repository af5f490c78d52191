import type { Figure } from './figures.js';
import type { Slices } from './slices.js';
import type { VariantName } from './variants.js';

export interface CpuGoal {
	readonly row: string;
	/** What the work is counted in, and how many of them a request brings. */
	readonly unit: string;
	readonly perRequest?: number;
	/** Times what nginx takes. */
	readonly atMost: number;
}

/** What one unit of the work costs the proxy's processor: beside nginx, and in time. */
export function cpuFigures(slices: Slices, { row, unit, perRequest = 1, atMost }: CpuGoal): Figure[] {
	const overNginx = (name: VariantName) => slices.ratio(name, 'nginx', 'cpuMicros');
	const least = (name: VariantName) => slices.least(name, 'cpuMicros') / perRequest;
	return [
		{
			row,
			name: `CPU per ${unit}, × nginx (median)`,
			value: overNginx('pool'),
			unit: '×',
			goal: { atMost },
			beside: slices.beside(overNginx),
		},
		{ row, name: `CPU per ${unit} (least)`, value: least('pool'), unit: 'µs', beside: slices.beside(least) },
	];
}

export function rateFigure(slices: Slices, row: string, unit: string): Figure {
	const rate = (name: VariantName) => slices.median(name, 'requestsPerSecond');
	return { row, name: `${unit}/s (median)`, value: rate('pool'), unit: '/s', beside: slices.beside(rate) };
}

export function errorFigure(slices: Slices, row: string): Figure {
	return { row, name: 'errors', value: slices.errors('pool'), unit: '', goal: { atMost: 0 } };
}
