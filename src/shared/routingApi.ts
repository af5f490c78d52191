import * as z from 'zod';

export const strategySchema = z.enum([
	'least_used',
	'round_robin',
	'capacity_weighted',
	'soonest_reset',
	'fill_first',
	'single_account',
]);
export type Strategy = z.infer<typeof strategySchema>;

/** How the pool spreads requests. Account priorities go before every strategy, a session's own account before both. */
export const routingSchema = z.object({
	strategy: strategySchema,
	/** The only account that `single_account` uses. */
	singleAccountId: z.string().nullable(),
	/** Requests that may run on one account at a time before others wait for their turn; 0 is no limit. */
	inFlightLimit: z.number().int().min(0).max(1000),
	/** How long a request waits for the earliest reset when every account is spent; 0 fails at once. */
	holdMinutes: z.number().int().min(0).max(360),
});
export type Routing = z.infer<typeof routingSchema>;
