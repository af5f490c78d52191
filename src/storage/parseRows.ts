import type { z } from 'zod';

/** The rows that are what they should be. One that is not, for example after a hand edit, is left out rather than trusted. */
export function parseRows<S extends z.ZodType>(schema: S, rows: readonly unknown[]): z.infer<S>[] {
	return rows.flatMap(row => {
		const parsed = schema.safeParse(row);
		return parsed.success ? [parsed.data] : [];
	});
}

/** Undefined for a text that is not JSON. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined; // the schema that follows refuses it
	}
}
