import type { AccountView, PoolState, UsageTotals } from '../../src/shared/managementApi.js';

/** Views of the management API with every field set, for tests to vary. */

export function accountView(changes: Partial<AccountView> = {}): AccountView {
	return {
		id: 'account-1',
		name: null,
		email: 'ada@example.com',
		plan: 'plus',
		state: 'active',
		stateReason: null,
		stateSince: 1_000,
		limitedUntil: null,
		selected: true,
		windows: [
			{ limit: 'codex', durationMinutes: 300, usedPercent: 42, resetsAt: null, source: 'header', observedAt: 1_000 },
			{ limit: 'codex', durationMinutes: 10_080, usedPercent: 7, resetsAt: null, source: 'poll', observedAt: 1_000 },
		],
		inFlight: 1,
		addedAt: 1_000,
		lastUsedAt: null,
		...changes,
	};
}

export function usageTotals(changes: Partial<UsageTotals> = {}): UsageTotals {
	return {
		requests: 0,
		failed: 0,
		inputTokens: 0,
		cachedTokens: 0,
		outputTokens: 0,
		reasoningTokens: 0,
		...changes,
	};
}

export function poolState(port: number, changes: Partial<PoolState> = {}): PoolState {
	const baseUrl = `http://127.0.0.1:${port}`;
	return {
		revision: 1,
		owner: {
			pid: process.pid,
			launcher: 'cli',
			version: '1.2.3',
			port,
			startedAt: 1_000,
			baseUrl,
			codexBaseUrl: `${baseUrl}/backend-api/codex`,
			openaiBaseUrl: `${baseUrl}/v1`,
		},
		enabled: true,
		strategy: 'least_used',
		accounts: [accountView()],
		inFlight: 1,
		totals: {
			today: usageTotals({ requests: 1, inputTokens: 1_200, outputTokens: 34 }),
			allTime: usageTotals({ requests: 1_234, failed: 2, inputTokens: 5_000_000 }),
		},
		recentRequests: [],
		...changes,
	};
}
