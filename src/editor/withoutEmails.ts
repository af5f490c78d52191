import type { PanelState } from '../shared/panelMessages.js';

/** What may be shown while others look at the screen: names that the user gave stay. */
export function withoutEmails(state: PanelState): PanelState {
	if (!state.hideEmails || state.pool === null) return state;
	const accounts = state.pool.accounts.map(account => ({ ...account, email: null }));
	return { ...state, pool: { ...state.pool, accounts } };
}
