import * as z from 'zod';
import type { UsageWindow } from './accountApi.js';

/**
 * `high`: in back-tests nine of ten such claims came true; `medium`: three of four. What is less certain is not told at
 * all, so that whatever is there may be shown.
 */
export const forecastConfidenceSchema = z.enum(['medium', 'high']);
export type ForecastConfidence = z.infer<typeof forecastConfidenceSchema>;

/** What a forecast is drawn from: for how long it was watched, and how often its figure rose meanwhile. */
const forecastBasisSchema = z.object({ hours: z.number(), rises: z.number().int() });

/** How long one usage window of one account lasts at this pace. */
export const windowForecastSchema = z.object({
	accountId: z.string(),
	limit: z.string(),
	durationMinutes: z.number().int().positive(),
	burnPercentPerHour: z.number(),
	/** When nothing but the user's reserve is left of it, epoch ms; null when it lasts to its reset. */
	lastsUntil: z.number().nullable(),
	/** What will have been used when it resets, or 100 and less the reserve. */
	usedPercentAtReset: z.number(),
	confidence: forecastConfidenceSchema,
	basis: forecastBasisSchema,
	/** The same for as long as the window's period: whoever warns, warns once for each. */
	episode: z.string(),
});
export type WindowForecast = z.infer<typeof windowForecastSchema>;

/** When nobody will be able to serve, given every account's windows, their resets, and that load moves to the others. */
export const poolForecastSchema = z.object({
	/** Epoch ms; null when somebody can always serve until `foreseenUntil`. */
	lastsUntil: z.number().nullable(),
	/** When the first account is back after `lastsUntil`. */
	servesAgainAt: z.number().nullable(),
	/** How far the forecast looks ahead, epoch ms. */
	foreseenUntil: z.number(),
	confidence: forecastConfidenceSchema,
	basis: forecastBasisSchema,
	/** The same for as long as the next gap has the same end; null without a gap. */
	episode: z.string().nullable(),
});
export type PoolForecast = z.infer<typeof poolForecastSchema>;

/** What is not known well enough is not in here. */
export const forecastSchema = z.object({
	pool: poolForecastSchema.nullable(),
	windows: z.array(windowForecastSchema),
});
export type Forecast = z.infer<typeof forecastSchema>;

/** The forecast of one window, when there is one. */
export function forecastOfWindow(
	{ windows }: Forecast,
	accountId: string,
	{ limit, durationMinutes }: Pick<UsageWindow, 'limit' | 'durationMinutes'>,
): WindowForecast | undefined {
	return windows.find(
		each => each.accountId === accountId && each.limit === limit && each.durationMinutes === durationMinutes,
	);
}

/** One point of a window's past. A reset shows as a fall. */
export const windowPointSchema = z.object({
	at: z.number(),
	usedPercent: z.number(),
	resetsAt: z.number().nullable(),
});
export type WindowPoint = z.infer<typeof windowPointSchema>;

/** The past five weeks, at most, of every window of one account, oldest first: one point in ten minutes or fewer. */
export const windowHistorySchema = z.object({
	since: z.number(),
	windows: z.array(
		z.object({ limit: z.string(), durationMinutes: z.number().int(), points: z.array(windowPointSchema) }),
	),
});
export type WindowHistory = z.infer<typeof windowHistorySchema>;

export const windowHistoryQuerySchema = z.object({ since: z.coerce.number().int().nonnegative().default(0) });
