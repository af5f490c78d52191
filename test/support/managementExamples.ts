import { noQuota, type AccountView } from '../../src/shared/accountApi.js';
import type { KeyView } from '../../src/shared/keyApi.js';
import type { ExplainedRequest } from '../../src/shared/requestApi.js';
import type { PanelState } from '../../src/shared/panelMessages.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import type { SessionView } from '../../src/shared/sessionApi.js';
import { noUsage } from '../../src/shared/noUsage.js';
import type { UsageTotals } from '../../src/shared/usageApi.js';
import type { ModelView } from '../../src/shared/modelApi.js';

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
		priority: 5,
		reservePercent: 0,
		windows: [
			{ limit: 'codex', durationMinutes: 300, usedPercent: 42, resetsAt: null, source: 'header', observedAt: 1_000 },
			{ limit: 'codex', durationMinutes: 10_080, usedPercent: 7, resetsAt: null, source: 'poll', observedAt: 1_000 },
		],
		...noQuota,
		sharesWith: [],
		inFlight: 1,
		addedAt: 1_000,
		lastUsedAt: null,
		...changes,
	};
}

export function usageTotals(changes: Partial<UsageTotals> = {}): UsageTotals {
	return { ...noUsage, ...changes };
}

export function sessionView(changes: Partial<SessionView> = {}): SessionView {
	return {
		id: 'session-1',
		accountId: 'account-1',
		firstUsedAt: 1_000,
		lastUsedAt: 2_000,
		client: 'codex_exec',
		model: 'gpt-5.5',
		turns: 3,
		inputTokens: 2_000,
		cachedTokens: 1_500,
		outputTokens: 150,
		costNanoUsd: 3_750_000,
		unpriced: 0,
		...changes,
	};
}

export function poolState(port: number, changes: Partial<PoolState> = {}): PoolState {
	const baseUrl = `http://127.0.0.1:${port}`;
	return {
		revision: 1,
		modelsRevision: 0,
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
		routing: { strategy: 'least_used', singleAccountId: null, inFlightLimit: 16, holdMinutes: 0 },
		accounts: [accountView()],
		forecast: { pool: null, windows: [] },
		inFlight: 1,
		totals: {
			today: usageTotals({ requests: 1, inputTokens: 1_200, outputTokens: 34 }),
			allTime: usageTotals({ requests: 1_234, failed: 2, inputTokens: 5_000_000 }),
		},
		recentRequests: [],
		notices: [],
		...changes,
	};
}

/** What a window knows of its pool. */
export function panelState(changes: Partial<PanelState> = {}): PanelState {
	return {
		connection: 'owner',
		problem: null,
		pool: null,
		codexConfigured: null,
		openCodeConfigured: null,
		hideEmails: false,
		...changes,
	};
}

/** A turn that left its spent session account for another. */
export function explainedRequest(changes: Partial<ExplainedRequest> = {}): ExplainedRequest {
	return {
		id: 'req_run1',
		startedAt: 1_000,
		accountId: 'account-1',
		keyId: 'key-1',
		sessionId: 'session-1',
		route: '/backend-api/codex/responses',
		client: 'codex_exec',
		model: 'gpt-5.5',
		alias: null,
		effort: 'high',
		tier: null,
		transport: 'http',
		status: 200,
		outcome: 'succeeded',
		error: null,
		inputTokens: 1_000,
		cachedTokens: 800,
		outputTokens: 50,
		reasoningTokens: 20,
		costNanoUsd: 1_250_000,
		firstByteMs: 640,
		totalMs: 5_200,
		attempts: [
			{ accountId: 'account-2', verdict: 'quota', status: 429, ms: 120 },
			{ accountId: 'account-1', verdict: 'succeeded', status: 200, ms: 5_060 },
		],
		choices: [
			{
				reason: 'session',
				accountId: 'account-2',
				considered: [
					{ accountId: 'account-2', score: 99, out: null },
					{ accountId: 'account-1', score: 42.5, out: null },
				],
				waitedMs: 0,
			},
			{
				reason: 'least_used',
				accountId: 'account-1',
				considered: [
					{ accountId: 'account-2', score: null, out: 'tried' },
					{ accountId: 'account-1', score: 42.5, out: null },
				],
				waitedMs: 1_500,
			},
		],
		...changes,
	};
}

export function keyView(changes: Partial<KeyView> = {}): KeyView {
	return {
		id: 'key-1',
		name: 'Default',
		prefix: 'cpk_abcd',
		isDefault: true,
		createdAt: 1_000,
		lastUsedAt: null,
		models: null,
		accountIds: null,
		budget: null,
		...changes,
	};
}

export function modelView(changes: Partial<ModelView> = {}): ModelView {
	return {
		name: 'gpt-5.5',
		displayName: 'GPT-5.5',
		kind: 'model',
		exposed: true,
		inPicker: true,
		model: 'gpt-5.5',
		effort: null,
		tier: null,
		verbosity: null,
		efforts: ['low', 'medium', 'high'],
		tiers: ['priority'],
		contextWindow: { tokens: 272_000, inputTokens: 258_400 },
		takesImages: true,
		accountIds: [],
		...changes,
	};
}
