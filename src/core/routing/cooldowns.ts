import type { Cooldown } from '../storePort.js';

/** What an answer says of its account beyond the account's state. */
export type CoolingCause =
	| { readonly kind: 'overload'; readonly model: string | null }
	| { readonly kind: 'rate'; readonly waitMs: number }
	/** `until`: null when the provider names no time. */
	| { readonly kind: 'limit'; readonly model: string; readonly until: number | null }
	| { readonly kind: 'missing'; readonly model: string };

const minuteMs = 60_000;
/** Overload backs off 30 s → 2 → 10 → 30 min and never touches quota state (peers §7). */
const overloadStepsMs = [30_000, 2 * minuteMs, 10 * minuteMs, 30 * minuteMs] as const;
/** What a reply asks for is not always sane; after this long the upstream is asked again. */
const longestRestMs = 30 * minuteMs;
const unknownLimitMs = 5 * minuteMs;
const longestLimitMs = 366 * 24 * 60 * minuteMs;
/** Plans change, and models are rolled out account by account. */
const missingMs = 60 * minuteMs;
/** Clocks are set right by seconds all the time. */
export const clockSlackMs = minuteMs;
const longestMs: Readonly<Record<Cooldown['kind'], number>> = {
	overload: overloadStepsMs[overloadStepsMs.length - 1] ?? 0,
	rate: longestRestMs,
	limit: longestLimitMs,
	missing: missingMs,
};

/** The cooldowns of an account after one more cause; those that are over, and would not make the next one longer, are gone. */
export function withCooldown(known: readonly Cooldown[], cause: CoolingCause, now: number): readonly Cooldown[] {
	const model = cause.kind === 'rate' ? null : cause.model;
	const before = known.find(each => each.kind === cause.kind && each.model === model);
	// Requests that fail together are one bad moment: only a fault after the last backoff makes the next one longer.
	if (cause.kind === 'overload' && before && isRunning(before, now)) return known;
	const times = cause.kind === 'overload' ? (before?.times ?? 0) + 1 : 1;
	const until = Math.max(now + lengthMs(cause, times, now), before && isRunning(before, now) ? before.until : 0);
	const others = known.filter(each => each !== before && (isRunning(each, now) || each.kind === 'overload'));
	return [...others, { kind: cause.kind, model, until, times }];
}

/** After a success: nothing of an overload is left, neither the account's nor the model's. */
export function withoutOverload(known: readonly Cooldown[], model: string | null): readonly Cooldown[] {
	return known.filter(each => each.kind !== 'overload' || (each.model !== null && each.model !== model));
}

/** The cooldown of this kind that holds a request for this model back now. */
export function coolingOf(
	cooldowns: readonly Cooldown[],
	kind: Cooldown['kind'],
	model: string | null,
	now: number,
): Cooldown | undefined {
	return cooldowns.find(
		each => each.kind === kind && isRunning(each, now) && (each.model === null || each.model === model),
	);
}

/** One that is longer than any can be was noted while the clock was wrong: nobody knows when it ends. */
function isRunning({ kind, until }: Cooldown, now: number): boolean {
	return until > now && until - now <= longestMs[kind] + clockSlackMs;
}

function lengthMs(cause: CoolingCause, times: number, now: number): number {
	switch (cause.kind) {
		case 'overload':
			return overloadStepsMs[Math.min(times, overloadStepsMs.length) - 1] ?? 0;
		case 'rate':
			return Math.min(cause.waitMs, longestRestMs);
		case 'limit': {
			const ms = (cause.until ?? 0) - now;
			return ms > 0 && ms <= longestLimitMs ? ms : unknownLimitMs;
		}
		case 'missing':
			return missingMs;
		default:
			return cause satisfies never;
	}
}
