import * as z from 'zod';

export const sessionViewSchema = z.object({
	/** Opaque: a hash of the client's session key. */
	id: z.string(),
	accountId: z.string(),
	firstUsedAt: z.number(),
	lastUsedAt: z.number(),
	/** Of its last turn; null when the client did not say, and for a session from before they were kept. */
	client: z.string().nullable(),
	model: z.string().nullable(),
	turns: z.number().int(),
	/** Sums over its requests, but for the first of a session that its client did not name; `cachedTokens` of the input were read from the provider's prompt cache. */
	inputTokens: z.number().int(),
	cachedTokens: z.number().int(),
	outputTokens: z.number().int(),
	/** As in UsageTotals: while some are unpriced, the cost is not the whole. */
	costNanoUsd: z.number().int(),
	unpriced: z.number().int(),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

/** Ties a session to another account; its next request goes there. */
export const moveSessionSchema = z.object({ accountId: z.string() });

export const sessionListSchema = z.object({ sessions: z.array(sessionViewSchema) });
