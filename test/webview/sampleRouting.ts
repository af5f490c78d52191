import type { AccountView } from '../../src/shared/accountApi.js';
import type { ChoiceRecord, ExplainedRequest, RequestRecord } from '../../src/shared/requestApi.js';
import type { SessionView } from '../../src/shared/sessionApi.js';
import { dayMs, hourMs, minuteMs } from '../../webview/durations.js';
import {
	account,
	clients,
	fiveHours,
	fourAccounts,
	models,
	movedRequest,
	sampleNow,
	sessionId,
	tenAccounts,
	week,
	window,
} from './samplePool.js';

/** How the sample pool routes: explanations, sessions, and more accounts than fit at a glance. */

export const twentyAccounts: readonly AccountView[] = [
	...tenAccounts,
	...Array.from({ length: 10 }, (_, index) =>
		account(`colleague.${index + 1}`, {
			priority: index === 0 ? 1 : index === 1 ? 9 : index === 2 ? 3 : 5,
			reservePercent: index < 2 ? 20 : 0,
			windows: [
				window(fiveHours, (index * 13) % 80, (index + 1) * 20 * minuteMs),
				window(week, (index * 29) % 90, dayMs),
			],
		}),
	),
];

export const spentUnusually: readonly AccountView[] = fourAccounts.map((each, index) => ({
	...each,
	...(index === 0 && { priority: 9, reservePercent: 20 }),
	...(index === 1 && { priority: 1 }),
	...(index === 3 && { priority: 3, reservePercent: 5 }),
}));

function choice(change: Partial<ChoiceRecord>): ChoiceRecord {
	return { reason: 'least_used', accountId: 'ada.lindqvist', considered: [], waitedMs: 0, ...change };
}

const movedChoices: readonly ChoiceRecord[] = [
	choice({
		reason: 'session',
		accountId: 'lab',
		considered: [
			{ accountId: 'ada.lindqvist', score: 43, out: null },
			{ accountId: 'ada.home', score: 71, out: null },
			{ accountId: 'lab', score: 64.4, out: null },
			{ accountId: 'a.very.long.address.that.needs.cutting', score: null, out: 'reserved' },
		],
	}),
	choice({
		reason: 'session_moved',
		accountId: 'ada.home',
		waitedMs: 4_200,
		considered: [
			{ accountId: 'ada.lindqvist', score: null, out: 'busy' },
			{ accountId: 'ada.home', score: 71, out: null },
			{ accountId: 'lab', score: null, out: 'tried' },
			{ accountId: 'a.very.long.address.that.needs.cutting', score: null, out: 'reserved' },
		],
	}),
	choice({
		considered: [
			{ accountId: 'ada.lindqvist', score: 40.5, out: null },
			{ accountId: 'ada.home', score: null, out: 'tried' },
			{ accountId: 'lab', score: null, out: 'tried' },
			{ accountId: 'a.very.long.address.that.needs.cutting', score: null, out: 'reserved' },
		],
	}),
];

/** What the pool tells of a request when it is asked. */
export function explained(request: RequestRecord, accounts: readonly AccountView[]): ExplainedRequest {
	if (request.id === movedRequest.id && accounts.length <= 10) return { ...request, choices: [...movedChoices] };
	const outs = [null, null, 'paused', null, 'limited', null, 'not_selected', null];
	const considered = accounts.map(({ id }, index) => {
		const usual = request.accountId === null ? 'tried' : null;
		const out = id === request.accountId ? null : (outs[index % outs.length] ?? usual);
		return { accountId: id, score: out === null ? ((index * 37) % 90) + 3 : null, out };
	});
	const isServed = request.accountId !== null;
	return {
		...request,
		choices: [choice({ reason: isServed ? 'least_used' : 'none', accountId: request.accountId, considered })],
	};
}

export const sampleSessions: readonly SessionView[] = Array.from({ length: 17 }, (_, index) => ({
	id: sessionId(index),
	accountId: index === 5 ? 'gone' : (fourAccounts[index % 4]?.id ?? ''),
	firstUsedAt: sampleNow - (index + 1) * 5 * hourMs,
	lastUsedAt: sampleNow - index * index * 7 * minuteMs,
	client: index === 6 ? null : (clients[index % clients.length] ?? null),
	model: index === 6 ? null : (models[index % models.length] ?? null),
	turns: 1 + ((index * 17) % 61),
	inputTokens: index === 3 ? 0 : 90_000 + index * 41_000,
	cachedTokens: index === 3 ? 0 : Math.round((90_000 + index * 41_000) * (0.55 + (index % 5) * 0.1)),
	outputTokens: index === 3 ? 0 : 2_100 + index * 900,
	costNanoUsd: index === 3 ? 0 : 140_000_000 + index * 95_000_000,
	unpriced: index === 6 ? 4 : 0,
}));
