import type { Figure } from './figures.js';
import type { Surroundings } from './variants.js';

export interface Bench extends Surroundings {
	/** A smoke run: a minute for everything, figures that only show that it works. */
	readonly quick: boolean;
}

export interface Row {
	readonly name: string;
	readonly title: string;
	measure(bench: Bench): Promise<Figure[]>;
}
