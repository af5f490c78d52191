import type { AccountView } from '../src/shared/accountApi.js';
import type { AttemptRecord, RequestRecord } from '../src/shared/requestApi.js';
import { explainVerdict } from '../src/shared/routingWords.js';
import { errorName, nameOf, wordsOf, type Status } from './accountStatus.js';
import { text } from './text.js';

/** Why a request went where it went, in words. */
export interface AttemptStep {
	readonly account: string;
	readonly verdict: string;
	readonly isAnswer: boolean;
	readonly status: number | null;
	readonly ms: number;
	/** Where it began and how much of the request it took, for the bar; per cent of the total. */
	readonly beginsPercent: number;
	readonly takesPercent: number;
}

export function requestStatus(request: RequestRecord): Status {
	const title = request.error === null ? text.httpStatus(request.status) : errorName(request.error);
	switch (request.outcome) {
		case 'succeeded':
			return { icon: 'pass', word: text.succeeded, tone: 'good', title };
		case 'failed':
			return { icon: 'error', word: text.failed(request.status), tone: 'error', title };
		case 'cancelled':
			return { icon: 'circle-slash', word: text.cancelled, tone: 'quiet', title };
		default:
			return request.outcome satisfies never;
	}
}

export function attemptSteps(request: RequestRecord, accounts: readonly AccountView[]): AttemptStep[] {
	const spent = request.attempts.reduce((sum, attempt) => sum + attempt.ms, 0);
	const whole = Math.max(request.totalMs, spent, 1);
	let begunMs = 0;
	return request.attempts.map(attempt => {
		const beginsPercent = (begunMs / whole) * 100;
		begunMs += attempt.ms;
		return {
			account: nameOf(accounts, attempt.accountId),
			verdict: verdictWords(attempt),
			isAnswer: attempt.verdict === 'succeeded',
			status: attempt.status,
			ms: attempt.ms,
			beginsPercent,
			takesPercent: (attempt.ms / whole) * 100,
		};
	});
}

/** A code of a newer runtime is said as the words it is made of. */
function verdictWords({ verdict }: AttemptRecord): string {
	const words = explainVerdict(verdict);
	return words === verdict ? wordsOf(verdict) : words;
}

/** One sentence above the attempts. */
export function requestStory(request: RequestRecord, accounts: readonly AccountView[]): string {
	const tried = new Set(request.attempts.map(attempt => attempt.accountId)).size;
	const answering = request.attempts.findLast(attempt => attempt.verdict === 'succeeded');
	if (tried === 0) return text.storyNoAttempt;
	if (request.outcome === 'cancelled') return text.storyCancelled(tried);
	if (!answering) return text.storyFailed(tried);
	const name = nameOf(accounts, answering.accountId);
	if (tried > 1) return text.storyMoved(name, tried - 1);
	return request.attempts.length > 1 ? text.storyRepeated(name, request.attempts.length) : text.storyFirst(name);
}
