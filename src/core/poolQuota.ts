import type { Routing } from '../shared/routingApi.js';
import type { UsageWindow } from '../shared/accountApi.js';
import type { AccountBook } from './accountBook.js';
import type { Candidate } from './chooseAccount.js';
import { endsByItself, exclusionOf } from './eligibility.js';

/**
 * The pool's quota as one account's, for clients that know no pool: **what the next new session may expect**. That is the
 * account with the most headroom of those that can serve, with all its windows. A sum or an average would promise what
 * no account can give. When nobody can serve, it is the account that comes back first, as spent.
 */
export interface PoolQuota {
	readonly plan: string | null;
	readonly isAllowed: boolean;
	readonly windows: readonly UsageWindow[];
}

const generalLimit = 'codex';

/** Undefined without an account that serves now or later by itself. */
export function poolQuota(accounts: AccountBook, routing: Routing, now: number): PoolQuota | undefined {
	const exclusion = (candidate: Candidate) =>
		exclusionOf(candidate, {
			routing,
			model: null,
			lacksModel: () => false,
			ownerId: undefined,
			tried: new Set(),
			isCrowded: true,
			now,
			tieBreak: 0,
		});
	const candidates = accounts.candidates().map(candidate => ({ candidate, out: exclusion(candidate) }));
	// A short rate limit is over before anybody has read the figures.
	const serving = candidates.filter(({ out }) => out === null || out === 'resting').map(({ candidate }) => candidate);
	const spent = candidates.filter(({ out }) => endsByItself(out)).map(({ candidate }) => candidate);
	const shown = least(serving, usedOrFull) ?? least(spent, backAt);
	if (!shown) return undefined;
	const view = accounts.views().find(({ id }) => id === shown.id);
	return {
		plan: view?.plan ?? null,
		isAllowed: serving.length > 0,
		windows: view?.windows.map(window => current(window, now)) ?? [],
	};
}

/** The body of `wham/usage` (protocol §10). `accountId` is what the client calls its own account. */
export function usageReply({ plan, isAllowed, windows }: PoolQuota, accountId: string | null, now: number): unknown {
	const limits = new Map<string, UsageWindow[]>();
	for (const window of windows) limits.set(window.limit, [...(limits.get(window.limit) ?? []), window]);
	const additional = [...limits].filter(([limit]) => limit !== generalLimit);
	return {
		user_id: null,
		account_id: accountId,
		email: null,
		plan_type: plan ?? 'unknown',
		rate_limit: rateLimit(limits.get(generalLimit) ?? [], isAllowed, now),
		code_review_rate_limit: null,
		additional_rate_limits:
			additional.length === 0
				? null
				: additional.map(([limit, ofLimit]) => ({
						limit_name: limit,
						metered_feature: limit,
						rate_limit: rateLimit(ofLimit, !ofLimit.some(isSpent), now),
					})),
		credits: null,
		spend_control: null,
		rate_limit_reached_type: isAllowed ? null : { type: 'rate_limit_reached' },
		rate_limit_reset_credits: { available_count: 0, applicable_available_count: 0 },
		promo: null,
	};
}

function rateLimit(windows: readonly UsageWindow[], isAllowed: boolean, now: number): unknown {
	const [primary, secondary] = [...windows].sort((a, b) => a.durationMinutes - b.durationMinutes);
	const body = (window: UsageWindow | undefined) =>
		window && {
			used_percent: Math.floor(window.usedPercent),
			limit_window_seconds: window.durationMinutes * 60,
			reset_after_seconds: Math.ceil(((window.resetsAt ?? now) - now) / 1000),
			reset_at: Math.ceil((window.resetsAt ?? now) / 1000),
		};
	return {
		allowed: isAllowed,
		limit_reached: !isAllowed,
		primary_window: body(primary) ?? null,
		secondary_window: body(secondary) ?? null,
	};
}

/** A window that has reset since it was told begins anew. */
function current(window: UsageWindow, now: number): UsageWindow {
	const end = now + window.durationMinutes * 60_000;
	if (window.resetsAt === null) return { ...window, resetsAt: end };
	return window.resetsAt > now ? window : { ...window, usedPercent: 0, resetsAt: end };
}

function isSpent({ usedPercent }: UsageWindow): boolean {
	return usedPercent >= 100;
}

/** An account whose figures are not known yet promises nothing. */
function usedOrFull({ usedPercent }: Candidate): number {
	return usedPercent ?? 100;
}

function backAt({ limitedUntil, reservedUntil }: Candidate): number {
	return Math.max(limitedUntil ?? 0, reservedUntil);
}

function least<T>(values: readonly T[], measure: (value: T) => number): T | undefined {
	return values.reduce<T | undefined>(
		(best, value) => (best === undefined || measure(value) < measure(best) ? value : best),
		undefined,
	);
}
