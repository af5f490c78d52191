import type { SimulatedAccount } from '../support/upstream/accounts.js';
import { objectAt } from '../support/upstream/json.js';
import type { Credits, SpendControl } from '../support/upstream/usage.js';
import { usageBody } from '../support/upstream/usageReport.js';
import type { MachineClock } from './machineClock.js';

export interface TrueFigure {
	readonly usedPercent: number;
	readonly resetsAt: number;
}

/** What the provider itself knew of an account at one moment. Times are by the machine's clock. */
export interface Picture {
	readonly plan: string;
	/** By limit and length in minutes. */
	readonly windows: ReadonlyMap<string, TrueFigure>;
	readonly credits: Credits;
	readonly spend: SpendControl | undefined;
	readonly reached: unknown;
	readonly resets: { readonly available: number; readonly applicable: unknown; readonly ids: readonly string[] };
}

/** Kept for every moment at which the provider told the pool anything. */
export class MonthTruth {
	readonly #accounts = new Map<string, SimulatedAccount>();
	readonly #pictures = new Map<string, Picture[]>();
	/** What had last been seen of each period of each window. */
	readonly #lastUsed = new Map<string, number>();

	constructor(private readonly clock: MachineClock) {}

	follow(accountId: string, simulated: SimulatedAccount): void {
		this.#accounts.set(accountId, simulated);
	}

	/** The truth of now; it counts for figures that are dated `at`, and gives what is noted. */
	note(accountId: string, at = this.clock.now()): Picture | undefined {
		const simulated = this.#accounts.get(accountId);
		if (!simulated) return undefined;
		const picture = pictureOf(simulated, this.clock.errorMs);
		this.add(accountId, picture, at);
		for (const [window, { usedPercent, resetsAt }] of picture.windows) {
			this.#lastUsed.set(periodOf(accountId, window, resetsAt), usedPercent);
		}
		return picture;
	}

	add(accountId: string, picture: Picture, at: number): void {
		const key = `${accountId} ${at}`;
		const known = this.#pictures.get(key);
		if (known) known.push(picture);
		else this.#pictures.set(key, [picture]);
	}

	at(accountId: string, moment: number): readonly Picture[] {
		return this.#pictures.get(`${accountId} ${moment}`) ?? [];
	}

	/** What a period of a window came to, as far as it was seen. */
	usedAtEnd(accountId: string, window: string, resetsAt: number): number | undefined {
		return this.#lastUsed.get(periodOf(accountId, window, resetsAt));
	}
}

function periodOf(accountId: string, window: string, resetsAt: number): string {
	return `${accountId} ${window} ${Math.round(resetsAt / 1000)}`;
}

function pictureOf(simulated: SimulatedAccount, errorMs: number): Picture {
	const { usage, plan } = simulated;
	const { credits, spendControl, resetCredits } = usage;
	const told = usageBody(simulated);
	const windows = [usage.general, ...usage.additional].flatMap(limit =>
		limit.windows.map(window => {
			const figure = { usedPercent: window.usedPercent, resetsAt: window.resetAt + errorMs };
			return [`${limit.id} ${window.minutes}`, figure] as const;
		}),
	);
	return {
		plan,
		windows: new Map(windows),
		credits,
		spend: spendControl,
		reached: objectAt(told, 'rate_limit_reached_type')['type'],
		resets: {
			available: resetCredits.count,
			applicable: objectAt(told, 'rate_limit_reset_credits')['applicable_available_count'],
			ids: resetCredits.ids,
		},
	};
}
