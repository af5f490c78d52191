import type { ModelPrice, Prices } from '../../shared/priceApi.js';
import type { RequestRecord } from '../../shared/requestApi.js';
import { priceList } from '../../shared/priceList.js';
import type { StreamUsage } from '../reply/streamUsage.js';

export type PriceTable = ReadonlyMap<string, ModelPrice>;

/** The user's own prices stand in for the list's, each with all its tiers. */
export function priceTable(own: Prices): PriceTable {
	return new Map([...Object.entries(priceList.models), ...Object.entries(own)]);
}

export interface PricedUse {
	readonly model: string | null;
	/** What was asked for: ChatGPT says `default` in its replies even when it has served another. */
	readonly tier: string | null;
	readonly usage: StreamUsage | undefined;
}

/**
 * Rates have four decimals and factors two: as whole numbers they are multiplied and added without an error, and then 1
 * is 10⁻¹⁴ dollars for a token.
 */
const sumsPerNanoUsd = 100_000n;

/** What one request would cost at the API, in 10⁻⁹ US dollars; null when its tokens or their price are unknown. */
export function costNanoUsd(table: PriceTable, { model, tier, usage }: PricedUse): number | null {
	const price = model === null ? undefined : priceOf(table, model);
	const { inputTokens, cachedTokens, outputTokens } = usage ?? {};
	if (!price || inputTokens === null || inputTokens === undefined) return null;
	if (outputTokens === null || outputTokens === undefined) return null;
	const long = price.longContext && inputTokens > price.longContext.above ? price.longContext : undefined;
	const factor = tierFactor(price, tier, long?.priority ?? true);
	if (factor === undefined) return null;
	const cached = Math.min(cachedTokens ?? 0, inputTokens);
	const asInput = factors(factor, long?.input ?? 1);
	const asOutput = factors(factor, long?.output ?? 1);
	const sum =
		BigInt(inputTokens - cached) * rate(price.input) * asInput +
		BigInt(cached) * rate(price.cachedInput ?? price.input) * asInput +
		BigInt(outputTokens) * rate(price.output) * asOutput;
	const nanoUsd = Number((sum + sumsPerNanoUsd / 2n) / sumsPerNanoUsd);
	return Number.isSafeInteger(nanoUsd) ? nanoUsd : null;
}

/** It has tokens, but what they cost is not known: a sum without it must not seem whole. */
export function isUnpriced({
	costNanoUsd: cost,
	inputTokens,
	outputTokens,
}: Pick<RequestRecord, 'costNanoUsd' | 'inputTokens' | 'outputTokens'>): boolean {
	return cost === null && (inputTokens ?? 0) + (outputTokens ?? 0) > 0;
}

/** A dated name (`gpt-5.2-2026-01-05`) is a snapshot of the model before the date. */
function priceOf(table: PriceTable, model: string): ModelPrice | undefined {
	return table.get(model) ?? table.get(model.replace(/-\d{4}-\d\d-\d\d$/, ''));
}

function tierFactor(price: ModelPrice, tier: string | null, hasPriority: boolean): number | undefined {
	switch (tier) {
		case null:
		case 'auto':
		case 'default':
			return 1;
		case 'fast':
		case 'priority':
			return hasPriority ? price.priority : undefined;
		case 'flex':
			return price.flex;
		default:
			return undefined;
	}
}

function rate(usdPerMillion: number): bigint {
	return BigInt(Math.round(usdPerMillion * 10_000));
}

function factors(tier: number, length: number): bigint {
	return BigInt(Math.round(tier * 100)) * BigInt(Math.round(length * 100));
}
