import { PoolError } from '../../shared/poolError.js';
import { errorAnswer, rateLimitAnswer, upstreamAnswer, usageLimitAnswer, type Answer } from '../reply/answers.js';
import { noAccountHas } from '../keys/keyScope.js';
import type { Return } from './eligibility.js';
import { inboundHeaders } from '../request/headerPolicy.js';
import type { LastRefusal } from '../attempt/tryAccount.js';

export interface NobodyLeft {
	/** The refusal that tells most; undefined when no account could even be tried. */
	readonly last: LastRefusal | undefined;
	/** The first account to come back; undefined when waiting does not help. */
	readonly back: Return | undefined;
	readonly accountCount: number;
	/** The key for whose sake accounts were left out, and whether any of its own is in the pool. */
	readonly limitedKey: LimitedKey | null;
	/** The model that was asked for, when accounts were out because they do not have it. */
	readonly missingModel: string | null;
	/** SDK callers get errors in the shape that they can read. */
	readonly forSdk: boolean;
	readonly now: number;
}

interface LimitedKey {
	readonly name: string;
	readonly hasAccounts: boolean;
}

/** No account can serve: what the client is told, so that it can act on it, and the code for the usage row. */
export function answerNobody(nobody: NobodyLeft): { answer: Answer; code: string } {
	const { last, back, limitedKey, missingModel, forSdk, now } = nobody;
	const party = limitedKey ? `the pool key "${limitedKey.name}"` : 'the pool';
	const whose = limitedKey ? `that ${party} may use` : 'in the pool';
	const kind = last?.verdict.kind;
	if (kind === 'foreign_content') return { answer: errorAnswer(conversationBound()), code: kind };
	if (last && (kind === 'overload' || (kind === 'model_missing' && !back))) {
		// A page instead of an answer comes with 200, and would pass for one; an event that says no has no body.
		const isAnswer = last.status >= 400 && (last.raw.length > 0 || kind === 'model_missing');
		return { answer: isAnswer ? passOn(last, forSdk) : errorAnswer(upstreamFailed(last)), code: kind };
	}
	// Hours of `Retry-After` would leave a client waiting in silence: a spent window is said to be one.
	if (back?.after === 'resting') return { answer: rateLimitAnswer(back.at - now, whose), code: 'rate_limit_exceeded' };
	if (back) return { answer: usageLimitAnswer(back, whose, now), code: 'usage_limit_reached' };
	if (!last && missingModel !== null) {
		return { answer: errorAnswer(noAccountHas('model_missing', party, missingModel)), code: 'model_missing' };
	}
	return { answer: errorAnswer(new PoolError('no_account', explain(nobody))), code: kind ?? 'no_account' };
}

function passOn({ status, headers, raw, body }: LastRefusal, forSdk: boolean): Answer {
	const answer = upstreamAnswer(status, inboundHeaders(headers, {}), raw, body, forSdk);
	if (status !== 429 || answer.headers['retry-after'] !== undefined) return answer;
	// Without it Codex gives up at once (protocol §9); what is overloaded is worth another try.
	return { ...answer, headers: { ...answer.headers, 'retry-after': overloadRetrySeconds } };
}

const overloadRetrySeconds = '2';

function conversationBound(): PoolError {
	return new PoolError(
		'conversation_bound',
		'This conversation was compacted on an account that cannot serve it now, and no other account can read it. Wait until that account is back, or start a new session.',
	);
}

function upstreamFailed({ status }: LastRefusal): PoolError {
	return new PoolError(
		// A refusal inside a 200 stream is the backend's own word; everything else never got that far.
		status === 200 ? 'upstream_overloaded' : 'upstream_failed',
		'The ChatGPT backend failed on every account of the pool. Try again in a moment.',
	);
}

function explain({ accountCount, limitedKey }: NobodyLeft): string {
	if (accountCount === 0)
		return 'The pool has no account yet. Add one in the editor (Codex Pool: Add Account) or with "codex-pool accounts import".';
	if (!limitedKey)
		return 'No account of the pool can be used: each is switched off, paused or needs you to sign in again. Open the panel or run "codex-pool status".';
	return limitedKey.hasAccounts
		? `None of the accounts that the pool key "${limitedKey.name}" may use can serve: each is kept out by your settings, paused or needs you to sign in again. Open the panel or run "codex-pool status", or let the key use others with "codex-pool keys accounts".`
		: `The accounts that the pool key "${limitedKey.name}" may use are no longer in the pool. Choose others in the panel or with "codex-pool keys accounts".`;
}
