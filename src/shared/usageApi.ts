import * as z from 'zod';

export const usageTotalsSchema = z.object({
	requests: z.number().int(),
	failed: z.number().int(),
	inputTokens: z.number().int(),
	cachedTokens: z.number().int(),
	outputTokens: z.number().int(),
	reasoningTokens: z.number().int(),
});
export type UsageTotals = z.infer<typeof usageTotalsSchema>;

export const usageGroupingSchema = z.enum(['account', 'model', 'key', 'client', 'hour', 'day']);
export type UsageGrouping = z.infer<typeof usageGroupingSchema>;

export const usageReportSchema = z.object({
	since: z.number(),
	by: usageGroupingSchema,
	/** `group` is an account id, model, key id or client, or the start of the hour or local day in epoch ms as text. */
	rows: z.array(usageTotalsSchema.extend({ group: z.string() })),
});
export type UsageReport = z.infer<typeof usageReportSchema>;

export const usageQuerySchema = z.object({
	since: z.coerce.number().int().nonnegative().default(0),
	by: usageGroupingSchema.default('account'),
});
