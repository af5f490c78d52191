import * as z from 'zod';

export const sessionViewSchema = z.object({
	/** Opaque: a hash of the client's session key. */
	id: z.string(),
	accountId: z.string(),
	firstUsedAt: z.number(),
	lastUsedAt: z.number(),
	turns: z.number().int(),
	/** Sums over its turns; `cachedTokens` of them were read from the provider's prompt cache. */
	inputTokens: z.number().int(),
	cachedTokens: z.number().int(),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

/** Ties a session to another account; its next request goes there. */
export const moveSessionSchema = z.object({ accountId: z.string() });

export const sessionListSchema = z.object({ sessions: z.array(sessionViewSchema) });
