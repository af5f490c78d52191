import type { AccountView } from '../src/shared/accountApi.js';
import { paragraph } from '../src/shared/paragraph.js';
import { text } from './text.js';

/** Whether and how an account is spent other than usually. */
export interface SpendingBadge {
	readonly word: string;
	readonly title: string;
}

/** As the contract has it; a test holds the two equal, and the contract's validators stay out of the page. */
export const usualPriority = 5;
export const highestReserve = 90;

export const priorities = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** `1, burn first`, `4`. */
export function priorityName(priority: number): string {
	return text.priorities[priority] ?? String(priority);
}

/** None for an account that is spent like any other. */
export function accountBadges({ priority, reservePercent, resetCredits }: AccountView): readonly SpendingBadge[] {
	const badges: SpendingBadge[] = [];
	if (priority !== usualPriority) {
		const word = text.priorityBadges[priority] ?? text.priorityBadge(priority);
		badges.push({ word, title: paragraph([text.priorityTitle(priorityName(priority)), text.priorityHint]) });
	}
	if (reservePercent > 0) {
		badges.push({ word: text.reserveBadge(reservePercent), title: text.reserveTitle(reservePercent) });
	}
	if (resetCredits && resetCredits.available > 0) {
		badges.push({
			word: text.resetsBadge(resetCredits.available),
			title: text.resetsTitle(resetCredits.available, ''),
		});
	}
	return badges;
}
