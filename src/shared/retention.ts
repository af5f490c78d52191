import * as z from 'zod';

/** How long settled requests are kept one by one, whichever ends first. Sums of usage are kept for ever. */
export interface Retention {
	readonly days: number;
	/** The newest that are kept. */
	readonly rows: number;
}

/** A hundred thousand requests take about 90 MB, and a search through all of them a fraction of a second. */
export const defaultRetention: Retention = { days: 90, rows: 100_000 };

export const retentionSchema = z.object({
	days: z.number().int().min(1).max(3_650),
	rows: z.number().int().min(1_000).max(10_000_000),
});
