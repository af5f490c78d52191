import * as z from 'zod';

/** What an attempt's outcome meant; `succeeded` when its answer went to the client. */
export type AttemptVerdict =
	| 'succeeded'
	| 'caller'
	| 'credential'
	| 'disabled'
	| 'rate'
	| 'quota'
	| 'overload'
	| 'foreign_content'
	| 'model_missing'
	| 'offline'
	| 'client_left';

export const attemptRecordSchema = z.object({
	accountId: z.string(),
	/** An AttemptVerdict; a newer runtime may know more of them than the face that reads this. */
	verdict: z.string(),
	/** HTTP status of the upstream; null when there was no answer. */
	status: z.number().int().nullable(),
	ms: z.number(),
});
export type AttemptRecord = z.infer<typeof attemptRecordSchema>;

/** One settled request. Tokens come from the terminal event alone; `cached` is part of input, `reasoning` of output. */
export const requestRecordSchema = z.object({
	id: z.string(),
	startedAt: z.number(),
	accountId: z.string().nullable(),
	keyId: z.string(),
	/** Id of a SessionView; null for the first request of a session that its client did not name, and for one from before it was kept. */
	sessionId: z.string().nullable(),
	route: z.string(),
	client: z.string().nullable(),
	model: z.string().nullable(),
	/** The name the client asked for, when it was not the model's own. */
	alias: z.string().nullable(),
	effort: z.string().nullable(),
	tier: z.string().nullable(),
	transport: z.enum(['http', 'websocket']),
	/** What the client was answered; 499 when the client left first. */
	status: z.number().int(),
	outcome: z.enum(['succeeded', 'failed', 'cancelled']),
	/** Code of the failure, never the message of a third party. */
	error: z.string().nullable(),
	inputTokens: z.number().int().nullable(),
	cachedTokens: z.number().int().nullable(),
	outputTokens: z.number().int().nullable(),
	reasoningTokens: z.number().int().nullable(),
	/** Estimated price in 10⁻⁹ US dollars; null when the tokens or the model's price are unknown. */
	costNanoUsd: z.number().int().nullable(),
	firstByteMs: z.number().nullable(),
	totalMs: z.number(),
	attempts: z.array(attemptRecordSchema),
});
export type RequestRecord = z.infer<typeof requestRecordSchema>;

/** One page of the settled requests, newest first. As in a usage report, the empty text stands for none. */
export const requestListQuerySchema = z.object({
	/** `next` of the page before. */
	before: z
		.string()
		.regex(/^[0-9a-z]{1,10}$/)
		.optional(),
	limit: z.coerce.number().int().min(1).max(200).default(50),
	accountId: z.string().optional(),
	model: z.string().optional(),
	keyId: z.string().optional(),
	client: z.string().optional(),
	sessionId: z.string().optional(),
	outcome: requestRecordSchema.shape.outcome.optional(),
	/** Part of an id, model, alias, client or error, in upper or lower case. */
	text: z.string().max(200).optional(),
});
export type RequestListQuery = z.infer<typeof requestListQuerySchema>;

export const requestListSchema = z.object({
	requests: z.array(requestRecordSchema),
	/** Where the next page begins; null when the oldest request has been looked at. Opaque. */
	next: z.string().nullable(),
	/** The page is not full only because no more requests were looked at in one go: `next` continues the search. */
	isCutShort: z.boolean(),
});
export type RequestList = z.infer<typeof requestListSchema>;

/** One account as a choice saw it. Why it was out, or how it scored: the lowest wins. */
export const considerationSchema = z.object({
	accountId: z.string(),
	score: z.number().nullable(),
	/** An Exclusion; a newer runtime may know more of them than the face that reads this. */
	out: z.string().nullable(),
});

export type Exclusion =
	| 'not_for_key'
	| 'not_selected'
	| 'not_the_single_account'
	| 'paused'
	| 'needs_sign_in'
	| 'disabled'
	| 'limited'
	| 'reserved'
	| 'model_missing'
	| 'resting'
	| 'probing'
	| 'busy'
	| 'tried';

/**
 * One choice of an account for a request. `reason`: a Strategy, `session` for the session's own account,
 * `session_moved` when the session had to leave that one, `session_away` when it went elsewhere for this request alone,
 * or `none` when nobody could serve.
 */
export const choiceRecordSchema = z.object({
	reason: z.string(),
	accountId: z.string().nullable(),
	considered: z.array(considerationSchema),
	/** Waited for a free place or a reset before this choice, ms. */
	waitedMs: z.number(),
});
export type ChoiceRecord = z.infer<typeof choiceRecordSchema>;

/** A request with every choice that was made for it, in order. */
export const explainedRequestSchema = requestRecordSchema.extend({ choices: z.array(choiceRecordSchema) });
export type ExplainedRequest = z.infer<typeof explainedRequestSchema>;
