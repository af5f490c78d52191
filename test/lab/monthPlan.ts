import type { AccountOptions } from '../support/upstream/accounts.js';
import type { WindowOptions } from '../support/upstream/usageWindow.js';
import type { FaultName } from './history.js';

/** A Monday at midnight in New York; the clocks go back on the Sunday after. */
export const monthStartsAt = (): number => new Date(2026, 9, 26).getTime();

export const monthDays = 30;

/** By the clock on the user's wall. */
function momentOf(day: number, hour: number, minute = 0): number {
	return new Date(2026, 9, 26 + day, hour, minute).getTime();
}

const fiveHours = (capacityTokens: number): WindowOptions => ({ minutes: 300, capacityTokens });
const weekly = (capacityTokens: number): WindowOptions => ({ minutes: 10_080, capacityTokens });
const plus = [fiveHours(40_000), weekly(260_000)];
const pro = [fiveHours(200_000), weekly(1_300_000)];
const monthly: WindowOptions = { minutes: 43_200, capacityTokens: 150_000 };
const spark = {
	name: 'GPT-5.3-Codex-Spark',
	feature: 'codex_bengalfox',
	models: ['gpt-5.3-codex-spark'],
	windows: [fiveHours(30_000), weekly(150_000)],
};
const hourMs = 3_600_000;

/** Every form of quota that there is. */
export const monthAccounts: readonly AccountOptions[] = [
	{ plan: 'plus', usage: { windows: plus } },
	{ plan: 'plus', usage: { windows: plus, resetCredits: [{ expiresInMs: 12 * 24 * hourMs }, {}] } },
	{ plan: 'plus', usage: { windows: plus, missingSecondary: 'absent' } },
	{
		plan: 'team',
		usage: { windows: plus, spendControl: { limit: '100.00', used: '12.50', reached: false }, booleans: 'lower' },
	},
	{ plan: 'plus', usage: { windows: plus } },
	{ plan: 'pro', usage: { windows: pro } },
	{ plan: 'plus', usage: { windows: plus, credits: { hasCredits: true, unlimited: false, balance: '25.50' } } },
	{ plan: 'pro', usage: { windows: pro, additionalLimits: [spark] } },
	{ plan: 'plus', usage: { windows: [weekly(300_000)] } },
	{ plan: 'free', usage: { windows: [monthly] } },
];

/** What befalls one account, or the pool. */
export type MonthIncident =
	| { readonly kind: 'early_reset'; readonly account: number; readonly minutes: number }
	| { readonly kind: 'fault'; readonly fault: FaultName; readonly times: number }
	| { readonly kind: 'outage' | 'offline' | 'slow_polls'; readonly minutes: number }
	| { readonly kind: 'sleep'; readonly minutes: number }
	| { readonly kind: 'wrong_clock'; readonly minutes: number; readonly aheadHours: number }
	| {
			readonly kind: 'plan';
			readonly account: number;
			readonly plan: string;
			readonly windows: readonly WindowOptions[];
	  }
	| { readonly kind: 'credits'; readonly account: number; readonly balance: string }
	| { readonly kind: 'spend'; readonly account: number; readonly used: string; readonly reached: boolean }
	| { readonly kind: 'remove'; readonly account: number; readonly forgetUsage: boolean }
	| { readonly kind: AccountEvent; readonly account: number }
	| { readonly kind: 'restart' | 'crash' };

/** At the provider, or by the user's hand. */
export type AccountEvent =
	| 'pause'
	| 'resume'
	| 'deselect'
	| 'select'
	| 'reserve'
	| 'expire_access'
	| 'end_sign_in'
	| 'sign_in'
	| 'deactivate'
	| 'redeem_reset';

export interface PlannedIncident {
	readonly at: number;
	readonly incident: MonthIncident;
}

export function monthIncidents(): PlannedIncident[] {
	const on = (day: number, hour: number, ...incidents: MonthIncident[]): PlannedIncident[] =>
		incidents.map(incident => ({ at: momentOf(day, hour, 7), incident }));
	const daily: readonly FaultName[] = [
		'rate_1s',
		'error_500',
		'failed_after_output',
		'reset_after_output',
		'incomplete_after_output',
		'overloaded_in_stream',
		'end_after_lead',
		'limit_in_stream',
	];
	return [
		...daily.flatMap((fault, index) =>
			[0, 8, 16, 24].flatMap(week => on(week + index, 13, { kind: 'fault', fault, times: 4 })),
		),
		...on(0, 11, { kind: 'early_reset', account: 0, minutes: 300 }),
		...on(0, 14, { kind: 'restart' }),
		...on(1, 11, { kind: 'early_reset', account: 1, minutes: 10_080 }),
		...on(1, 15, { kind: 'expire_access', account: 0 }),
		...on(2, 11, { kind: 'outage', minutes: 60 }),
		...on(3, 14, { kind: 'offline', minutes: 20 }),
		...on(4, 10, { kind: 'plan', account: 2, plan: 'pro', windows: pro }),
		...on(4, 16, { kind: 'reserve', account: 4 }),
		...on(7, 12, { kind: 'restart' }),
		...on(8, 9, { kind: 'pause', account: 3 }),
		...on(9, 9, { kind: 'resume', account: 3 }, { kind: 'remove', account: 4, forgetUsage: false }),
		...on(10, 10, { kind: 'sign_in', account: 4 }),
		...on(10, 12, { kind: 'plan', account: 5, plan: 'free', windows: [monthly] }),
		...on(11, 10, { kind: 'end_sign_in', account: 6 }),
		...on(12, 10, { kind: 'plan', account: 9, plan: 'plus', windows: plus }),
		...on(13, 9, { kind: 'sign_in', account: 6 }),
		...on(14, 11, { kind: 'crash' }),
		...on(15, 10, { kind: 'credits', account: 6, balance: '0' }),
		...on(15, 12, { kind: 'spend', account: 3, used: '100.00', reached: true }),
		...on(16, 12, { kind: 'spend', account: 3, used: '41.00', reached: false }),
		...on(16, 14, { kind: 'redeem_reset', account: 1 }),
		...on(17, 11, { kind: 'wrong_clock', minutes: 90, aheadHours: 2 }),
		...on(18, 13, { kind: 'sleep', minutes: 400 }),
		...on(19, 10, { kind: 'deactivate', account: 8 }),
		...on(20, 10, { kind: 'sign_in', account: 8 }),
		...on(21, 10, { kind: 'remove', account: 9, forgetUsage: true }),
		...on(21, 15, { kind: 'sign_in', account: 9 }),
		...on(22, 9, { kind: 'deselect', account: 0 }),
		...on(22, 17, { kind: 'select', account: 0 }),
		...on(23, 10, { kind: 'slow_polls', minutes: 180 }),
		...on(24, 10, { kind: 'plan', account: 2, plan: 'plus', windows: plus }),
		...on(25, 10, { kind: 'restart' }),
		...on(26, 15, { kind: 'outage', minutes: 150 }),
		...on(27, 11, { kind: 'wrong_clock', minutes: 60, aheadHours: -3 }),
		...on(28, 10, { kind: 'early_reset', account: 7, minutes: 10_080 }),
	];
}
