import type { UsageTotals } from './usageApi.js';

export const noUsage: Readonly<UsageTotals> = {
	requests: 0,
	failed: 0,
	inputTokens: 0,
	cachedTokens: 0,
	outputTokens: 0,
	reasoningTokens: 0,
	costNanoUsd: 0,
	unpriced: 0,
};
