import * as z from 'zod';

export const keyViewSchema = z.object({
	id: z.string(),
	name: z.string(),
	createdAt: z.number(),
	lastUsedAt: z.number().nullable(),
});
export type KeyView = z.infer<typeof keyViewSchema>;

export const createdKeySchema = z.object({ id: z.string(), name: z.string(), key: z.string() });
export type CreatedKey = z.infer<typeof createdKeySchema>;

export const createKeySchema = z.object({ name: z.string().trim().min(1).max(80) });

export const keyListSchema = z.object({ keys: z.array(keyViewSchema) });
