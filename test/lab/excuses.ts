import type { LabRequest } from './labRequest.js';
import type { AccountLedger } from './ledger.js';

/** What holds for the whole pool while a request runs. */
export interface PoolFacts {
	readonly now: number;
	/** Whether an account's plan has the model: the provider's truth. */
	readonly hasModel: (ledger: AccountLedger, model: string) => boolean;
}

/** Up to here the pool waits a rate limit out and asks the same account again. */
const shortWaitMs = 5_000;
/** The one excuse that is a bad moment and no more. */
const shortRest = 'rate limited';

/**
 * Why an account cannot be blamed on the pool when a request fails; undefined when it was eligible.
 *
 * An account is **eligible** for a request when the user let it be used all the while, nothing that the provider has
 * told the pool rules it out at the end, and it either was not asked at all or was not given the second chance that its
 * last answer calls for (a fresh token after a first 401, one more try after a rate limit of up to five seconds, a copy
 * without reasoning after foreign content). What the provider knows and has not told, a spent window for instance, is no
 * excuse: the pool has to ask.
 */
export function excuseOf(ledger: AccountLedger, request: LabRequest, facts: PoolFacts): string | undefined {
	return usersExcuse(ledger, request) ?? triedExcuse(ledger, request) ?? toldExcuse(ledger, request, facts);
}

function usersExcuse(ledger: AccountLedger, { startedAt }: LabRequest): string | undefined {
	if (!ledger.isIn) return 'not in the pool';
	if (ledger.isPaused) return 'paused';
	if (!ledger.isSelected) return 'not selected';
	return ledger.decidedAt >= startedAt ? 'changed by the user meanwhile' : undefined;
}

function triedExcuse(ledger: AccountLedger, request: LabRequest): string | undefined {
	const calls = request.calls.filter(call => call.ledger === ledger);
	const last = calls.at(-1)?.told;
	const wasChosen = request.record?.attempts.some(attempt => attempt.accountId === ledger.id) === true;
	const hadNoToken =
		ledger.isSignedOut || ledger.refreshFailedAt >= request.startedAt || ledger.refreshRestsUntil > request.startedAt;
	if (!last) return wasChosen && hadNoToken ? 'no token could be had' : undefined;
	switch (last.kind) {
		case 'token_refused': {
			const refused = calls.filter(({ told }) => told?.kind === 'token_refused').length;
			return refused > 1 || hadNoToken ? 'refused the new token too' : undefined;
		}
		case 'rate':
			return calls.length > 1 || last.waitMs > shortWaitMs ? 'rate limited' : undefined;
		case 'foreign_content':
			return calls.length > 1 || request.boundTo !== undefined ? 'cannot read the conversation' : undefined;
		case 'answered':
		case 'broke_after_output':
		case 'limit':
		case 'closed':
		case 'model_missing':
		case 'callers_fault':
		case 'trouble':
		case 'offline':
		case 'dropped':
			return `tried: ${last.kind}`;
		default:
			return last satisfies never;
	}
}

function toldExcuse(
	ledger: AccountLedger,
	{ plan, startedAt }: LabRequest,
	{ now, hasModel }: PoolFacts,
): string | undefined {
	if (ledger.isClosed) return 'closed by the provider';
	if (ledger.isSignedOut) return 'signed out';
	if (ledger.excusedUntil > now) return 'spent';
	if (isReserved(ledger, startedAt)) return 'reserved for the user';
	const isMissing = !hasModel(ledger, plan.model) && (ledger.missingUntil.get(plan.model) ?? 0) > now;
	if (isMissing) return 'does not have the model';
	return ledger.restsUntil > now ? shortRest : undefined;
}

function isReserved({ reservePercent, tightest, reservedAt }: AccountLedger, startedAt: number): boolean {
	return reservedAt >= startedAt || (reservePercent > 0 && tightest >= 100 - reservePercent);
}

const nearlySpentPercent = 95;

/** Why a session may leave its account for good; undefined when only a bad moment stood in the way. */
export function reasonToMove(owner: AccountLedger, request: LabRequest, facts: PoolFacts): string | undefined {
	const toldInside = request.calls.filter(call => call.ledger === owner).map(({ told }) => told?.kind);
	const lasting = toldInside.find(kind => kind === 'limit' || kind === 'closed' || kind === 'model_missing');
	if (lasting !== undefined) return lasting;
	if (toldInside.includes('foreign_content')) return 'cannot read the conversation';
	if (toldInside.filter(kind => kind === 'token_refused').length > 1) return 'refused its token';
	if (owner.tightestAt(facts.now) >= nearlySpentPercent) return 'nearly spent';
	const excuse = usersExcuse(owner, request) ?? toldExcuse(owner, request, facts);
	return excuse === shortRest ? undefined : excuse;
}

const longestBackoffMs = 30 * 60_000;

/** An account that has answered with the same model since is as good as any. */
function wasInTrouble({ troubledAt, recoveredAt }: AccountLedger, { plan, startedAt, endedAt }: LabRequest): boolean {
	const recovered = recoveredAt.get(plan.model) ?? -Infinity;
	const isOver = recovered > troubledAt && recovered < startedAt;
	return !isOver && endedAt - troubledAt <= longestBackoffMs;
}

/** Why one turn of a session may run elsewhere although the session stays where it is. */
export function reasonToServeElsewhere(
	owner: AccountLedger,
	request: LabRequest,
	facts: PoolFacts,
): string | undefined {
	if (request.record?.attempts.some(({ accountId }) => accountId === owner.id)) return 'tried first';
	const wait = request.record?.choices[0]?.considered.find(({ accountId }) => accountId === owner.id)?.out;
	if (wait === 'busy' || wait === 'probing') return wait;
	if (owner.restsUntil > request.startedAt) return 'rate limited';
	if (wasInTrouble(owner, request)) return 'in trouble a moment ago';
	return reasonToMove(owner, request, facts);
}
