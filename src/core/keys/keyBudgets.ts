import type { KeyBudget, SpentBudget } from '../../shared/keyApi.js';
import type { RequestRecord } from '../../shared/requestApi.js';
import type { Clock } from '../ports.js';
import type { Store } from '../storePort.js';

interface Meter extends SpentBudget {
	startedAt: number;
}

type Spending = Pick<RequestRecord, 'keyId' | 'startedAt' | 'inputTokens' | 'outputTokens'>;

/**
 * What each key with a budget has used of it. Kept in memory, so that a request costs a look at a map; the sums in the
 * store say where to begin. Requests count with the day they began on, as they do there.
 */
export class KeyBudgets {
	readonly #meters = new Map<string, Meter>();

	constructor(
		private readonly store: Pick<Store, 'usage'>,
		private readonly clock: Pick<Clock, 'now'>,
	) {}

	/** Null for a key that may use as much as it likes. */
	set(keyId: string, budget: KeyBudget | null): void {
		if (budget === null) {
			this.#meters.delete(keyId);
			return;
		}
		const period = periodAt(budget.per, this.clock.now());
		const { rows } = this.store.usage({ since: period.startedAt, by: 'key' });
		const spent = rows.find(({ group }) => group === keyId);
		const used = spent ? spent.inputTokens + spent.outputTokens : 0;
		this.#meters.set(keyId, { ...budget, ...period, used });
	}

	read(keyId: string): SpentBudget | undefined {
		const meter = this.#current(keyId);
		return meter && { tokens: meter.tokens, per: meter.per, used: meter.used, resetsAt: meter.resetsAt };
	}

	/** Of a settled request. */
	count({ keyId, startedAt, inputTokens, outputTokens }: Spending): void {
		const meter = this.#current(keyId);
		if (meter && startedAt >= meter.startedAt) meter.used += (inputTokens ?? 0) + (outputTokens ?? 0);
	}

	#current(keyId: string): Meter | undefined {
		const meter = this.#meters.get(keyId);
		const now = this.clock.now();
		if (meter && now >= meter.resetsAt) Object.assign(meter, periodAt(meter.per, now), { used: 0 });
		return meter;
	}
}

/** Calendar days: one of 23 or 25 hours is a day too. Weeks begin on Monday. */
function periodAt(per: KeyBudget['per'], now: number): Pick<Meter, 'startedAt' | 'resetsAt'> {
	const date = new Date(now);
	const daysIn = per === 'day' ? 0 : (date.getDay() + 6) % 7;
	const first = date.getDate() - daysIn;
	const midnight = (day: number): number => new Date(date.getFullYear(), date.getMonth(), day).getTime();
	return { startedAt: midnight(first), resetsAt: midnight(first + (per === 'day' ? 1 : 7)) };
}
