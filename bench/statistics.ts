export function median(values: readonly number[]): number {
	return quantile(values, 0.5);
}

/** NaN for no values. */
export function quantile(values: readonly number[], share: number): number {
	const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** The median of the ratios of what was measured in the same round: what disturbs a round disturbs both. */
export function medianRatio(values: readonly number[], bases: readonly number[]): number {
	return median(values.map((value, round) => value / (bases[round] ?? NaN)));
}

export function medianDifference(values: readonly number[], bases: readonly number[]): number {
	return median(values.map((value, round) => value - (bases[round] ?? NaN)));
}
