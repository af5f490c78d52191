import type { KeyBudget, SpentBudget } from '../../shared/keyApi.js';
import type { RequestRecord } from '../../shared/requestApi.js';
import type { Clock } from '../ports.js';
import type { Store } from '../storePort.js';

interface Meter extends SpentBudget {
	startedAt: number;
	/** Tokens of a request, as its latest ones were; 0 while none is known. */
	typical: number;
	/** Ids of requests that have not been settled. */
	readonly running: Set<string>;
}

type Spending = Pick<RequestRecord, 'id' | 'keyId' | 'startedAt' | 'inputTokens' | 'outputTokens'>;

/** How much the latest request counts in what is typical. */
const newestShare = 0.25;

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
		const typical = spent ? used / spent.requests : 0;
		const running = this.#meters.get(keyId)?.running ?? new Set();
		this.#meters.set(keyId, { ...budget, ...period, used, typical, running });
	}

	/**
	 * Lets a request begin unless the budget is spent. It has to wait while those under way may use up the rest, each taken for
	 * a typical one: what they really use is known when they are settled.
	 */
	begin(keyId: string, requestId: string): 'begun' | 'wait' | SpentBudget {
		const meter = this.#current(keyId);
		if (!meter) return 'begun';
		if (meter.used >= meter.tokens) return meter;
		const expected = meter.used + meter.running.size * meter.typical;
		if (meter.running.size > 0 && expected >= meter.tokens) return 'wait';
		meter.running.add(requestId);
		return 'begun';
	}

	read(keyId: string): SpentBudget | undefined {
		const meter = this.#current(keyId);
		return meter && { tokens: meter.tokens, per: meter.per, used: meter.used, resetsAt: meter.resetsAt };
	}

	/** Of a settled request. */
	count({ id, keyId, startedAt, inputTokens, outputTokens }: Spending): void {
		const meter = this.#current(keyId);
		if (!meter) return;
		meter.running.delete(id);
		const tokens = (inputTokens ?? 0) + (outputTokens ?? 0);
		if (tokens === 0) return;
		meter.typical += (tokens - meter.typical) * (meter.typical === 0 ? 1 : newestShare);
		if (startedAt >= meter.startedAt) meter.used += tokens;
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
