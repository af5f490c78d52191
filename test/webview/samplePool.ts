import { noQuota, type AccountView, type UsageWindow } from '../../src/shared/accountApi.js';
import type { KeyView } from '../../src/shared/keyApi.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import type { RequestRecord } from '../../src/shared/requestApi.js';
import type { PanelState } from '../../src/shared/panelMessages.js';
import { dayMs, hourMs, minuteMs } from '../../webview/durations.js';

/** A believable pool at a fixed moment. */

export const sampleNow = Date.UTC(2026, 10, 19, 14, 20);

export const fiveHours = 300;
export const week = 10_080;

export function window(durationMinutes: number, usedPercent: number, resetsInMs: number | null): UsageWindow {
	return {
		limit: 'codex',
		durationMinutes,
		usedPercent,
		resetsAt: resetsInMs === null ? null : sampleNow + resetsInMs,
		source: 'header',
		observedAt: sampleNow - 2 * minuteMs,
	};
}

export function account(id: string, change: Partial<AccountView> = {}): AccountView {
	return {
		id,
		name: null,
		email: `${id}@example.com`,
		plan: 'plus',
		state: 'active',
		stateReason: null,
		stateSince: sampleNow - 3 * dayMs,
		limitedUntil: null,
		selected: true,
		priority: 5,
		reservePercent: 0,
		windows: [],
		...noQuota,
		sharesWith: [],
		inFlight: 0,
		addedAt: sampleNow - 40 * dayMs,
		lastUsedAt: sampleNow - 2 * minuteMs,
		...change,
	};
}

const sighted = { source: 'poll', observedAt: sampleNow - 4 * minuteMs } as const;

export const fourAccounts: readonly AccountView[] = [
	account('ada.lindqvist', {
		name: 'Work',
		plan: 'pro',
		inFlight: 2,
		credits: { hasCredits: true, unlimited: false, balance: 1_250, ...sighted },
		spendLimit: {
			reached: false,
			limit: 25_000,
			used: 8_000,
			remaining: 17_000,
			usedPercent: 32,
			resetsAt: sampleNow + 11 * dayMs,
			...sighted,
		},
		resetCredits: { available: 2, applicable: 1, credits: [], listedAt: null, ...sighted },
		windows: [window(fiveHours, 38, 3 * hourMs + 53 * minuteMs), window(week, 22, 4 * dayMs + 6 * hourMs)],
	}),
	account('ada.home', {
		name: 'Private',
		windows: [
			window(fiveHours, 71, 72 * minuteMs),
			{ ...window(week, 91, 2 * dayMs), source: 'poll', observedAt: sampleNow - 14 * minuteMs },
			{ ...window(week, 12, 5 * dayMs), limit: 'gpt-5.3-codex-spark', source: 'event' },
		],
	}),
	account('lab', {
		plan: 'business',
		state: 'limited',
		stateReason: 'usage_limit_reached',
		stateSince: sampleNow - 50 * minuteMs,
		limitedUntil: sampleNow + 2 * hourMs + 5 * minuteMs,
		windows: [window(fiveHours, 100, 2 * hourMs + 5 * minuteMs), window(week, 64, 3 * dayMs)],
	}),
	account('a.very.long.address.that.needs.cutting', {
		name: 'Spare',
		windows: [
			{ ...window(fiveHours, 4, 4 * hourMs + 40 * minuteMs), source: 'poll', observedAt: sampleNow - hourMs },
			{ ...window(week, 31, 6 * dayMs), source: 'poll', observedAt: sampleNow - hourMs },
		],
	}),
];

const moreNames = ['Team A', 'Team B', 'Night runs', 'Reviews', 'Old laptop', 'Trial'];

export const tenAccounts: readonly AccountView[] = [
	...fourAccounts,
	...moreNames.map((name, index) =>
		account(`member.${index + 1}`, {
			name,
			plan: index % 2 === 0 ? 'plus' : 'team',
			state: name === 'Old laptop' ? 'needs_sign_in' : name === 'Trial' ? 'paused' : 'active',
			stateReason: name === 'Old laptop' ? 'refresh_token_expired' : null,
			selected: name !== 'Reviews',
			windows:
				name === 'Trial'
					? []
					: [
							window(fiveHours, (index * 23 + 9) % 90, (index * 41 + 30) * minuteMs),
							window(week, (index * 17 + 40) % 95, (index + 1) * dayMs),
						],
		}),
	),
];

/** Of one of a few sessions. */
export function sessionId(index: number): string {
	return `${(index * 2_654_435_761).toString(16).padStart(8, '7').slice(-8)}c0ffee`;
}

export const clients = ['codex_cli_rs', 'codex_vscode', 'opencode', 'openai-node'];
export const models = ['gpt-5.3-codex', 'gpt-5.3-codex', 'gpt-5.3', 'gpt-5.3-codex-spark'];

export function request(index: number, change: Partial<RequestRecord> = {}): RequestRecord {
	const accountId = fourAccounts[index % 2 === 0 ? 0 : 3]?.id ?? null;
	const totalMs = 2_300 + ((index * 7_919) % 48_000);
	return {
		id: `request-${index}`,
		startedAt: sampleNow - index * index * 41_000 - 20_000,
		accountId,
		keyId: 'default',
		sessionId: sessionId(index % 5),
		route: '/backend-api/codex/responses',
		client: clients[index % clients.length] ?? null,
		model: models[index % models.length] ?? null,
		alias: null,
		effort: index % 3 === 0 ? 'high' : 'medium',
		tier: null,
		transport: index % 2 === 0 ? 'websocket' : 'http',
		status: 200,
		outcome: 'succeeded',
		error: null,
		inputTokens: 18_400 + index * 9_770,
		cachedTokens: Math.floor((18_400 + index * 9_770) * 0.93),
		outputTokens: 640 + index * 83,
		reasoningTokens: 320 + index * 11,
		costNanoUsd: 6_300_000 + index * 2_900_000,
		firstByteMs: 410 + ((index * 331) % 1_900),
		totalMs,
		attempts: [{ accountId: accountId ?? '', verdict: 'succeeded', status: 200, ms: totalMs }],
		...change,
	};
}

export const movedRequest = request(2, {
	accountId: 'ada.lindqvist',
	totalMs: 9_900,
	attempts: [
		{ accountId: 'lab', verdict: 'quota', status: 429, ms: 380 },
		{ accountId: 'ada.home', verdict: 'overload', status: 503, ms: 1_240 },
		{ accountId: 'ada.lindqvist', verdict: 'succeeded', status: 200, ms: 8_270 },
	],
});

export const failedRequest = request(4, {
	accountId: null,
	status: 429,
	outcome: 'failed',
	error: 'usage_limit_reached',
	inputTokens: null,
	cachedTokens: null,
	outputTokens: null,
	reasoningTokens: null,
	costNanoUsd: null,
	firstByteMs: null,
	totalMs: 912,
	attempts: [
		{ accountId: 'lab', verdict: 'quota', status: 429, ms: 402 },
		{ accountId: 'ada.home', verdict: 'overload', status: null, ms: 510 },
	],
});

const sampleRequests: readonly RequestRecord[] = Array.from({ length: 50 }, (_, index) => {
	if (index === 2) return movedRequest;
	if (index === 4) return failedRequest;
	if (index === 7) return request(7, { outcome: 'cancelled', status: 499, outputTokens: null, error: null });
	return request(index);
});

function key(id: string, name: string, change: Partial<KeyView> = {}): KeyView {
	return {
		id,
		name,
		prefix: 'cpk_8fK2',
		isDefault: false,
		createdAt: sampleNow - 30 * dayMs,
		lastUsedAt: sampleNow - hourMs,
		models: null,
		accountIds: null,
		budget: null,
		...change,
	};
}

const midnight = sampleNow + 9 * hourMs + 40 * minuteMs;

export const sampleKeys: readonly KeyView[] = [
	key('default', 'Default', { isDefault: true, lastUsedAt: sampleNow }),
	key('build', 'Build server', {
		prefix: 'cpk_Qm71',
		models: ['gpt-5.3-codex', 'cheap'],
		budget: { tokens: 2_000_000, per: 'day', used: 1_240_310, resetsAt: midnight },
	}),
	key('night', 'Night runs', {
		prefix: null,
		accountIds: ['ada.home', 'gone'],
		budget: { tokens: 500_000, per: 'week', used: 500_000, resetsAt: midnight + 3 * dayMs },
		lastUsedAt: null,
	}),
];

const totals = {
	requests: 1_284,
	failed: 11,
	inputTokens: 38_900_000,
	cachedTokens: 36_100_000,
	outputTokens: 2_310_000,
	reasoningTokens: 1_120_000,
	costNanoUsd: 31_400_000_000,
	unpriced: 3,
};

export function pool(change: Partial<PoolState> = {}): PoolState {
	return {
		revision: 41,
		modelsRevision: 3,
		owner: {
			pid: 4_242,
			launcher: 'editor',
			version: '0.1.0',
			port: 2_456,
			startedAt: sampleNow - 5 * hourMs,
			baseUrl: 'http://127.0.0.1:2456',
			codexBaseUrl: 'http://127.0.0.1:2456/backend-api/codex',
			openaiBaseUrl: 'http://127.0.0.1:2456/v1',
		},
		enabled: true,
		routing: { strategy: 'least_used', singleAccountId: null, inFlightLimit: 0, holdMinutes: 0 },
		accounts: [...fourAccounts],
		forecast: { pool: null, windows: [] },
		inFlight: 2,
		totals: { today: totals, allTime: totals },
		recentRequests: [...sampleRequests],
		notices: [],
		...change,
	};
}

export function panel(change: Partial<PanelState> = {}): PanelState {
	return {
		connection: 'owner',
		problem: null,
		pool: pool(),
		codexConfigured: true,
		openCodeConfigured: false,
		hideEmails: false,
		...change,
	};
}
