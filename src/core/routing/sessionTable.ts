import { hash } from 'node:crypto';
import type { SessionView } from '../../shared/sessionApi.js';
import { PoolError } from '../../shared/poolError.js';
import type { RequestRecord } from '../../shared/requestApi.js';
import { isUnpriced } from '../models/price.js';
import type { Clock } from '../ports.js';
import type { Store } from '../storePort.js';

const capacity = 4096;
const turnStateCapacity = 2048;

/** What a session remembers of its last turn. */
export interface SessionTurn {
	readonly client?: string | null;
	readonly model?: string | null;
	/** Known for turns that may have begun before the user moved or forgot their session. */
	readonly startedAt?: number;
}

type Spending = Pick<RequestRecord, 'sessionId' | 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'costNanoUsd'>;

/**
 * Ties client sessions to accounts. A tie is soft: it keeps the prompt cache warm and moves when its account cannot
 * serve. Turn states are hard: they belong to the account that issued them and are never shown to another.
 */
export class SessionTable {
	/** Least recently used first. */
	readonly #sessions = new Map<string, SessionView>();
	/** Who answered a first turn that named no session: whether it becomes one is known with the second. */
	readonly #openings = new Map<string, string>();
	readonly #turnStates = new Map<string, string>();
	/** Sessions whose history holds what was encrypted for an account that is not theirs any more. */
	readonly #mixed = new Set<string>();
	/** When the user moved or forgot a session. */
	readonly #decidedAt = new Map<string, number>();

	constructor(
		private readonly store: Store,
		private readonly clock: Clock,
	) {
		for (const session of store.loadSessions(capacity).reverse()) this.#sessions.set(session.id, session);
	}

	get size(): number {
		return this.#sessions.size;
	}

	owner(sessionId: string): string | undefined {
		return this.#sessions.get(sessionId)?.accountId ?? this.#openings.get(sessionId);
	}

	noteOpening(sessionId: string, accountId: string): void {
		this.#openings.delete(sessionId);
		this.#openings.set(sessionId, accountId);
		dropOldest(this.#openings, capacity);
	}

	/** Records a turn that `accountId` has answered; the tie moves with it, unless the user has decided otherwise since. */
	record(sessionId: string, accountId: string, turn?: SessionTurn): void {
		const known = this.#sessions.get(sessionId);
		const isOvertaken = (turn?.startedAt ?? Infinity) <= (this.#decidedAt.get(sessionId) ?? -Infinity);
		if (isOvertaken && !known) return;
		if (!isOvertaken) this.#decidedAt.delete(sessionId);
		const now = this.clock.now();
		const session = {
			id: sessionId,
			accountId: isOvertaken && known ? known.accountId : accountId,
			firstUsedAt: known?.firstUsedAt ?? now,
			lastUsedAt: now,
			client: turn?.client ?? known?.client ?? null,
			model: turn?.model ?? known?.model ?? null,
			turns: (known?.turns ?? 0) + 1,
			inputTokens: known?.inputTokens ?? 0,
			cachedTokens: known?.cachedTokens ?? 0,
			outputTokens: known?.outputTokens ?? 0,
			costNanoUsd: known?.costNanoUsd ?? 0,
			unpriced: known?.unpriced ?? 0,
		};
		this.#openings.delete(sessionId);
		this.#sessions.delete(sessionId);
		this.#sessions.set(sessionId, session);
		dropOldest(this.#sessions, capacity);
		this.store.saveSession(session);
	}

	/**
	 * Adds what a settled request has used to the sums of its session: to add up the requests of every session whenever
	 * somebody looks would take seconds. Apart from `record`, because what a request costs is known later than who answered.
	 */
	count(spent: Spending): void {
		const { sessionId, inputTokens, cachedTokens, outputTokens, costNanoUsd } = spent;
		const session = sessionId === null ? undefined : this.#sessions.get(sessionId);
		if (!session || (inputTokens === null && outputTokens === null)) return;
		const counted = {
			...session,
			inputTokens: session.inputTokens + (inputTokens ?? 0),
			cachedTokens: session.cachedTokens + (cachedTokens ?? 0),
			outputTokens: session.outputTokens + (outputTokens ?? 0),
			costNanoUsd: session.costNanoUsd + (costNanoUsd ?? 0),
			unpriced: session.unpriced + (isUnpriced(spent) ? 1 : 0),
		};
		this.#sessions.set(session.id, counted);
		this.store.saveSession(counted);
	}

	/** Its next turn goes to `accountId`. Turn states stay with the account that issued them: no other may see them. */
	move(sessionId: string, accountId: string): SessionView {
		const moved = { ...this.#get(sessionId), accountId };
		this.#sessions.set(sessionId, moved);
		this.#decide(sessionId);
		this.store.saveSession(moved);
		return moved;
	}

	/** Its next turn is that of a new session. */
	forget(sessionId: string): void {
		this.#get(sessionId);
		this.#sessions.delete(sessionId);
		this.#decide(sessionId);
		this.store.removeSession(sessionId);
	}

	/** Its history cannot be read whole by the account it is on: the next turn had better go without the foreign part. */
	markMixed(sessionId: string): void {
		this.#mixed.add(sessionId);
		dropOldest(this.#mixed, capacity);
	}

	unmarkMixed(sessionId: string): void {
		this.#mixed.delete(sessionId);
	}

	isMixed(sessionId: string): boolean {
		return this.#mixed.has(sessionId);
	}

	/** Most recently used first. */
	list(): SessionView[] {
		return [...this.#sessions.values()].reverse();
	}

	forgetAccount(accountId: string): void {
		for (const [id, session] of this.#sessions) if (session.accountId === accountId) this.#sessions.delete(id);
		for (const [id, owner] of this.#openings) if (owner === accountId) this.#openings.delete(id);
	}

	issueTurnState(turnState: string, accountId: string): void {
		this.#turnStates.set(turnState, accountId);
		dropOldest(this.#turnStates, turnStateCapacity);
	}

	/** Who issued a turn state; unknown for one from before a restart, which is then shown to nobody. */
	turnStateOwner(turnState: string): string | undefined {
		return this.#turnStates.get(turnState);
	}

	#get(sessionId: string): SessionView {
		const session = this.#sessions.get(sessionId);
		if (!session) throw new PoolError('session_not_found', `There is no session "${sessionId}" in the pool.`);
		return session;
	}

	#decide(sessionId: string): void {
		this.#decidedAt.delete(sessionId);
		this.#decidedAt.set(sessionId, this.clock.now());
		dropOldest(this.#decidedAt, capacity);
	}
}

/** Clients' session keys may carry meaning, so only a hash is kept. */
export function sessionIdOf(sessionKey: string): string {
	return hash('sha256', sessionKey).slice(0, 24);
}

function dropOldest<K>(kept: Map<K, unknown> | Set<K>, limit: number): void {
	if (kept.size <= limit) return;
	const oldest = kept.keys().next();
	if (!oldest.done) kept.delete(oldest.value);
}
