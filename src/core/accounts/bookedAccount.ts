import { noQuota, type AccountQuota, type UsageWindow } from '../../shared/accountApi.js';
import { clockSlackMs } from '../routing/cooldowns.js';
import type { AccountRow, Cooldown } from '../storePort.js';
import type { QuotaHolder } from '../routing/sharedHeadroom.js';

/** An account in memory, with what only matters while the pool runs. */
export interface BookedAccount {
	row: AccountRow;
	windows: UsageWindow[];
	quota: AccountQuota;
	inFlight: number;
	chosenAt: number;
	cooldowns: readonly Cooldown[];
	/** A worse plan that was told once, and is believed when it is told again. */
	doubtedPlan: string | undefined;
	/** Whose usage the provider says it is. */
	holder: QuotaHolder | undefined;
}

export function isLimitedAt({ state, limitedUntil }: AccountRow, now: number): boolean {
	return state === 'limited' && (limitedUntil ?? 0) > now;
}

/** It has got its state at a time that lies ahead, while the clock was wrong: nobody knows how long a limit of it lasts. */
export function isMisdated({ stateSince }: AccountRow, now: number): boolean {
	return stateSince > now + clockSlackMs;
}

/** What the store knows of an account beside its row. */
interface Saved {
	readonly windows?: UsageWindow[] | undefined;
	readonly quota?: AccountQuota | undefined;
	readonly cooldowns?: readonly Cooldown[] | undefined;
}

export function bookedAccount(row: AccountRow, saved: Saved = {}): BookedAccount {
	const { windows = [], quota = noQuota, cooldowns = [] } = saved;
	return {
		row,
		windows,
		quota,
		inFlight: 0,
		chosenAt: row.lastUsedAt ?? 0,
		cooldowns,
		doubtedPlan: undefined,
		holder: undefined,
	};
}
