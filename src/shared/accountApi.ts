import * as z from 'zod';

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
