import type { AccountQuota, Credits, ReachedLimit, SpendLimit } from '../../shared/accountApi.js';
import type { HeaderMap } from '../ports.js';
import { isNewer } from '../quota/knownWindows.js';
import { amountFrom, flagFrom, longestMs, percentFrom, resetFrom } from '../quota/providerFigures.js';
import { resetCreditsFromUsage } from '../quota/resetCredits.js';
import { fieldOf, isObject, textOf } from '../untrusted.js';

/**
 * Reads what the provider tells of an account's quota beside its windows (protocol §10): credits, a workspace's cap, why
 * it stopped, and banked resets. What a reply does not speak of is not in the reading; null is "there is none".
 */
export type QuotaReading = Partial<AccountQuota>;

type Sighting = Pick<Credits, 'source' | 'observedAt'>;

export function quotaFromHeaders(headers: HeaderMap, now: number): QuotaReading {
	const sighting: Sighting = { source: 'header', observedAt: now };
	const credits = creditsOf(
		{
			hasCredits: headers['x-codex-credits-has-credits'],
			unlimited: headers['x-codex-credits-unlimited'],
			balance: headers['x-codex-credits-balance'],
		},
		sighting,
	);
	const reachedLimit = reachedOf(headers['x-codex-rate-limit-reached-type'], sighting);
	return { ...(credits && { credits }), ...(reachedLimit && { reachedLimit }) };
}

/** `event` is the parsed data of a `codex.rate_limits` event. Without credits in it, it says nothing of them. */
export function quotaFromEvent(event: unknown, now: number): QuotaReading {
	const credits = creditsIn(event, { source: 'event', observedAt: now });
	return credits ? { credits } : {};
}

/** `reply` is the parsed body of `GET /wham/usage`, where null is "there is none". */
export function quotaFromUsage(reply: unknown, now: number): QuotaReading {
	const sighting: Sighting = { source: 'poll', observedAt: now };
	const reached = fieldOf(reply, 'rate_limit_reached_type');
	const tells = (name: string): boolean => isObject(reply) && name in reply;
	return {
		...(tells('credits') && { credits: creditsIn(reply, sighting) ?? null }),
		...(tells('spend_control') && { spendLimit: spendLimitIn(reply, sighting) }),
		...(tells('rate_limit_reached_type') && {
			reachedLimit: reachedOf(textOf(reached) ?? fieldOf(reached, 'type'), sighting) ?? null,
		}),
		...(tells('rate_limit_reset_credits') && { resetCredits: resetCreditsFromUsage(reply, now) }),
	};
}

/** When the fresh figures were told, and now. */
interface Times {
	readonly observedAt: number;
	readonly now: number;
}

/**
 * The known quota with newer figures in the place of old ones; the known one itself when nothing has changed but the age
 * of a figure that is young still.
 */
export function mergeQuota(known: AccountQuota, fresh: QuotaReading, times: Times): AccountQuota {
	const merged: AccountQuota = {
		credits: newest(known.credits, fresh.credits, times),
		spendLimit: newest(known.spendLimit, fresh.spendLimit, times),
		reachedLimit: newest(known.reachedLimit, fresh.reachedLimit, times),
		resetCredits: newest(known.resetCredits, withKnownList(fresh.resetCredits, known.resetCredits), times),
	};
	const isSame = (Object.keys(merged) as (keyof AccountQuota)[]).every(name => merged[name] === known[name]);
	return isSame ? known : merged;
}

/** Whether the provider would go on serving with full windows (codex-lb §3). */
export function hasCreditsLeft({ credits }: AccountQuota): boolean {
	return credits !== null && (credits.unlimited === true || credits.hasCredits === true || (credits.balance ?? 0) > 0);
}

/** Whether what had stopped the account beside its windows does not any more: credits were bought, or a cap was lifted. */
export function hasFreshMeans(before: AccountQuota, after: AccountQuota): boolean {
	const isLifted = before.spendLimit?.reached === true && after.spendLimit?.reached !== true;
	return isLifted || (before.credits !== null && !hasCreditsLeft(before) && hasCreditsLeft(after));
}

/** Every reply of a busy minute tells the same; its age is not worth a write each time. */
const repeatedWithinMs = 60_000;

function newest<T extends Sighting>(known: T | null, fresh: T | null | undefined, times: Times): T | null {
	if (fresh === undefined || (known !== null && isNewer(known, times, times.now))) return known;
	if (fresh === null || known === null) return fresh;
	const laterMs = fresh.observedAt - known.observedAt;
	const isRepeated = laterMs >= 0 && laterMs < repeatedWithinMs && saysTheSame(known, fresh);
	return isRepeated ? known : fresh;
}

function saysTheSame<T extends Sighting>(known: T, fresh: T): boolean {
	for (const name in fresh) if (name !== 'observedAt' && fresh[name] !== known[name]) return false;
	return true;
}

/** A poll counts the resets; which they are is asked for apart, and stays known until their number changes. */
function withKnownList(
	fresh: QuotaReading['resetCredits'],
	known: AccountQuota['resetCredits'],
): QuotaReading['resetCredits'] {
	if (!fresh || fresh.listedAt !== null || known?.available !== fresh.available) return fresh;
	return { ...fresh, credits: known.credits, listedAt: known.listedAt };
}

function creditsIn(reply: unknown, sighting: Sighting): Credits | undefined {
	const told = fieldOf(reply, 'credits');
	if (!isObject(told)) return undefined;
	const [hasCredits, unlimited] = [fieldOf(told, 'has_credits'), fieldOf(told, 'unlimited')];
	return creditsOf({ hasCredits, unlimited, balance: fieldOf(told, 'balance') }, sighting);
}

interface ToldCredits {
	readonly hasCredits: unknown;
	readonly unlimited: unknown;
	readonly balance: unknown;
}

function creditsOf(told: ToldCredits, sighting: Sighting): Credits | undefined {
	const hasCredits = flagFrom(told.hasCredits);
	const unlimited = flagFrom(told.unlimited);
	const balance = amountFrom(told.balance);
	if (hasCredits === null && unlimited === null && balance === null) return undefined;
	return { hasCredits, unlimited, balance, ...sighting };
}

function spendLimitIn(reply: unknown, sighting: Sighting): SpendLimit | null {
	const told = fieldOf(reply, 'spend_control');
	const own = fieldOf(told, 'individual_limit');
	const left = percentFrom(fieldOf(own, 'remaining_percent'));
	const limit = {
		reached: flagFrom(fieldOf(told, 'reached')),
		limit: amountFrom(fieldOf(own, 'limit')),
		used: amountFrom(fieldOf(own, 'used')),
		remaining: amountFrom(fieldOf(own, 'remaining')),
		usedPercent: percentFrom(fieldOf(own, 'used_percent')) ?? (left === undefined ? null : 100 - left),
		resetsAt: resetFrom(
			{ atSeconds: fieldOf(own, 'reset_at'), afterSeconds: fieldOf(own, 'reset_after_seconds') },
			sighting.observedAt,
			longestMs,
		),
	};
	// Where nobody has set a cap, nothing is reached either.
	const isSet = limit.reached === true || isObject(own);
	return isSet && Object.values(limit).some(figure => figure !== null) ? { ...limit, ...sighting } : null;
}

/** The provider's word is a code; longer text is none. */
function reachedOf(told: unknown, sighting: Sighting): ReachedLimit | undefined {
	const type = textOf(told)?.trim() ?? '';
	return /^[\w.-]{1,64}$/.test(type) ? { type, ...sighting } : undefined;
}
