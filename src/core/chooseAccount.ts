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

export type ChoiceReason = 'session' | 'session_moved_spent' | Strategy;

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
const recentPickPercent = 100;
const avoidPercent = 10_000;
/** A session leaves an account that is this full only for one that is clearly emptier: its prompt cache is worth a lot. */
const nearlySpentPercent = 95;
const clearlyEmptierPercent = 85;

export function chooseAccount(candidates: readonly Candidate[], context: ChoiceContext): Choice {
	const considered = candidates.map(candidate => consider(candidate, context));
	let best: number | undefined;
	let ownerAt: number | undefined;
	const start = Math.floor(context.tieBreak * candidates.length);
	for (let step = 0; step < candidates.length; step++) {
		const at = (start + step) % candidates.length;
		const score = considered[at]?.score;
		if (score === null || score === undefined) continue;
		if (candidates[at]?.id === context.ownerId) ownerAt = at;
		if (best === undefined || score < (considered[best]?.score ?? Infinity)) best = at;
	}
	const bestCandidate = best === undefined ? undefined : candidates[best];
	if (!bestCandidate) return { kind: 'none', retryAt: earliestReturn(candidates, context.now), considered };

	const owner = ownerAt === undefined ? undefined : candidates[ownerAt];
	if (owner && !shouldLeave(owner, candidates, considered, context.now)) {
		return { kind: 'chosen', accountId: owner.id, reason: 'session', considered };
	}
	const reason = owner ? 'session_moved_spent' : context.strategy;
	return { kind: 'chosen', accountId: bestCandidate.id, reason, considered };
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

function shouldLeave(
	owner: Candidate,
	candidates: readonly Candidate[],
	considered: readonly Consideration[],
	now: number,
): boolean {
	const usable = candidates.filter((candidate, at) => candidate !== owner && considered[at]?.score !== null);
	if (owner.avoidUntil > now) return usable.some(candidate => candidate.avoidUntil <= now);
	if ((owner.usedPercent ?? 0) < nearlySpentPercent) return false;
	return usable.some(candidate => (candidate.usedPercent ?? 0) < clearlyEmptierPercent && candidate.avoidUntil <= now);
}

function earliestReturn(candidates: readonly Candidate[], now: number): number | undefined {
	const returns = candidates
		.filter(candidate => candidate.selected && (candidate.state === 'limited' || candidate.state === 'active'))
		.map(candidate => Math.max(candidate.state === 'limited' ? (candidate.limitedUntil ?? 0) : 0, candidate.restUntil))
		.filter(at => at > now);
	return returns.length === 0 ? undefined : Math.min(...returns);
}
