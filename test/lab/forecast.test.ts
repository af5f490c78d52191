import assert from 'node:assert/strict';
import { backtest } from './backtest.js';
import { ForecastScores, type Measure } from './forecastScores.js';
import { families } from './usageDemand.js';

const seeds = 4;
/** Figures are whole per cents, and an end that is off by six minutes is no worse: less than this is no difference. */
const noDifference: Readonly<Record<Measure, number>> = {
	'per cent in 1 h': 0.25,
	'per cent in 3 h': 0.25,
	'per cent at reset': 0.25,
	'hours until end': 0.1,
};
/** What the contract promises of its words, for kinds of claims that were made often enough to be counted. */
const promised = { high: 0.9, medium: 0.75 } as const;
const oftenEnough = 50;

describe('the forecast', () => {
	const scores = new ForecastScores();

	before(function () {
		this.timeout(120_000);
		for (const family of families) for (let seed = 1; seed <= seeds; seed++) backtest(family, seed, scores);
		console.log(`\n${scores.table()}\n`.replaceAll('\n', '\n        '));
	});

	for (const family of families) {
		it(`is told only where it is no worse than both simple guesses: ${family}`, () => {
			for (const { measure, subject, told, ours, noChange, lastHour } of scores
				.errors()
				.filter(each => each.family === family && each.told > 0)) {
				const best = Math.min(noChange, lastHour) / told;
				assert.ok(
					ours / told <= best + noDifference[measure],
					`${subject}, ${measure}: ${ours / told} against ${best}`,
				);
			}
		});
	}

	it('is right as often as its confidence says', () => {
		for (const { name, told, true: came } of scores.claims().filter(each => each.told >= oftenEnough)) {
			const least = name.endsWith('high') ? promised.high : promised.medium;
			assert.ok(came / told >= least, `${name}: ${came} of ${told}`);
		}
	});
});
