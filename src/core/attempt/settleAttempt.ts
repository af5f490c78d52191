import type { AttemptEnd } from './attempt.js';
import { errorOf } from './providerError.js';
import type { Walk } from './tryAccount.js';
import { judgeFault, judgeRefusal, type Refusal, type Verdict } from './verdict.js';

/** The answer has gone to the client: what its account and its session learn from how it ended. */
export function settleAnswer(walk: Walk, accountId: string, end: AttemptEnd & { kind: 'answered' }): void {
	const { accounts, journal, clock, facts } = walk;
	const isWhole = end.terminal === 'completed' || end.terminal === 'incomplete';
	if (isWhole) {
		accounts.succeeded(accountId, facts.model);
		journal.attemptEnded('succeeded', end.status);
		journal.answered(end, null);
		tieSession(walk, accountId);
		return;
	}
	// Too late to move this request, but the account's next one should know.
	const refusal: Refusal = { status: 200, headers: end.headers, body: end.failure };
	const verdict =
		end.terminal === 'cut'
			? judgeFault(end.fault ?? { kind: 'reset', code: 'STREAM_CUT' })
			: judgeRefusal(refusal, clock.now());
	applyVerdict(walk, accountId, verdict);
	journal.attemptEnded(verdict.kind, end.status);
	journal.answered(end, end.terminal === 'cut' ? 'stream_cut' : (errorOf(end.failure).code ?? end.terminal));
}

/** Its next turn goes where this one was answered, unless its own account only could not take this one. */
function tieSession({ sessions, facts, journal, request }: Walk, accountId: string): void {
	if (facts.sessionId === undefined) {
		if (facts.openingId !== undefined) sessions.noteOpening(facts.openingId, accountId);
		return;
	}
	const stays = journal.reason === 'session_away';
	const ownerId = stays ? sessions.owner(facts.sessionId) : undefined;
	const { client, model } = facts;
	sessions.record(facts.sessionId, ownerId ?? accountId, { client, model, startedAt: request.receivedAt });
}

/** What a refusal means for the account's next requests. */
export function applyVerdict({ accounts, facts }: Walk, accountId: string, verdict: Verdict): void {
	switch (verdict.kind) {
		case 'quota':
			// A limit of one model says nothing about the others (protocol §10).
			if (verdict.limit === null || facts.model === null) accounts.limit(accountId, verdict.until, verdict.reason);
			else accounts.coolDown(accountId, { kind: 'limit', model: facts.model, until: verdict.until });
			return;
		case 'rate':
			accounts.coolDown(accountId, { kind: 'rate', waitMs: verdict.waitMs });
			return;
		case 'overload':
			accounts.coolDown(accountId, { kind: 'overload', model: verdict.scope === 'model' ? facts.model : null });
			return;
		case 'model_missing':
			if (facts.model !== null) accounts.coolDown(accountId, { kind: 'missing', model: facts.model });
			return;
		case 'disabled':
			accounts.transition(accountId, ['active', 'limited'], 'disabled', verdict.reason);
			return;
		case 'credential':
			accounts.transition(accountId, ['active', 'limited'], 'needs_sign_in', 'token_refused');
			return;
		case 'caller':
		case 'foreign_content':
		case 'offline':
			return;
		default:
			verdict satisfies never;
	}
}
