import { reservedUntil } from '../../shared/windowEnds.js';
import type { BookedAccount } from '../accounts/bookedAccount.js';
import type { Candidate } from './chooseAccount.js';
import { longestReset, tightestPercent } from '../quota/knownWindows.js';
import { planCapacity } from './planCapacity.js';

/**
 * The account as choosing sees it. Full windows only rank it last: whether credits or anything else carry it further is
 * the provider's to say, with its answer.
 */
export function accountCandidate(account: BookedAccount, now: number): Candidate {
	const { row, windows, inFlight, chosenAt, cooldowns } = account;
	return {
		id: row.id,
		selected: row.selected,
		state: row.state,
		limitedUntil: row.limitedUntil,
		priority: row.priority,
		capacity: planCapacity(row.plan),
		usedPercent: tightestPercent(windows, now),
		resetsAt: longestReset(windows, now),
		reservedUntil: row.reservePercent === 0 ? 0 : reservedUntil(windows, row.reservePercent, now),
		inFlight,
		chosenAt,
		cooldowns,
	};
}
