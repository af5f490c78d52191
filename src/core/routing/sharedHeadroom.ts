import type { UsageWindow } from '../../shared/accountApi.js';
import type { AccountRow } from '../storePort.js';
import { fieldOf, textOf } from '../untrusted.js';

/** Whose usage the provider's reply speaks of (`user_id` and `account_id` of `wham/usage`). */
export interface QuotaHolder {
	readonly userId: string;
	readonly chatgptAccountId: string;
}

/** An account, and what the provider has said of its usage. */
export interface HeadroomEvidence {
	readonly account: Pick<AccountRow, 'id' | 'userId' | 'chatgptAccountId'>;
	/** Undefined until the provider has said it. */
	readonly holder: QuotaHolder | undefined;
	readonly windows: readonly UsageWindow[];
}

/** The provider rounds, and its replies travel. */
const sameResetMs = 2 * 60_000;

/** Undefined when the reply does not name both: one alone is shared by different quotas. */
export function quotaHolderOf(usageReply: unknown): QuotaHolder | undefined {
	const userId = textOf(fieldOf(usageReply, 'user_id'));
	const chatgptAccountId = textOf(fieldOf(usageReply, 'account_id'));
	return userId && chatgptAccountId ? { userId, chatgptAccountId } : undefined;
}

/**
 * Accounts that spend one and the same quota, as groups of their ids in the order given; most accounts are in none.
 *
 * A quota belongs to a user in a workspace. Older tokens spell the user another way, so one sign-in may stand in the
 * pool twice; the provider's own word for whose usage it reports decides, and the tokens' until it has spoken. The same
 * e-mail, user or workspace alone proves nothing, and figures that contradict each other part what names would join.
 */
export function sharedHeadroom(accounts: readonly HeadroomEvidence[]): string[][] {
	const byHolder = Map.groupBy(accounts, ({ holder, account }) => keyOf(holder ?? account));
	const groups: HeadroomEvidence[][] = [];
	for (const named of byHolder.values()) {
		const joined: HeadroomEvidence[][] = [];
		for (const each of named) {
			const group = joined.find(members => members.every(member => mayBeOne(member.windows, each.windows)));
			if (group) group.push(each);
			else joined.push([each]);
		}
		groups.push(...joined);
	}
	return groups.filter(group => group.length > 1).map(group => group.map(({ account }) => account.id));
}

function keyOf({ userId, chatgptAccountId }: QuotaHolder): string {
	return `${userId}\n${chatgptAccountId.toLowerCase()}`;
}

function mayBeOne(a: readonly UsageWindow[], b: readonly UsageWindow[]): boolean {
	return !a.some(window => b.some(other => contradicts(window, other)));
}

/** A window in use has one reset. Until then whoever looks sees that one; after it a new window has begun. */
function contradicts(a: UsageWindow, b: UsageWindow): boolean {
	if (a.limit !== b.limit || a.durationMinutes !== b.durationMinutes) return false;
	if (a.resetsAt === null || b.resetsAt === null || a.usedPercent === 0 || b.usedPercent === 0) return false;
	const isSamePeriod = Math.max(a.observedAt, b.observedAt) < Math.min(a.resetsAt, b.resetsAt);
	return isSamePeriod && Math.abs(a.resetsAt - b.resetsAt) > sameResetMs;
}
