import * as l10n from '@vscode/l10n';
import * as z from 'zod';

/** Smaller goes first: 1 is burnt before all others, 9 is preserved until nothing else is left. */
export const prioritySchema = z.number().int().min(1).max(9);

export const normalPriority = 5;

/** The last per cent of every general window, which the pool leaves to the user. */
export const reserveSchema = z.number().int().min(0).max(90);

export const accountStateSchema = z.enum(['active', 'paused', 'limited', 'needs_sign_in', 'disabled']);
export type AccountState = z.infer<typeof accountStateSchema>;

/** Where a figure comes from and when it was told: response headers, a stream event, or an answer to our own question. */
const sightingFields = {
	source: z.enum(['header', 'event', 'poll']),
	observedAt: z.number(),
};

/** One usage window of one account, identified by its duration and never by its position in the provider's reply. */
export const usageWindowSchema = z.object({
	/** `generalLimit`, else the provider's name of a model-specific one. */
	limit: z.string(),
	/** What the provider calls a model-specific limit for people. */
	name: z.string().optional(),
	durationMinutes: z.number().int().positive(),
	usedPercent: z.number().min(0).max(100),
	resetsAt: z.number().nullable(),
	...sightingFields,
});
export type UsageWindow = z.infer<typeof usageWindowSchema>;

/** What an account may spend when its windows are full. A null within was not told. */
const creditsSchema = z.object({
	hasCredits: z.boolean().nullable(),
	unlimited: z.boolean().nullable(),
	/** In the provider's own unit. */
	balance: z.number().nullable(),
	...sightingFields,
});
export type Credits = z.infer<typeof creditsSchema>;

/** What the owner of a workspace lets this member spend. */
const spendLimitSchema = z.object({
	reached: z.boolean().nullable(),
	/** Amounts are in the provider's own unit. */
	limit: z.number().nullable(),
	used: z.number().nullable(),
	remaining: z.number().nullable(),
	usedPercent: z.number().min(0).max(100).nullable(),
	resetsAt: z.number().nullable(),
	...sightingFields,
});
export type SpendLimit = z.infer<typeof spendLimitSchema>;

/** The provider's own word for what stops an account, for example `workspace_member_credits_depleted`. */
const reachedLimitSchema = z.object({ type: z.string(), ...sightingFields });
export type ReachedLimit = z.infer<typeof reachedLimitSchema>;

/** A banked reset: redeemed, it empties usage windows before their time. */
const resetCreditSchema = z.object({
	id: z.string(),
	title: z.string().nullable(),
	description: z.string().nullable(),
	expiresAt: z.number().nullable(),
});
export type ResetCredit = z.infer<typeof resetCreditSchema>;

const resetCreditsSchema = z.object({
	available: z.number().int().min(0),
	/** How many of them would empty a window now; null when not told. */
	applicable: z.number().int().min(0).nullable(),
	/** Those that are known by name, the one that expires first in front. */
	credits: z.array(resetCreditSchema),
	/** When they were named; null for never. Only their number comes with every poll. */
	listedAt: z.number().nullable(),
	...sightingFields,
});
export type ResetCredits = z.infer<typeof resetCreditsSchema>;

/** What the provider tells of an account's quota beside its windows; null is what it has not told. */
export const accountQuotaSchema = z.object({
	credits: creditsSchema.nullable(),
	spendLimit: spendLimitSchema.nullable(),
	reachedLimit: reachedLimitSchema.nullable(),
	resetCredits: resetCreditsSchema.nullable(),
});
export type AccountQuota = z.infer<typeof accountQuotaSchema>;

export const noQuota: AccountQuota = { credits: null, spendLimit: null, reachedLimit: null, resetCredits: null };

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
	...accountQuotaSchema.shape,
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

export const refreshedAccountsSchema = z.object({
	/** Every account of the pool, as it is now known. */
	accounts: z.array(accountViewSchema),
	/** Those whose figures could not be read just now. */
	failedIds: z.array(z.string()),
});
export type RefreshedAccounts = z.infer<typeof refreshedAccountsSchema>;

/** What came of redeeming a banked reset, in the provider's own words. */
export const redeemCodeSchema = z.enum(['reset', 'nothing_to_reset', 'no_credit', 'already_redeemed']);
export type RedeemCode = z.infer<typeof redeemCodeSchema>;

export const redeemedResetSchema = z.object({
	code: redeemCodeSchema,
	/** What it means, for people. */
	sentence: z.string(),
	account: accountViewSchema,
});
export type RedeemedReset = z.infer<typeof redeemedResetSchema>;

export const accountChangeSchema = z.object({
	selected: z.boolean().optional(),
	paused: z.boolean().optional(),
	name: z.string().trim().min(1).max(80, l10n.t('use at most 80 characters')).nullable().optional(),
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
