import * as z from 'zod';

/** What faces ask about models: which there are, which are offered to clients, and the user's own names for them. */

/** From little thought to much. Each model takes some of them. */
export const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra'] as const;

/** Checked against what the model takes. */
const effortSchema = z.string().regex(/^[a-z]{2,20}$/);
export const verbositySchema = z.enum(['low', 'medium', 'high']);

/** What may stand where a model's name stands. Names travel in URLs, headers and command lines. */
export const modelNameSchema = z
	.string()
	.regex(/^[A-Za-z0-9][\w.:-]{0,79}$/, 'use letters, digits, ".", "_", ":", "-"');

/** What a request gets for a name; null leaves it to the request and the model. */
export const modelTargetSchema = z.object({
	model: modelNameSchema,
	effort: effortSchema.nullable(),
	/** `priority` is what is sold as fast. */
	tier: z.string().min(1).max(40).nullable(),
	verbosity: verbositySchema.nullable(),
});
export type ModelTarget = z.infer<typeof modelTargetSchema>;

/** A name that the user made up. */
export const modelAliasSchema = modelTargetSchema.extend({ name: modelNameSchema });
export type ModelAlias = z.infer<typeof modelAliasSchema>;

export const setAliasSchema = z.object({
	name: modelNameSchema,
	model: modelNameSchema,
	effort: effortSchema.nullable().default(null),
	tier: z.string().min(1).max(40).nullable().default(null),
	verbosity: verbositySchema.nullable().default(null),
});
export type SetAlias = z.input<typeof setAliasSchema>;

/** What a conversation may hold, of which some is left for the answer. Null where the catalogue does not tell. */
const contextWindowSchema = z.object({
	tokens: z.number().int().positive(),
	inputTokens: z.number().int().positive(),
});
export type ContextWindow = z.infer<typeof contextWindowSchema>;

export const modelViewSchema = z.object({
	name: z.string(),
	/** What pickers call it. */
	displayName: z.string(),
	/** `variant`: a model with a fixed effort or tier, made by the pool; `alias`: a name that the user made up. */
	kind: z.enum(['model', 'variant', 'alias']),
	/** Whether `/v1/models` lists it. A request may name it in any case. */
	exposed: z.boolean(),
	/** Whether the model pickers of Codex show it. Variants are left out there unless exposed by name. */
	inPicker: z.boolean(),
	/** The model that answers. */
	model: z.string(),
	effort: z.string().nullable(),
	tier: z.string().nullable(),
	verbosity: z.string().nullable(),
	/** What the model can be told by `effort` and `tier`. */
	efforts: z.array(z.string()),
	tiers: z.array(z.string()),
	contextWindow: contextWindowSchema.nullable(),
	takesImages: z.boolean(),
	/** The accounts that have the model, as far as they could be asked. */
	accountIds: z.array(z.string()),
});
export type ModelView = z.infer<typeof modelViewSchema>;

export const modelListSchema = z.object({ models: z.array(modelViewSchema) });

/** Names to list and names not to list; what is not named stays. */
export const modelExposureSchema = z.object({
	expose: z.array(modelNameSchema).max(1000).default([]),
	hide: z.array(modelNameSchema).max(1000).default([]),
});
export type ModelExposure = z.input<typeof modelExposureSchema>;
