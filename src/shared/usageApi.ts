import * as z from 'zod';

export const usageTotalsSchema = z.object({
	requests: z.number().int(),
	failed: z.number().int(),
	inputTokens: z.number().int(),
	cachedTokens: z.number().int(),
	outputTokens: z.number().int(),
	reasoningTokens: z.number().int(),
	/** Estimated price in 10⁻⁹ US dollars of the requests that have one. */
	costNanoUsd: z.number().int(),
	/** Requests with tokens but without a price: while there are any, `costNanoUsd` is not the whole. */
	unpriced: z.number().int(),
});
export type UsageTotals = z.infer<typeof usageTotalsSchema>;

export const usageGroupingSchema = z.enum(['account', 'model', 'key', 'client', 'hour', 'day']);
export type UsageGrouping = z.infer<typeof usageGroupingSchema>;

export const usageReportSchema = z.object({
	since: z.number(),
	/** Not counted any more; null for no end. */
	until: z.number().nullable(),
	by: usageGroupingSchema,
	/** `group` is an account id, model, key id or client, or the start of the hour or local day in epoch ms as text. */
	rows: z.array(usageTotalsSchema.extend({ group: z.string() })),
});
export type UsageReport = z.infer<typeof usageReportSchema>;

/** Whole hours are counted: both times stand for the start of the hour that they are in. `until` is not counted any more. */
export const usageQuerySchema = z.object({
	since: z.coerce.number().int().nonnegative().default(0),
	until: z.coerce.number().int().nonnegative().optional(),
	by: usageGroupingSchema.default('account'),
});
export type UsageQuery = z.infer<typeof usageQuerySchema>;
