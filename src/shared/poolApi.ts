import * as z from 'zod';
import { accountViewSchema } from './accountApi.js';
import { forecastSchema } from './forecastApi.js';
import { requestRecordSchema } from './requestApi.js';
import { routingSchema } from './routingApi.js';
import { usageTotalsSchema } from './usageApi.js';

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

/** What happened while the pool started that its user should know of. */
export const poolNoticeSchema = z.object({
	/** `database_set_aside`; a newer runtime may know more of them than the face that reads this. */
	code: z.string(),
	/** A sentence for the user. */
	message: z.string(),
	at: z.number(),
});
export type PoolNotice = z.infer<typeof poolNoticeSchema>;

/** A whole snapshot with a revision, never a delta: the newest one is always enough. */
export const poolStateSchema = z.object({
	revision: z.number().int(),
	/** Another number whenever the models, their names or what a key may ask for may have changed. */
	modelsRevision: z.number().int(),
	owner: ownerSchema,
	enabled: z.boolean(),
	routing: routingSchema,
	accounts: z.array(accountViewSchema),
	forecast: forecastSchema,
	inFlight: z.number().int(),
	totals: z.object({ today: usageTotalsSchema, allTime: usageTotalsSchema }),
	/** Newest first, at most 50. */
	recentRequests: z.array(requestRecordSchema),
	notices: z.array(poolNoticeSchema),
});
export type PoolState = z.infer<typeof poolStateSchema>;

export const poolChangeSchema = z.object({
	enabled: z.boolean().optional(),
	routing: routingSchema.partial().optional(),
});
export type PoolChange = z.infer<typeof poolChangeSchema>;

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
