import { quotaFromHeaders } from '../accounts/accountQuota.js';
import type { ForwardContext } from '../forwardRequest.js';
import type { HeaderMap } from '../ports.js';
import { windowsFromHeaders } from '../quota/usageWindows.js';

/** What the provider says of an account with a reply, in its head or in an event that stands for it (protocol §5.4). */
export function learnFromHeaders(
	{ accounts, sessions, clock }: Pick<ForwardContext, 'accounts' | 'sessions' | 'clock'>,
	accountId: string,
	headers: HeaderMap,
): void {
	accounts.recordWindows(accountId, windowsFromHeaders(headers, clock.now()));
	accounts.recordQuota(accountId, quotaFromHeaders(headers, clock.now()));
	const turnState = headers['x-codex-turn-state'];
	if (turnState !== undefined) sessions.issueTurnState(turnState, accountId);
}
