import type { AccountView } from '../../src/shared/accountApi.js';
import type { PanelState } from '../../src/shared/panelMessages.js';
import { noUsage } from '../../src/shared/noUsage.js';
import { account, fourAccounts, panel, pool, tenAccounts } from './samplePool.js';

/** One account in every state. */
export const needyAccounts: readonly AccountView[] = [
	...fourAccounts.slice(0, 3),
	...tenAccounts.filter(({ state, selected }) => state === 'needs_sign_in' || state === 'paused' || !selected),
	account('closed', { name: 'Closed', state: 'disabled', stateReason: 'account_deactivated' }),
];

const limited = fourAccounts.map(account => ({
	...account,
	state: 'limited' as const,
	limitedUntil: (account.windows[0]?.resetsAt ?? 0) + 60_000,
	windows: account.windows.map(window => ({ ...window, usedPercent: 100 })),
}));

/** The states of the pool that the panel is designed for, apart from the usual one. */
export const panelStates: Readonly<Record<string, PanelState>> = {
	starting: panel({ connection: 'starting', pool: null }),
	offline: panel({
		connection: 'offline',
		pool: null,
		problem: 'Port 2456 is used by another program. Choose another port in the settings, or close it and try again.',
	}),
	lost: panel({ connection: 'offline', problem: 'The window that runs the pool does not answer.' }),
	welcome: panel({ pool: pool({ accounts: [], recentRequests: [] }), codexConfigured: false }),
	follower: panel({ connection: 'follower', codexConfigured: false }),
	off: panel({ pool: pool({ enabled: false }) }),
	resting: panel({ pool: pool({ accounts: limited }) }),
	unused: panel({
		pool: pool({
			accounts: fourAccounts.slice(0, 1).map(account => ({ ...account, windows: [], inFlight: 0, lastUsedAt: null })),
			recentRequests: [],
			totals: { today: noUsage, allTime: noUsage },
		}),
		codexConfigured: false,
	}),
};
