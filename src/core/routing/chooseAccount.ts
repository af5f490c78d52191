import { normalPriority, type AccountState } from '../../shared/accountApi.js';
import type { ChoiceRecord, Exclusion } from '../../shared/requestApi.js';
import type { Routing, Strategy } from '../../shared/routingApi.js';
import type { KeyAccounts } from '../keys/keyAccounts.js';
import { coolingOf } from './cooldowns.js';
import { earliestReturn, endsSoon, exclusionOf, isMomentary, type Return } from './eligibility.js';
import type { Cooldown } from '../storePort.js';
import { strategyScores } from './strategies.js';

/** What choosing knows of one account. */
export interface Candidate {
	readonly id: string;
	readonly selected: boolean;
	readonly state: AccountState;
	readonly limitedUntil: number | null;
	readonly priority: number;
	/** How much its plan holds beside a Plus account's. */
	readonly capacity: number;
	/** Used share of the tightest general window, 0–100; null when unknown. */
	readonly usedPercent: number | null;
	/** When its longest general window resets, epoch ms; null when unknown. */
	readonly resetsAt: number | null;
	/** Until when nothing but the user's reserve is left of it, epoch ms; 0 when there is more. */
	readonly reservedUntil: number;
	readonly inFlight: number;
	/** Last time it was chosen, epoch ms; 0 for never. */
	readonly chosenAt: number;
	readonly cooldowns: readonly Cooldown[];
}

export interface ChoiceContext {
	readonly routing: Pick<Routing, 'strategy' | 'singleAccountId' | 'inFlightLimit'>;
	readonly model: string | null;
	/** Whether this account's catalogue lacks the model although another's has it. */
	readonly lacksModel: (accountId: string) => boolean;
	/** Those that may serve the request's key. */
	readonly keyAccounts: KeyAccounts;
	/** The account this session is tied to. */
	readonly ownerId: string | undefined;
	/** Accounts that have already been tried for this request. */
	readonly tried: { has(accountId: string): boolean };
	/** The request has waited long enough for a free place: it may share one. */
	readonly isCrowded: boolean;
	readonly now: number;
	/** Uniform in [0, 1): breaks ties. */
	readonly tieBreak: number;
}

/** Why an account was out, or how it scored (lower is better). */
export interface Consideration {
	readonly accountId: string;
	readonly score: number | null;
	readonly out: Exclusion | null;
}

/**
 * `session_moved`: the session's own account is spent, gone or taken out of use. `session_away`: it cannot serve at the
 * moment, and the session stays tied to it.
 */
export type ChoiceReason = 'session' | 'session_moved' | 'session_away' | Strategy;

export interface NoChoice {
	readonly kind: 'none';
	/** The first account to come back; undefined when time alone does not help. */
	readonly back: Return | undefined;
	/** A running request that settles may free a place. */
	readonly mayFreeSoon: boolean;
	readonly considered: readonly Consideration[];
}

export interface Chosen {
	readonly kind: 'chosen';
	readonly accountId: string;
	readonly reason: ChoiceReason;
	readonly considered: readonly Consideration[];
}

export type Choice = Chosen | NoChoice;

/** A step of priority outweighs every strategy's score, an overload every priority. */
const priorityStep = 1_000;
const overloadPenalty = 10_000;
/** A session leaves an account that is this full only for one that is clearly emptier: its prompt cache is worth a lot. */
const nearlySpentPercent = 95;
const clearlyEmptierPercent = 85;

export function chooseAccount(candidates: readonly Candidate[], context: ChoiceContext): Choice {
	const considered = candidates.map(candidate => consider(candidate, context));
	const start = Math.floor(context.tieBreak * candidates.length);
	const usable: Scored[] = [];
	for (let step = 0; step < candidates.length; step++) {
		const at = (start + step) % candidates.length;
		const candidate = candidates[at];
		const score = considered[at]?.score;
		if (candidate && typeof score === 'number') usable.push({ candidate, score });
	}
	const owner = usable.find(({ candidate }) => candidate.id === context.ownerId)?.candidate;
	const best = owner
		? (lowest(usable.filter(({ candidate }) => isWorthLeavingFor(candidate, owner, context))) ?? owner)
		: lowest(usable);
	if (best) return { kind: 'chosen', accountId: best.id, reason: reasonFor(best, candidates, context), considered };
	return {
		kind: 'none',
		back: earliestReturn(candidates, context),
		mayFreeSoon: considered.some(({ out }) => endsSoon(out)),
		considered,
	};
}

/** Whether the session's own account would be chosen for sure, which takes no look at the others. */
export function isAtHome(owner: Candidate, context: ChoiceContext): boolean {
	const isFull = (owner.usedPercent ?? 0) >= nearlySpentPercent;
	return !isFull && !isOverloaded(owner, context) && exclusionOf(owner, context) === null;
}

/** What is kept of a choice, for *explain*. */
export function choiceRecord(choice: Choice, waitedMs: number): ChoiceRecord {
	return {
		reason: choice.kind === 'chosen' ? choice.reason : 'none',
		accountId: choice.kind === 'chosen' ? choice.accountId : null,
		considered: [...choice.considered],
		waitedMs,
	};
}

interface Scored {
	readonly candidate: Candidate;
	readonly score: number;
}

/** The first of equals, so that where the walk starts breaks ties. */
function lowest(usable: readonly Scored[]): Candidate | undefined {
	let best: Scored | undefined;
	for (const each of usable) if (!best || each.score < best.score) best = each;
	return best?.candidate;
}

function consider(candidate: Candidate, context: ChoiceContext): Consideration {
	const out = exclusionOf(candidate, context);
	return { accountId: candidate.id, out, score: out === null ? score(candidate, context) : null };
}

function score(candidate: Candidate, context: ChoiceContext): number {
	return (
		strategyScores[context.routing.strategy](candidate, context.now) +
		(candidate.priority - normalPriority) * priorityStep +
		(isOverloaded(candidate, context) ? overloadPenalty : 0)
	);
}

function reasonFor(best: Candidate, candidates: readonly Candidate[], context: ChoiceContext): ChoiceReason {
	const { ownerId, routing } = context;
	if (ownerId === undefined) return routing.strategy;
	if (best.id === ownerId) return 'session';
	const owner = candidates.find(({ id }) => id === ownerId);
	return owner && isAway(owner, context) ? 'session_away' : 'session_moved';
}

/** One bad moment of the owner moves nothing: its prompt cache is still warm. */
function isAway(owner: Candidate, context: ChoiceContext): boolean {
	const exclusion = exclusionOf(owner, context);
	return exclusion === null ? isOverloaded(owner, context) : isMomentary(exclusion);
}

/** A session's prompt cache is warm at its owner: only trouble there, and none here, is worth losing it. */
function isWorthLeavingFor(candidate: Candidate, owner: Candidate, context: ChoiceContext): boolean {
	if (candidate === owner || isOverloaded(candidate, context)) return false;
	if (isOverloaded(owner, context)) return true;
	return (owner.usedPercent ?? 0) >= nearlySpentPercent && (candidate.usedPercent ?? 0) < clearlyEmptierPercent;
}

function isOverloaded({ cooldowns }: Candidate, { model, now }: ChoiceContext): boolean {
	return cooldowns.length > 0 && coolingOf(cooldowns, 'overload', model, now) !== undefined;
}
