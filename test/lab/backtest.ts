import { loadWeights, readForecast } from '../../src/core/forecast/readForecast.js';
import { WindowHistory } from '../../src/core/forecast/windowHistory.js';
import { forecastOfWindow } from '../../src/shared/forecastApi.js';
import { accountView } from '../support/managementExamples.js';
import { MemoryStore } from '../support/memoryStore.js';
import type { ForecastScores } from './forecastScores.js';
import { judgePool, judgeWindow } from './judgeForecast.js';
import { LastHour } from './lastHour.js';
import type { Family } from './usageDemand.js';
import { historyMinutes, minuteMs, simulateUsage } from './usageHistory.js';

/** Odd, so that every minute of the hour and every hour of the day comes up. */
const askedEveryMinutes = 37;
const routing = { strategy: 'least_used', singleAccountId: null } as const;

/** Lets the forecaster live through a history as it was seen, asks it again and again, and compares with what came. */
export function backtest(family: Family, seed: number, scores: ForecastScores): void {
	const history = simulateUsage(family, seed);
	const views = new Map(history.accountIds.map(id => [id, accountView({ id, windows: [] })]));
	const weigh = (): Map<string, number> => loadWeights([...views.values()]);
	const forecaster = new WindowHistory(new MemoryStore(), history.startsAt, weigh);
	const lastHour = new LastHour();
	let seen = 0;
	for (let minute = 60; minute < historyMinutes; minute += askedEveryMinutes) {
		const now = history.startsAt + minute * minuteMs;
		for (; (history.sightings[seen]?.at ?? Infinity) <= now; seen++) {
			const { accountId, windows } = history.sightings[seen]!;
			views.set(accountId, accountView({ id: accountId, windows: [...windows] }));
			forecaster.observe(accountId, windows);
			lastHour.observe(accountId, windows);
		}
		const accounts = [...views.values()];
		const forecast = readForecast(forecaster, { accounts, routing, now });
		const moment = { family, history, minute, now, lastHour, scores };
		for (const { id: accountId, windows } of accounts) {
			for (const window of windows) {
				const outlook = forecaster.outlook(accountId, window, now);
				judgeWindow(moment, { accountId, window, outlook, forecast: forecastOfWindow(forecast, accountId, window) });
			}
		}
		judgePool(moment, accounts, forecast.pool);
	}
}
