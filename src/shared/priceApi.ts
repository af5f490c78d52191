import * as l10n from '@vscode/l10n';
import * as z from 'zod';

/** US dollars for a million tokens, to the hundredth of a cent: costs are added up without rounding. */
const rateSchema = z.number().nonnegative().max(10_000).multipleOf(0.0001);
/** What a rate is multiplied by. */
const factorSchema = z.number().positive().max(100).multipleOf(0.01);

/** What the tokens of a model cost. A tier that it does not name has no price. */
export const modelPriceSchema = z.strictObject({
	input: rateSchema,
	/** As `input` when absent. */
	cachedInput: rateSchema.optional(),
	/** Reasoning is part of it. */
	output: rateSchema,
	/** What the `priority` tier, also called `fast`, multiplies every rate by. */
	priority: factorSchema.optional(),
	flex: factorSchema.optional(),
	/** What every rate is multiplied by when the input of a request has more than `above` tokens. */
	longContext: z
		.strictObject({
			above: z.number().int().nonnegative(),
			input: factorSchema,
			output: factorSchema,
			/** False where the `priority` tier has no long context; true when absent. */
			priority: z.boolean().optional(),
		})
		.optional(),
});
export type ModelPrice = z.infer<typeof modelPriceSchema>;

/** By the name of the model. */
export type Prices = Readonly<Record<string, ModelPrice>>;

export interface CheckedPrices {
	readonly prices: Prices;
	/** One sentence for each entry that is ignored. */
	readonly problems: readonly string[];
}

/** A user's own prices: an entry that is wrong is named and left out, and the others count. */
export function checkPrices(raw: unknown): CheckedPrices {
	if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
		const example = '{"gpt-5.5": {…}}';
		return { prices: {}, problems: [l10n.t('Prices are an object with a price for each model, like {0}.', example)] };
	}
	const prices: [string, ModelPrice][] = [];
	const problems: string[] = [];
	for (const [model, entry] of Object.entries(raw)) {
		const checked = modelPriceSchema.safeParse(entry);
		if (checked.success) prices.push([model, checked.data]);
		else problems.push(l10n.t('The price of "{0}" is ignored: {1}.', model, describe(checked.error)));
	}
	return { prices: Object.fromEntries(prices), problems };
}

function describe(error: z.ZodError): string {
	return error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ');
}
