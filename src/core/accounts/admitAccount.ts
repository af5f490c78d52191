import { normalPriority } from '../../shared/accountApi.js';
import type { AccountBook } from './accountBook.js';
import type { Identity } from './identity.js';
import type { TokenSet } from '../issuerPort.js';
import type { Clock, Log } from '../ports.js';
import type { TokenKeeper } from '../tokens/tokenKeeper.js';
import type { UsagePoller } from '../quota/usagePoller.js';

interface Admission {
	readonly accounts: AccountBook;
	readonly tokens: TokenKeeper;
	readonly usage: UsagePoller;
	readonly clock: Clock;
	readonly log: Log;
}

/** Adds an account, or renews the tokens of one that is there: its history, name and what the user decided stay. */
export async function admitAccount(parts: Admission, identity: Identity, fresh: TokenSet): Promise<void> {
	const { accounts, tokens, clock, log, usage } = parts;
	const generation = await tokens.store(identity.accountId, identity.chatgptAccountId, fresh);
	const now = clock.now();
	const known = accounts.find(identity.accountId);
	accounts.put({
		id: identity.accountId,
		userId: identity.userId,
		chatgptAccountId: identity.chatgptAccountId,
		email: identity.email ?? known?.email ?? null,
		name: known?.name ?? null,
		plan: identity.plan ?? known?.plan ?? null,
		state: known?.state === 'paused' ? 'paused' : 'active',
		stateReason: null,
		stateSince: now,
		limitedUntil: known?.limitedUntil ?? null,
		selected: known?.selected ?? true,
		priority: known?.priority ?? normalPriority,
		reservePercent: known?.reservePercent ?? 0,
		position: known?.position ?? Math.max(-1, ...accounts.rows().map(row => row.position)) + 1,
		addedAt: known?.addedAt ?? now,
		lastUsedAt: known?.lastUsedAt ?? null,
		generation,
		refreshedAt: now,
	});
	// A new sign-in gives no new quota.
	accounts.resume(identity.accountId, ['active']);
	log.info(known ? 'account renewed' : 'account added', { accountId: identity.accountId });
	usage.refreshSoon(identity.accountId);
}
