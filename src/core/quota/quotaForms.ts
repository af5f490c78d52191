import type { UsageWindow } from '../../shared/accountApi.js';
import { generalLimit } from '../../shared/generalLimit.js';
import type { PoolQuota } from './poolQuota.js';
import type { HeaderMap } from '../ports.js';

/**
 * The forms in which Codex reads a quota (protocol §10). All say the very same figures, in whole per cent and with the
 * shorter window first.
 */

/** What the provider says in JSON may be no header. */
const familyName = /^[a-z0-9_]{1,64}$/;
const headerText = /^[\x21-\x7e](?:[\x20-\x7e]{0,78}[\x21-\x7e])?$/;

/** The body of `wham/usage`. `accountId` is what the client calls its own account. */
export function usageReply(quota: PoolQuota, accountId: string | null, now: number): unknown {
	const [general, ...additional] = limitsOf(quota, now);
	return {
		user_id: null,
		account_id: accountId,
		email: null,
		plan_type: planOf(quota),
		rate_limit: replyLimit(general),
		code_review_rate_limit: null,
		additional_rate_limits:
			additional.length === 0
				? null
				: additional.map(limit => ({
						limit_name: limit.title,
						metered_feature: limit.id,
						rate_limit: replyLimit(limit),
					})),
		credits: null,
		spend_control: null,
		rate_limit_reached_type: quota.isAllowed ? null : { type: 'rate_limit_reached' },
		rate_limit_reset_credits: { available_count: 0, applicable_available_count: 0 },
		promo: null,
	};
}

/** What comes with the head of a reply. */
export function quotaHeaders(quota: PoolQuota, now: number): HeaderMap {
	const headers: Record<string, string> = { 'x-codex-plan-type': planOf(quota) };
	for (const { id, title, primary, secondary } of limitsOf(quota, now)) {
		if (!familyName.test(id)) continue;
		const family = `x-${id.replaceAll('_', '-')}`;
		for (const [slot, window] of Object.entries({ primary, secondary })) {
			if (!window) continue;
			headers[`${family}-${slot}-used-percent`] = String(window.usedPercent);
			headers[`${family}-${slot}-window-minutes`] = String(window.minutes);
			headers[`${family}-${slot}-reset-at`] = String(window.resetAt);
		}
		if (id !== generalLimit && headerText.test(title)) headers[`${family}-limit-name`] = title;
	}
	if (!quota.isAllowed) headers['x-codex-rate-limit-reached-type'] = 'rate_limit_reached';
	return headers;
}

/** The data of a `codex.rate_limits` event. */
export function quotaEvent(quota: PoolQuota, now: number): string {
	const [general, ...additional] = limitsOf(quota, now);
	return JSON.stringify({
		type: 'codex.rate_limits',
		plan_type: planOf(quota),
		rate_limits: eventLimit(general),
		credits: null,
		...(additional.length > 0 && {
			additional_rate_limits: Object.fromEntries(additional.map(limit => [limit.id, eventLimit(limit)])),
		}),
	});
}

interface Limit {
	readonly id: string;
	/** What the provider calls it for people. */
	readonly title: string;
	readonly isAllowed: boolean;
	readonly primary: Slot | undefined;
	readonly secondary: Slot | undefined;
}

/** Times in Unix seconds. */
interface Slot {
	readonly usedPercent: number;
	readonly minutes: number;
	readonly resetAfter: number;
	readonly resetAt: number;
}

/** The general limit first, whether or not anything is known of it. */
function limitsOf({ windows, isAllowed }: PoolQuota, now: number): [Limit, ...Limit[]] {
	const ids = new Set(windows.map(({ limit }) => limit));
	ids.delete(generalLimit);
	const make = (id: string, allowed: boolean): Limit => {
		const ofLimit = windows.filter(({ limit }) => limit === id);
		const [primary, secondary] = ofLimit.sort((a, b) => a.durationMinutes - b.durationMinutes);
		const title = ofLimit.find(({ name }) => name !== undefined)?.name ?? id;
		return { id, title, isAllowed: allowed, primary: slotOf(primary, now), secondary: slotOf(secondary, now) };
	};
	const hasRoom = (id: string): boolean =>
		!windows.some(({ limit, usedPercent }) => limit === id && usedPercent >= 100);
	return [make(generalLimit, isAllowed), ...[...ids].map(id => make(id, hasRoom(id)))];
}

function slotOf(window: UsageWindow | undefined, now: number): Slot | undefined {
	if (!window) return undefined;
	const resetsAt = window.resetsAt ?? now;
	return {
		usedPercent: Math.floor(window.usedPercent),
		minutes: window.durationMinutes,
		resetAfter: Math.ceil((resetsAt - now) / 1000),
		resetAt: Math.ceil(resetsAt / 1000),
	};
}

function replyLimit({ isAllowed, primary, secondary }: Limit): unknown {
	const window = (slot: Slot | undefined) =>
		slot && {
			used_percent: slot.usedPercent,
			limit_window_seconds: slot.minutes * 60,
			reset_after_seconds: slot.resetAfter,
			reset_at: slot.resetAt,
		};
	return {
		allowed: isAllowed,
		limit_reached: !isAllowed,
		primary_window: window(primary) ?? null,
		secondary_window: window(secondary) ?? null,
	};
}

function eventLimit({ isAllowed, primary, secondary }: Limit): unknown {
	const window = (slot: Slot | undefined) =>
		slot && {
			used_percent: slot.usedPercent,
			window_minutes: slot.minutes,
			reset_after_seconds: slot.resetAfter,
			reset_at: slot.resetAt,
		};
	return {
		allowed: isAllowed,
		limit_reached: !isAllowed,
		primary: window(primary) ?? null,
		secondary: window(secondary) ?? null,
	};
}

function planOf({ plan }: PoolQuota): string {
	return plan ?? 'unknown';
}
