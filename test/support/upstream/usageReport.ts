import type { SimulatedAccount } from './accounts.js';
import type { JsonObject } from './json.js';
import { spentWindow, type SimulatedLimit, type SpendControl, type UsageModel } from './usage.js';
import type { SimulatedWindow } from './usageWindow.js';

export type HeaderList = Record<string, string>;

/** The `x-codex-*` families that come with every answer. */
export function usageHeaders(account: SimulatedAccount, model: string): HeaderList {
	const { usage } = account;
	const headers: HeaderList = {
		'x-codex-plan-type': account.plan,
		'x-codex-active-limit': usage.limitFor(model).id,
		...limitHeaders(usage, usage.general),
		'x-codex-primary-over-secondary-limit-percent': '0',
		'x-codex-credits-has-credits': writeBoolean(usage, usage.credits.hasCredits),
		'x-codex-credits-unlimited': writeBoolean(usage, usage.credits.unlimited),
		'x-codex-credits-balance': usage.credits.balance,
	};
	for (const limit of usage.additional) Object.assign(headers, limitHeaders(usage, limit));
	return headers;
}

function limitHeaders(usage: UsageModel, limit: SimulatedLimit): HeaderList {
	const prefix = `x-${limit.id.replaceAll('_', '-')}`;
	const [primary, secondary] = limit.windows;
	return {
		...windowHeaders(usage, `${prefix}-primary`, primary),
		...windowHeaders(usage, `${prefix}-secondary`, secondary),
		...(limit.name === undefined ? {} : { [`${prefix}-limit-name`]: limit.name }),
	};
}

function windowHeaders(usage: UsageModel, prefix: string, window: SimulatedWindow | undefined): HeaderList {
	if (window) {
		return {
			[`${prefix}-used-percent`]: String(window.usedPercent),
			[`${prefix}-window-minutes`]: String(window.minutes),
			[`${prefix}-reset-at`]: String(window.resetAtSeconds),
			[`${prefix}-reset-after-seconds`]: String(window.resetAfterSeconds),
		};
	}
	if (usage.missingSecondary === 'absent') return {};
	return {
		[`${prefix}-used-percent`]: '0',
		[`${prefix}-window-minutes`]: '0',
		[`${prefix}-reset-at`]: '',
		[`${prefix}-reset-after-seconds`]: '0',
	};
}

function writeBoolean(usage: UsageModel, value: boolean): string {
	const text = String(value);
	return usage.booleans === 'lower' ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** The body of `GET wham/usage`. */
export function usageBody(account: SimulatedAccount): JsonObject {
	const { usage } = account;
	const { credits, spendControl } = usage;
	const isSpent = spentWindow(usage.general) !== undefined;
	return {
		user_id: account.userId,
		account_id: account.chatgptAccountId,
		email: account.email,
		plan_type: account.plan,
		rate_limit: limitBody(usage.general, usage.blockedBy('') === undefined),
		code_review_rate_limit: null,
		additional_rate_limits:
			usage.additional.length === 0
				? null
				: usage.additional.map(limit => ({
						limit_name: limit.name,
						metered_feature: limit.id,
						rate_limit: limitBody(limit, spentWindow(limit) === undefined),
					})),
		credits: { has_credits: credits.hasCredits, unlimited: credits.unlimited, balance: credits.balance },
		spend_control: spendControl ? spendBody(spendControl, usage.general.windows.at(-1)) : null,
		rate_limit_reached_type: spendControl?.reached
			? { type: 'workspace_member_usage_limit_reached' }
			: isSpent
				? { type: 'rate_limit_reached' }
				: null,
		rate_limit_reset_credits: {
			available_count: usage.resetCredits.count,
			applicable_available_count: usage.general.windows.some(each => each.usedPercent > 0)
				? usage.resetCredits.count
				: 0,
		},
		promo: null,
	};
}

/** Amounts are texts. */
function spendBody({ limit, used, reached }: SpendControl, window: SimulatedWindow | undefined): JsonObject {
	const usedPercent = Math.min(100, Math.floor((Number(used) / Number(limit)) * 100));
	return {
		reached,
		individual_limit: {
			source: 'workspace',
			limit,
			used,
			remaining: String(Number(limit) - Number(used)),
			used_percent: usedPercent,
			remaining_percent: 100 - usedPercent,
			reset_after_seconds: window?.resetAfterSeconds ?? null,
			reset_at: window?.resetAtSeconds ?? null,
		},
	};
}

function limitBody(limit: SimulatedLimit, allowed: boolean): JsonObject {
	const [primary, secondary] = limit.windows;
	return {
		allowed,
		limit_reached: spentWindow(limit) !== undefined,
		primary_window: windowBody(primary),
		secondary_window: windowBody(secondary),
	};
}

function windowBody(window: SimulatedWindow | undefined): JsonObject | null {
	if (!window) return null;
	return {
		used_percent: window.usedPercent,
		limit_window_seconds: window.minutes * 60,
		reset_after_seconds: window.resetAfterSeconds,
		reset_at: window.resetAtSeconds,
	};
}

/** The `codex.rate_limits` event that the provider mixes into its streams. */
export function usageEvent(account: SimulatedAccount, model: string): JsonObject {
	const { usage } = account;
	const limit = usage.limitFor(model);
	const [primary, secondary] = limit.windows;
	return {
		type: 'codex.rate_limits',
		plan_type: account.plan,
		rate_limits: {
			allowed: usage.blockedBy(model) === undefined,
			limit_reached: spentWindow(limit) !== undefined,
			primary: windowEvent(primary),
			secondary: windowEvent(secondary),
		},
		credits: {
			has_credits: usage.credits.hasCredits,
			unlimited: usage.credits.unlimited,
			balance: usage.credits.balance,
		},
		...(limit === usage.general ? {} : { metered_limit_name: limit.id, limit_name: limit.name }),
	};
}

function windowEvent(window: SimulatedWindow | undefined): JsonObject | null {
	if (!window) return null;
	return {
		used_percent: window.usedPercent,
		window_minutes: window.minutes,
		reset_after_seconds: window.resetAfterSeconds,
		reset_at: window.resetAtSeconds,
	};
}

/** The 429 for a request this account may not make now, or undefined when it may. */
export function usageRefusal(
	account: SimulatedAccount,
	model: string,
): { readonly headers: HeaderList; readonly body: JsonObject } | undefined {
	const blocked = account.usage.blockedBy(model);
	if (blocked === undefined) return undefined;
	const window = blocked === 'spend_control' ? account.usage.general.windows[0] : blocked;
	const headers = usageHeaders(account, model);
	if (blocked === 'spend_control') {
		headers['x-codex-rate-limit-reached-type'] = 'workspace_member_usage_limit_reached';
	}
	return {
		headers,
		body: {
			error: {
				type: 'usage_limit_reached',
				message: 'The usage limit has been reached',
				plan_type: account.plan,
				resets_at: window?.resetAtSeconds ?? null,
				eligible_promo: null,
				resets_in_seconds: window?.resetAfterSeconds ?? null,
				limit_window_minutes: window?.minutes ?? null,
			},
		},
	};
}
