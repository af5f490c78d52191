import type { Routing } from '../../shared/routingApi.js';
import type { UsageWindow } from '../../shared/accountApi.js';
import type { AccountBook } from '../accounts/accountBook.js';
import type { KeyAccounts } from '../keys/keyAccounts.js';
import type { Candidate } from '../routing/chooseAccount.js';
import { endsByItself, exclusionOf } from '../routing/eligibility.js';

/**
 * The pool's quota as one account's, for clients that know no pool: **what the next new session may expect**. That is the
 * account with the most headroom of those that can serve, with all its windows. A sum or an average would promise what
 * no account can give. When nobody can serve, it is the account that comes back first, as spent.
 *
 * A client is told this everywhere: in `wham/usage`, with the headers of every reply, in `codex.rate_limits` events.
 * Codex keeps one picture and overwrites it with whatever came last, so a second rule for running sessions, such as the
 * figures of the account that serves them, would make its status and its warnings contradict each other. It would also
 * warn for nothing: a session whose account runs out goes on with the very account that is shown here.
 */
export interface PoolQuota {
	readonly plan: string | null;
	readonly isAllowed: boolean;
	readonly windows: readonly UsageWindow[];
}

/** Of the accounts of a key. Undefined without one that serves now or later by itself. */
export function poolQuota(
	accounts: AccountBook,
	{ routing, keyAccounts, now }: { readonly routing: Routing; readonly keyAccounts: KeyAccounts; readonly now: number },
): PoolQuota | undefined {
	const exclusion = (candidate: Candidate) =>
		exclusionOf(candidate, {
			routing,
			model: null,
			lacksModel: () => false,
			keyAccounts,
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

/** A window that has reset since it was told begins anew. */
function current(window: UsageWindow, now: number): UsageWindow {
	const end = now + window.durationMinutes * 60_000;
	if (window.resetsAt === null) return { ...window, resetsAt: end };
	return window.resetsAt > now ? window : { ...window, usedPercent: 0, resetsAt: end };
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
