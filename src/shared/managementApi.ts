import * as z from 'zod';

/**
 * The management API: what every face (panel, status bar, commands, command line) asks of the runtime.
 *
 * Base path `/pool/api`, guarded by the admin token of the runtime file. Times are epoch milliseconds, percentages
 * 0–100. A missing figure is `null`, never 0.
 */

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

/** Smaller goes first: 1 is burnt before all others, 9 is preserved until nothing else is left. */
export const prioritySchema = z.number().int().min(1).max(9);
export const normalPriority = 5;
/** The last per cent of every general window, which the pool leaves to the user. */
export const reserveSchema = z.number().int().min(0).max(90);

export const accountStateSchema = z.enum(['active', 'paused', 'limited', 'needs_sign_in', 'disabled']);
export type AccountState = z.infer<typeof accountStateSchema>;

/** One usage window of one account, identified by its duration and never by its position in the provider's reply. */
export const usageWindowSchema = z.object({
	/** `codex` for the general limit, else the provider's name of a model-specific one. */
	limit: z.string(),
	durationMinutes: z.number().int().positive(),
	usedPercent: z.number().min(0).max(100),
	resetsAt: z.number().nullable(),
	source: z.enum(['header', 'event', 'poll']),
	observedAt: z.number(),
});
export type UsageWindow = z.infer<typeof usageWindowSchema>;

export const accountViewSchema = z.object({
	id: z.string(),
	/** What the user calls it; null shows the e-mail. */
	name: z.string().nullable(),
	email: z.string().nullable(),
	plan: z.string().nullable(),
	state: accountStateSchema,
	stateReason: z.string().nullable(),
	stateSince: z.number(),
	limitedUntil: z.number().nullable(),
	/** Whether the pool may use it. */
	selected: z.boolean(),
	priority: prioritySchema,
	reservePercent: reserveSchema,
	windows: z.array(usageWindowSchema),
	/** Other accounts of the pool that spend the very same quota: the provider counts them as one. */
	sharesWith: z.array(z.string()),
	inFlight: z.number().int(),
	addedAt: z.number(),
	lastUsedAt: z.number().nullable(),
});
export type AccountView = z.infer<typeof accountViewSchema>;

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
	route: z.string(),
	client: z.string().nullable(),
	model: z.string().nullable(),
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
	firstByteMs: z.number().nullable(),
	totalMs: z.number(),
	attempts: z.array(attemptRecordSchema),
});
export type RequestRecord = z.infer<typeof requestRecordSchema>;

/** One account as a choice saw it. Why it was out, or how it scored: the lowest wins. */
export const considerationSchema = z.object({
	accountId: z.string(),
	score: z.number().nullable(),
	/** An Exclusion; a newer runtime may know more of them than the face that reads this. */
	out: z.string().nullable(),
});

export type Exclusion =
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

export const keyViewSchema = z.object({
	id: z.string(),
	name: z.string(),
	createdAt: z.number(),
	lastUsedAt: z.number().nullable(),
});
export type KeyView = z.infer<typeof keyViewSchema>;

export const createdKeySchema = z.object({ id: z.string(), name: z.string(), key: z.string() });
export type CreatedKey = z.infer<typeof createdKeySchema>;

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

export const ownerSchema = z.object({
	pid: z.number().int(),
	launcher: z.enum(['editor', 'cli']),
	version: z.string(),
	port: z.number().int(),
	startedAt: z.number(),
	/** `http://127.0.0.1:<port>` */
	baseUrl: z.string(),
	/** What Codex clients are pointed at. */
	codexBaseUrl: z.string(),
	/** What OpenAI clients are pointed at. */
	openaiBaseUrl: z.string(),
});
export type Owner = z.infer<typeof ownerSchema>;

/** A whole snapshot with a revision, never a delta: the newest one is always enough. */
export const poolStateSchema = z.object({
	revision: z.number().int(),
	owner: ownerSchema,
	enabled: z.boolean(),
	routing: routingSchema,
	accounts: z.array(accountViewSchema),
	inFlight: z.number().int(),
	totals: z.object({ today: usageTotalsSchema, allTime: usageTotalsSchema }),
	/** Newest first, at most 50. */
	recentRequests: z.array(requestRecordSchema),
});
export type PoolState = z.infer<typeof poolStateSchema>;

export const importRequestSchema = z.object({
	/** Texts of Codex `auth.json` files. */
	documents: z.array(z.string().max(1_048_576)).min(1).max(100),
});
export const accountListSchema = z.object({ accounts: z.array(accountViewSchema) });

export const accountChangeSchema = z.object({
	selected: z.boolean().optional(),
	paused: z.boolean().optional(),
	name: z.string().trim().min(1).max(80).nullable().optional(),
	priority: prioritySchema.optional(),
	reservePercent: reserveSchema.optional(),
});
export type AccountChange = z.infer<typeof accountChangeSchema>;

/** Every account of the pool, in the order the user wants to see them. */
export const accountOrderSchema = z.object({ accountIds: z.array(z.string()).max(1000) });

export const removeAccountSchema = z.object({
	/** Also ends the sign-in at the provider, for every program that uses the same one. */
	revoke: z.boolean().default(false),
	/** Also forgets the requests and totals of the account. */
	forgetUsage: z.boolean().default(false),
});
export type RemoveAccount = z.input<typeof removeAccountSchema>;

/** `codex` is Codex's `auth.json`, `opencode` the account in OpenCode's `auth.json`. */
export const exportShapeSchema = z.enum(['codex', 'opencode']);
export type ExportShape = z.infer<typeof exportShapeSchema>;
export const exportAccountSchema = z.object({ shape: exportShapeSchema });
/** Holds live tokens: whoever reads the text owns the account. */
export const exportedAccountSchema = z.object({ document: z.string() });

export const poolChangeSchema = z.object({
	enabled: z.boolean().optional(),
	routing: routingSchema.partial().optional(),
});
export type PoolChange = z.infer<typeof poolChangeSchema>;

/** Ties a session to another account; its next request goes there. */
export const moveSessionSchema = z.object({ accountId: z.string() });

export const createKeySchema = z.object({ name: z.string().trim().min(1).max(80) });

/** How a user signs in: on this machine, by a code on any device, or by bringing the browser's last address by hand. */
export const signInMethodSchema = z.enum(['browser', 'device', 'paste']);
export type SignInMethod = z.infer<typeof signInMethodSchema>;

export const startSignInSchema = z.object({
	method: signInMethodSchema.default('browser'),
	/** Signs this account in again; anybody else's sign-in is refused. */
	accountId: z.string().optional(),
});
export type StartSignIn = z.input<typeof startSignInSchema>;

export const finishSignInSchema = z.object({ callbackUrl: z.string().trim().min(1).max(8192) });

/** A sign-in under way: the user opens `url`, then ask for the outcome. */
export const signInSchema = z.object({
	id: z.string(),
	method: signInMethodSchema,
	url: z.string(),
	/** What the user types in at `url`, for `device`. */
	userCode: z.string().nullable(),
	expiresAt: z.number(),
	state: z.enum(['waiting', 'succeeded', 'failed']),
	/** The account that was added, when `succeeded`. */
	accountId: z.string().nullable(),
	/** A sentence for the user, when `failed`. */
	error: z.string().nullable(),
});
export type SignIn = z.infer<typeof signInSchema>;

export const usageQuerySchema = z.object({
	since: z.coerce.number().int().nonnegative().default(0),
	by: usageGroupingSchema.default('account'),
});

/** The error body of every route, ours and OpenAI's alike. */
export const errorBodySchema = z.object({
	error: z.object({ message: z.string(), type: z.string(), code: z.string().nullable() }),
});

/** Content of `<home>/runtime/<port>.json` (mode 0600): how a face finds the runtime that owns a port. */
export const runtimeFileSchema = z.object({
	pid: z.number().int(),
	port: z.number().int(),
	adminToken: z.string(),
	version: z.string(),
	launcher: z.enum(['editor', 'cli']),
	startedAt: z.number(),
});
export type RuntimeFile = z.infer<typeof runtimeFileSchema>;

export const keyListSchema = z.object({ keys: z.array(keyViewSchema) });
export const sessionListSchema = z.object({ sessions: z.array(sessionViewSchema) });
