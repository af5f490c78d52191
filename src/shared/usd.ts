import type { UsageTotals } from './usageApi.js';

const nanoPerUsd = 1_000_000_000;

/** All nine decimals, without the error of a floating point number: "1.230000000". */
export function exactUsd(nanoUsd: number): string {
	return `${Math.floor(nanoUsd / nanoPerUsd)}.${String(nanoUsd % nanoPerUsd).padStart(9, '0')}`;
}

/** An estimate for people: "$1.23", and less than a cent by its first two figures. */
export function formatUsd(nanoUsd: number): string {
	const isTiny = nanoUsd > 0 && nanoUsd < nanoPerUsd / 100;
	const figures = isTiny ? { maximumSignificantDigits: 2 } : {};
	return (nanoUsd / nanoPerUsd).toLocaleString('en-US', { style: 'currency', currency: 'USD', ...figures });
}

/** "$1.23"; "≥ $1.23" when some requests have no price; null when none has one. */
export function formatCost({
	costNanoUsd,
	unpriced,
	inputTokens,
	outputTokens,
}: Pick<UsageTotals, 'costNanoUsd' | 'unpriced' | 'inputTokens' | 'outputTokens'>): string | null {
	if (unpriced > 0) return costNanoUsd > 0 ? `≥ ${formatUsd(costNanoUsd)}` : null;
	return inputTokens + outputTokens > 0 ? formatUsd(costNanoUsd) : null;
}
