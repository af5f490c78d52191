import assert from 'node:assert/strict';
import type { PoolForecast } from '../../src/shared/forecastApi.js';
import { poolForecastWords } from '../../src/shared/forecastWords.js';

/** A Monday. */
const at = (day: number, hour: number, minute = 0): number => new Date(2026, 8, day, hour, minute).getTime();
const now = at(7, 12);

function forecast(changes: Partial<PoolForecast>): PoolForecast {
	return {
		lastsUntil: null,
		servesAgainAt: null,
		foreseenUntil: at(12, 9),
		confidence: 'high',
		basis: { hours: 60, rises: 300 },
		episode: null,
		...changes,
	};
}

describe('poolForecastWords', () => {
	const cases: [words: string, changes: Partial<PoolForecast>][] = [
		['lasts to the reset', {}],
		['lasts until 16:40, back at 18:00', { lastsUntil: at(7, 16, 39), servesAgainAt: at(7, 18) }],
		['lasts until about 16:40', { lastsUntil: at(7, 16, 41), confidence: 'medium' }],
		['lasts until Thu 09:05, back at Sat 14:30', { lastsUntil: at(10, 9, 5), servesAgainAt: at(12, 14, 30) }],
		['lasts until Mon 14, 09:00', { lastsUntil: at(14, 9) }],
	];
	for (const [words, changes] of cases) {
		it(`says "${words}"`, () => assert.equal(poolForecastWords(forecast(changes), now), words));
	}
});
