import * as l10n from '@vscode/l10n';
import * as z from 'zod';
import { largestBudget } from './keyWords.js';
import { modelNameSchema } from './modelApi.js';

/**
 * What faces ask about pool keys. A secret is answered once, by the call that makes it; only the default key can be
 * revealed again.
 */

export const keyNameSchema = z
	.string()
	.trim()
	.min(1, l10n.t('a key needs a name'))
	.max(80, l10n.t('use at most 80 characters'))
	// Names are stored and shown: one that was pasted by mistake must not be.
	.refine(name => !/cpk_[\w-]{20}/.test(name), l10n.t('this is the secret of a key, not a name'));

/** The names a client may ask for with the key, as it says them: models, aliases or variants. Null for all. */
export const keyScopeSchema = z.array(modelNameSchema).min(1, 'name at least one model').max(100).nullable();

/** The accounts that may serve requests with the key, and that it is told of. Null for all, later ones too. */
export const keyAccountsSchema = z.array(z.string().min(1).max(200)).min(1, 'name at least one account').nullable();

/**
 * Input and output tokens of a local calendar day, or of a week from Monday on. Cached input counts in full: a budget
 * limits what a client has read and written, not what that costs.
 */
export const keyBudgetSchema = z.object({
	tokens: z.number().int().min(1).max(largestBudget),
	per: z.enum(['day', 'week']),
});
export type KeyBudget = z.infer<typeof keyBudgetSchema>;

/** A budget with how it stands. */
export const spentBudgetSchema = keyBudgetSchema.extend({ used: z.number(), resetsAt: z.number() });
export type SpentBudget = z.infer<typeof spentBudgetSchema>;

/**
 * Stands in requests and usage where a key's id does, for a client that was let in by its ChatGPT login instead. No key
 * has this id.
 */
export const ownLoginKeyId = 'login';

export const keyViewSchema = z.object({
	id: z.string(),
	name: z.string(),
	/** `cpk_` and four more characters, by which users know it again; null when it was made before they were kept. */
	prefix: z.string().nullable(),
	/** The one that *Copy Pool Key* copies. */
	isDefault: z.boolean(),
	createdAt: z.number(),
	lastUsedAt: z.number().nullable(),
	models: z.array(z.string()).nullable(),
	/** One that was removed from the pool stays among them: a key never comes to more accounts than it was given. */
	accountIds: z.array(z.string()).nullable(),
	budget: spentBudgetSchema.nullable(),
});
export type KeyView = z.infer<typeof keyViewSchema>;

export const createdKeySchema = z.object({ id: z.string(), name: z.string(), key: z.string() });
export type CreatedKey = z.infer<typeof createdKeySchema>;

export const createKeySchema = z.object({
	name: keyNameSchema,
	models: keyScopeSchema.default(null),
	accountIds: keyAccountsSchema.default(null),
	budget: keyBudgetSchema.nullable().default(null),
});
export type CreateKey = z.input<typeof createKeySchema>;

/** What is not named stays. */
export const changeKeySchema = z.object({
	name: keyNameSchema.optional(),
	models: keyScopeSchema.optional(),
	accountIds: keyAccountsSchema.optional(),
	budget: keyBudgetSchema.nullable().optional(),
});
export type KeyChange = z.infer<typeof changeKeySchema>;

export const keyListSchema = z.object({ keys: z.array(keyViewSchema) });
