import { excuseOf, reasonToMove, reasonToServeElsewhere, type PoolFacts } from './excuses.js';
import type { Heard } from './judgeAnswer.js';
import type { LabRequest } from './labRequest.js';
import type { LabRun } from './labRun.js';

export interface Finding {
	readonly invariant:
		| 'turn_failed'
		| 'spent_account_used'
		| 'barred_account_used'
		| 'foreign_content'
		| 'garbled_answer'
		| 'balance'
		| 'affinity'
		| 'endless_wait'
		| 'internal_error'
		| 'provider_violation';
	readonly message: string;
}

/** No new account is tried for a request that has already been at it this long, waits of the pool's own left out. */
const walkBudgetMs = 120_000;
/** The budget, one last attempt until its idle timeout, a client's own patience, and room. */
const longestRequestMs = 900_000;

/** Everything that must hold for one request, at the moment it has settled. */
export function judgeRequest(run: LabRun, request: LabRequest, heard: Heard): void {
	const facts: PoolFacts = { now: request.endedAt, hasModel: (ledger, model) => run.hasModel(ledger, model) };
	judgeLength(run, request);
	judgeForeignTries(run, request);
	// What may have moved a session is what was known when its account was chosen.
	judgeAffinity(run, request, heard, { ...facts, now: request.calls.at(-1)?.sentAt ?? request.endedAt });
	if (heard.kind === 'garbled') run.find('garbled_answer', `${request.id}: ${heard.why}`);
	if (heard.kind === 'failed') judgeFailure(run, request, heard, facts);
	if (heard.kind === 'left' && request.reply.gaveUpIdle) judgeIdleness(run, request);
}

/** A turn may fail only when no account was eligible for it. */
function judgeFailure(run: LabRun, request: LabRequest, heard: Heard & { kind: 'failed' }, facts: PoolFacts): void {
	// The provider keeps no responses: such a turn is the caller's own fault, and is told so before anybody is asked.
	if (request.continues && request.calls.length === 0 && heard.code === 'invalid_request') return;
	const last = request.calls.at(-1)?.told?.kind;
	if (last === 'callers_fault' || last === 'offline' || last === 'answered') return;
	if (last === 'broke_after_output' && (heard.sawOutput || request.plan.client === 'sdk_whole')) return;
	const waitedMs = request.record?.choices.reduce((sum, choice) => sum + choice.waitedMs, 0) ?? 0;
	if (request.endedAt - request.startedAt - waitedMs > walkBudgetMs) return;
	const eligible = run.accounts.filter(({ ledger }) => excuseOf(ledger, request, facts) === undefined);
	if (eligible.length === 0) return;
	const names = eligible.map(({ ledger }) => run.nameOf(ledger.id)).join(', ');
	run.find('turn_failed', `${request.id} failed with ${heard.code} although ${names} could have served it`);
}

function judgeLength(run: LabRun, { id, startedAt, endedAt, plan }: LabRequest): void {
	const mostMs = longestRequestMs + run.longestHoldMinutes * 60_000;
	if (endedAt - startedAt <= mostMs) return;
	run.find('endless_wait', `${id} of ${plan.client} took ${Math.round((endedAt - startedAt) / 1000)} s`);
}

/** What only another account can read may be shown to an account once; then it goes without, or not at all. */
function judgeForeignTries(run: LabRun, { id, calls }: LabRequest): void {
	for (const { ledger } of run.accounts) {
		const tries = calls.filter(call => call.ledger === ledger && call.told?.kind === 'foreign_content').length;
		if (tries > 1)
			run.find('foreign_content', `${id} showed ${run.nameOf(ledger.id)} ${tries} times what it cannot read`);
	}
}

/** The owner of a session changes, and a turn runs elsewhere, only for a reason. */
function judgeAffinity(run: LabRun, request: LabRequest, heard: Heard, facts: PoolFacts): void {
	const { id, sessionId, ownerBefore, startedAt } = request;
	const owner = run.accounts.find(({ ledger }) => ledger.id === ownerBefore)?.ledger;
	if (sessionId === undefined || !owner || run.decidedAt(sessionId) >= startedAt) return;
	const ownerAfter = run.pool.sessions.owner(sessionId);
	if (ownerAfter !== ownerBefore && reasonToMove(owner, request, facts) === undefined) {
		run.find('affinity', `${id} moved its session from ${run.nameOf(ownerBefore)} to ${run.nameOf(ownerAfter)}`);
	}
	if (heard.kind !== 'completed' || heard.by.ledger === owner) return;
	if (reasonToServeElsewhere(owner, request, facts) === undefined) {
		run.find('affinity', `${id} ran on ${run.nameOf(heard.by.ledger.id)} although ${run.nameOf(ownerBefore)} was fine`);
	}
}

/** A client may give up only when the provider fell silent in the middle of an answer. */
function judgeIdleness(run: LabRun, { id, calls, reply }: LabRequest): void {
	if (reply.status !== undefined && calls.length > 0) return;
	run.find('endless_wait', `${id} heard nothing at all and gave up`);
}

/** When all is over nothing may be left: no place taken, no call open, one row for each request. */
export function judgeBalance(run: LabRun, tokenless: ReadonlyMap<string, number>): void {
	const { pool, store, requests, upstream } = run;
	if (pool.accounts.inFlight !== 0) run.find('balance', `${pool.accounts.inFlight} places are still taken`);
	if (pool.turns.length !== 0) run.find('balance', `${pool.turns.length} requests still wait`);
	if (run.settled !== requests.size) run.find('balance', `${requests.size} requests, ${run.settled} settled`);
	const rows = Map.groupBy(store.requests, ({ id }) => id);
	for (const { id, calls, record } of requests.values()) {
		if (rows.get(id)?.length !== 1) run.find('balance', `${id} has ${rows.get(id)?.length ?? 0} rows`);
		if (calls.some(({ call }) => call.outcome === 'open')) run.find('balance', `${id} left an attempt open`);
		const attempts = record?.attempts.length ?? 0;
		const untold = attempts - calls.length - (tokenless.get(id) ?? 0);
		// A client that leaves before its attempt was sent is an attempt too.
		if (untold !== 0 && !(untold === 1 && record?.outcome === 'cancelled')) {
			run.find('balance', `${id} has ${attempts} attempts, ${calls.length} reached the provider`);
		}
	}
	for (const { code, message } of upstream.violations) run.find('provider_violation', `${code}: ${message}`);
}
