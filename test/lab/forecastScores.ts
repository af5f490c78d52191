import { families, type Family } from './usageDemand.js';

export type Subject = '5 h' | 'week' | 'pool';
export type Measure = 'per cent in 1 h' | 'per cent in 3 h' | 'per cent at reset' | 'hours until end';

/** What was really, and what three forecasters had said. */
export interface Comparison {
	readonly truth: number;
	readonly ours: number;
	/** Nothing is burnt any more. */
	readonly noChange: number;
	/** All goes on as in the last hour. */
	readonly lastHour: number;
}

export interface Errors {
	readonly family: Family;
	readonly subject: Subject;
	readonly measure: Measure;
	/** How often it was asked, and how often the forecaster told anything. */
	asked: number;
	told: number;
	/** Sums, of those that were told. */
	ours: number;
	noChange: number;
	lastHour: number;
}

export interface Claims {
	readonly name: string;
	told: number;
	true: number;
}

/** Sums up a back-test. */
export class ForecastScores {
	readonly #errors = new Map<string, Errors>();
	readonly #claims = new Map<string, Claims>();

	/** `comparison` is undefined when nothing was told. */
	compare(family: Family, subject: Subject, measure: Measure, comparison: Comparison | undefined): void {
		const errors = this.#errorsOf(family, subject, measure);
		errors.asked++;
		if (!comparison) return;
		const { truth, ours, noChange, lastHour } = comparison;
		errors.told++;
		errors.ours += Math.abs(ours - truth);
		errors.noChange += Math.abs(noChange - truth);
		errors.lastHour += Math.abs(lastHour - truth);
	}

	claim(name: string, isTrue: boolean): void {
		const claims = this.#claims.get(name) ?? { name, told: 0, true: 0 };
		this.#claims.set(name, claims);
		claims.told++;
		if (isTrue) claims.true++;
	}

	errors(): Errors[] {
		const order = (errors: Errors): number => families.indexOf(errors.family);
		return [...this.#errors.values()].sort((a, b) => order(a) - order(b) || a.subject.localeCompare(b.subject));
	}

	claims(): Claims[] {
		return [...this.#claims.values()].sort((a, b) => a.name.localeCompare(b.name));
	}

	table(): string {
		const mean = (sum: number, { told }: Errors): string => (told === 0 ? '–' : (sum / told).toFixed(2)).padStart(9);
		const errors = this.errors().map(each =>
			[
				each.family.padEnd(13),
				each.subject.padEnd(5),
				each.measure.padEnd(18),
				`${((each.told / each.asked) * 100).toFixed(0)} %`.padStart(6),
				mean(each.ours, each),
				mean(each.lastHour, each),
				mean(each.noChange, each),
			].join(' '),
		);
		const claims = this.claims().map(
			({ name, told, true: came }) =>
				`${name.padEnd(32)} ${String(told).padStart(6)} ${((came / told) * 100).toFixed(1).padStart(6)} %`,
		);
		return [
			'mean error of                          told  forecast last hour no change',
			...errors,
			'',
			'claim                              told   true',
			...claims,
		].join('\n');
	}

	#errorsOf(family: Family, subject: Subject, measure: Measure): Errors {
		const key = `${family} ${subject} ${measure}`;
		const known = this.#errors.get(key);
		if (known) return known;
		const fresh = { family, subject, measure, asked: 0, told: 0, ours: 0, noChange: 0, lastHour: 0 };
		this.#errors.set(key, fresh);
		return fresh;
	}
}
