import { startOfLocalHour } from '../core/localTime.js';
import { isUnpriced } from '../core/models/price.js';
import type { RequestRecord } from '../shared/requestApi.js';
import { noUsage } from '../shared/noUsage.js';
import type { UsageTotals } from '../shared/usageApi.js';

export const counters = [
	'requests',
	'failed',
	'inputTokens',
	'cachedTokens',
	'outputTokens',
	'reasoningTokens',
	'costNanoUsd',
	'unpriced',
] as const satisfies readonly (keyof UsageTotals)[];

export const dayMs = 24 * 3_600_000;

/** Where each party stands in the group of a sum, and what its column is called. */
export const parties = { account: 'accountId', model: 'model', key: 'keyId', client: 'client' } as const;
export type Party = keyof typeof parties;
const places = { account: 1, model: 2, key: 3, client: 4 } as const satisfies Record<Party, number>;

type HourlyGroup = [hour: number, accountId: string, model: string, keyId: string, client: string];

export interface Sum<G> {
	readonly group: G;
	readonly totals: UsageTotals;
}

/** What requests add to each roll-up. Requests that settle together mostly share a group, and so a single write. */
export class UsageSums {
	readonly #hourly = new Map<string, Sum<HourlyGroup>>();

	/** A figure that the provider did not give adds nothing. */
	add(record: RequestRecord): void {
		const { startedAt, accountId, model, keyId, client } = record;
		const hour = startOfLocalHour(startedAt);
		const { totals } = sumOf(this.#hourly, [hour, accountId ?? '', model ?? '', keyId, client ?? '']);
		totals.requests++;
		if (record.outcome === 'failed') totals.failed++;
		totals.inputTokens += record.inputTokens ?? 0;
		totals.cachedTokens += record.cachedTokens ?? 0;
		totals.outputTokens += record.outputTokens ?? 0;
		totals.reasoningTokens += record.reasoningTokens ?? 0;
		totals.costNanoUsd += record.costNanoUsd ?? 0;
		if (isUnpriced(record)) totals.unpriced++;
	}

	hourly(): Sum<HourlyGroup>[] {
		return [...this.#hourly.values()];
	}

	daily(party: Party): Sum<[party: Party, name: string, day: number]>[] {
		return this.#rollUp(group => [party, group[places[party]], startOfDay(group[0])]);
	}

	hours(): Sum<[hour: number]>[] {
		return this.#rollUp(([hour]) => [hour]);
	}

	#rollUp<G extends readonly unknown[]>(groupOf: (group: HourlyGroup) => G): Sum<G>[] {
		const sums = new Map<string, Sum<G>>();
		for (const { group, totals } of this.#hourly.values()) addTo(sumOf(sums, groupOf(group)).totals, totals);
		return [...sums.values()];
	}
}

/** Of UTC: these days are nothing but a quick way to add up many hours, the same in every time zone. */
export function startOfDay(hour: number): number {
	return Math.floor(hour / dayMs) * dayMs;
}

export function addTo(totals: UsageTotals, more: UsageTotals): void {
	for (const name of counters) totals[name] += more[name];
}

function sumOf<G>(sums: Map<string, Sum<G>>, group: G): Sum<G> {
	const key = JSON.stringify(group);
	const known = sums.get(key);
	if (known) return known;
	const sum = { group, totals: { ...noUsage } };
	sums.set(key, sum);
	return sum;
}
