import type { AccountState, Strategy } from '../shared/managementApi.js';

/** What choosing knows of one account. */
export interface Candidate {
	readonly id: string;
	readonly selected: boolean;
	readonly state: AccountState;
	readonly limitedUntil: number | null;
	/** Used share of the tightest general window, 0–100; null when unknown. */
	readonly usedPercent: number | null;
	readonly inFlight: number;
	/** Last time it was chosen, epoch ms; 0 for never. */
	readonly chosenAt: number;
	/** Overloaded or unreachable until then: used only when nobody else can. */
	readonly avoidUntil: number;
	/** In a short rate limit until then. */
	readonly restUntil: number;
}

export interface ChoiceContext {
	readonly strategy: Strategy;
	/** The account this session is tied to. */
	readonly ownerId: string | undefined;
	/** Accounts that have already been tried for this request. */
	readonly tried: ReadonlySet<string>;
	readonly now: number;
	/** Uniform in [0, 1): breaks ties. */
	readonly tieBreak: number;
}

/** Why an account was out, or how it scored (lower is better). */
export interface Consideration {
	readonly accountId: string;
	readonly score: number | null;
	readonly out: 'not_selected' | 'paused' | 'needs_sign_in' | 'disabled' | 'limited' | 'resting' | 'tried' | null;
}

export type ChoiceReason = 'session' | 'session_moved' | Strategy;

export type Choice =
	| {
			readonly kind: 'chosen';
			readonly accountId: string;
			readonly reason: ChoiceReason;
			readonly considered: readonly Consideration[];
	  }
	/** `retryAt`: when the first limited account frees itself, epoch ms; undefined when waiting does not help. */
	| { readonly kind: 'none'; readonly retryAt: number | undefined; readonly considered: readonly Consideration[] };

/** A burst arrives before usage figures move: each running request counts as this many per cent. */
const percentPerInFlight = 2.5;
/** A just-chosen account steps back for a moment so that parallel sessions spread. */
const recentPickMs = 500;
const recentPickPercent = 20;
const avoidPercent = 10_000;
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
	if (owner) {
		const better = lowest(usable.filter(({ candidate }) => isWorthLeavingFor(candidate, owner, context.now)));
		return better
			? { kind: 'chosen', accountId: better.id, reason: 'session_moved', considered }
			: { kind: 'chosen', accountId: owner.id, reason: 'session', considered };
	}
	const best = lowest(usable);
	return best
		? { kind: 'chosen', accountId: best.id, reason: context.strategy, considered }
		: { kind: 'none', retryAt: earliestReturn(candidates, context.now), considered };
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
	const out = reasonOut(candidate, context);
	return { accountId: candidate.id, out, score: out === null ? score(candidate, context) : null };
}

function reasonOut(candidate: Candidate, { tried, now }: ChoiceContext): Consideration['out'] {
	if (tried.has(candidate.id)) return 'tried';
	if (!candidate.selected) return 'not_selected';
	if (candidate.restUntil > now) return 'resting';
	switch (candidate.state) {
		case 'active':
			return null;
		case 'limited':
			return (candidate.limitedUntil ?? 0) > now ? 'limited' : null;
		case 'paused':
		case 'needs_sign_in':
		case 'disabled':
			return candidate.state;
		default:
			return candidate.state satisfies never;
	}
}

function score(candidate: Candidate, { strategy, now }: ChoiceContext): number {
	const avoid = candidate.avoidUntil > now ? avoidPercent : 0;
	// Least recently chosen first; in years, so that avoidance outweighs it.
	if (strategy === 'round_robin') return avoid + candidate.chosenAt / 31_557_600_000;
	const age = now - candidate.chosenAt;
	const recent = age >= 0 && age < recentPickMs ? recentPickPercent * (1 - age / recentPickMs) : 0;
	// Telemetry ranks, the upstream decides: an unknown or full account is still a candidate.
	return avoid + (candidate.usedPercent ?? 0) + candidate.inFlight * percentPerInFlight + recent;
}

/** A session's prompt cache is warm at its owner: only trouble there, and none here, is worth losing it. */
function isWorthLeavingFor(candidate: Candidate, owner: Candidate, now: number): boolean {
	if (candidate === owner || candidate.avoidUntil > now) return false;
	if (owner.avoidUntil > now) return true;
	return (owner.usedPercent ?? 0) >= nearlySpentPercent && (candidate.usedPercent ?? 0) < clearlyEmptierPercent;
}

function earliestReturn(candidates: readonly Candidate[], now: number): number | undefined {
	const returns = candidates
		.filter(candidate => candidate.selected && (candidate.state === 'limited' || candidate.state === 'active'))
		.map(candidate => Math.max(candidate.state === 'limited' ? (candidate.limitedUntil ?? 0) : 0, candidate.restUntil))
		.filter(at => at > now);
	return returns.length === 0 ? undefined : Math.min(...returns);
}
