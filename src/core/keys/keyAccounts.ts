import type { RequestFacts } from '../request/readRequest.js';
import { sessionIdOf } from '../routing/sessionTable.js';
import type { PoolKey } from './poolKeys.js';

/** The accounts that may serve requests with a key; null for all. */
export type KeyAccounts = PoolKey['accountIds'];

const none: ReadonlySet<string> = new Set();

/** A key that has been revoked meanwhile has none left, whatever it had. */
export function accountsOf(key: PoolKey | undefined): KeyAccounts {
	return key ? key.accountIds : none;
}

/**
 * Two programs may call their sessions the same. Where their keys lead to different accounts, each would move the other's
 * session away with every turn: the sessions of a key with accounts of its own are its own too.
 */
export function withOwnSession<F extends RequestFacts>(facts: F, key: PoolKey | undefined): F {
	if (!key?.accountIds) return facts;
	const own = (id: string): string => sessionIdOf(`${key.id} ${id}`);
	const { sessionId, openingId } = facts;
	return {
		...facts,
		...(sessionId !== undefined && { sessionId: own(sessionId) }),
		...(openingId !== undefined && { openingId: own(openingId) }),
	};
}
