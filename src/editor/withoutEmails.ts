import { coverEmails } from '../shared/coverEmails.js';
import type { PanelState } from '../shared/panelMessages.js';

/** What may be shown while others look at the screen: names that the user gave stay. */
export function withoutEmails(state: PanelState): PanelState {
	const { hideEmails, pool, problem } = state;
	if (!hideEmails) return state;
	return {
		...state,
		problem: problem === null ? null : coverEmails(problem),
		pool: pool && { ...pool, accounts: pool.accounts.map(account => ({ ...account, email: null })) },
	};
}
