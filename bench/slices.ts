import { setTimeout as pause } from 'node:timers/promises';
import { Load, type Extent } from './load.js';
import { cpuMicros, forgetPeak, peakKilobytes } from './processUsage.js';
import type { Connection } from './loadConnection.js';
import type { RequestBytes } from './requestBytes.js';
import { median, medianDifference, medianRatio } from './statistics.js';
import type { Variant, VariantName } from './variants.js';

/** What one variant did in one short turn. */
export interface Slice {
	readonly requests: number;
	readonly errors: number;
	/** Of the proxy's process, per request. */
	readonly cpuMicros: number;
	readonly requestsPerSecond: number;
	/** Medians of the slice. */
	readonly firstByteMs: number;
	readonly totalMs: number;
	/** Most memory in the slice. */
	readonly peakKilobytes: number;
}

export interface SlicePlan {
	readonly rounds: number;
	readonly slice: Extent;
	readonly warmUp: Extent;
	/** One request per connection. */
	readonly requests: (variant: Variant) => readonly RequestBytes[];
	/** How a connection is opened; plain HTTP when absent. */
	readonly connect?: (port: number) => Connection;
}

/** What is queued by the end of a slice (usage rows) is paid for in the slice that caused it. */
const settleMs = 300;

/** All variants stay up and take short turns, in the other order every other round: noise then hits all of them alike. */
export async function measureSlices(variants: readonly Variant[], plan: SlicePlan): Promise<Slices> {
	const loads = new Map(
		variants.map(variant => [variant, new Load(variant.port, plan.requests(variant), plan.connect)]),
	);
	const slices = new Slices();
	try {
		for (const load of loads.values()) await load.run(plan.warmUp);
		for (let round = 0; round < plan.rounds; round++) {
			const order = [...loads];
			if (round % 2 === 1) order.reverse();
			for (const [variant, load] of order) slices.add(variant.name, await runSlice(variant, load, plan.slice));
		}
	} finally {
		for (const load of loads.values()) load.close();
	}
	return slices;
}

async function runSlice({ pid }: Variant, load: Load, extent: Extent): Promise<Slice> {
	if (pid !== undefined) forgetPeak(pid);
	const cpuBefore = pid === undefined ? 0 : cpuMicros(pid);
	const result = await load.run(extent);
	await pause(settleMs);
	return {
		requests: result.requests,
		errors: result.errors,
		cpuMicros: pid === undefined ? NaN : (cpuMicros(pid) - cpuBefore) / result.requests,
		requestsPerSecond: (result.requests / result.elapsedMs) * 1000,
		firstByteMs: median(result.firstByteMs),
		totalMs: median(result.totalMs),
		peakKilobytes: pid === undefined ? NaN : peakKilobytes(pid),
	};
}

/** The slices of each variant, round by round. */
export class Slices {
	readonly #byVariant = new Map<VariantName, Slice[]>();

	add(name: VariantName, slice: Slice): void {
		this.#byVariant.set(name, [...this.of(name), slice]);
	}

	of(name: VariantName): readonly Slice[] {
		return this.#byVariant.get(name) ?? [];
	}

	values(name: VariantName, field: keyof Slice): number[] {
		return this.of(name).map(slice => slice[field]);
	}

	/** Noise only ever adds. */
	least(name: VariantName, field: keyof Slice): number {
		const values = this.values(name, field).filter(Number.isFinite);
		return values.length === 0 ? NaN : Math.min(...values);
	}

	median(name: VariantName, field: keyof Slice): number {
		return median(this.values(name, field));
	}

	/** Median of same-round ratios. */
	ratio(name: VariantName, base: VariantName, field: keyof Slice): number {
		return medianRatio(this.values(name, field), this.values(base, field));
	}

	/** Median of same-round differences. */
	difference(name: VariantName, base: VariantName, field: keyof Slice): number {
		return medianDifference(this.values(name, field), this.values(base, field));
	}

	errors(name: VariantName): number {
		return this.of(name).reduce((sum, slice) => sum + slice.errors, 0);
	}

	/** One value for each variant that was measured, apart from the pool itself. */
	beside(figure: (name: VariantName) => number): Record<string, number> {
		const others = [...this.#byVariant.keys()].filter(name => name !== 'pool');
		return Object.fromEntries(
			others.map(name => [name, figure(name)] as const).filter(([, value]) => Number.isFinite(value)),
		);
	}
}
