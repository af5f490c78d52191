import { hash } from 'node:crypto';
import type { SessionView } from '../shared/managementApi.js';
import type { Clock, Store } from './ports.js';

const capacity = 4096;
const turnStateCapacity = 2048;

/**
 * Ties client sessions to accounts. A tie is soft: it keeps the prompt cache warm and moves when its account cannot
 * serve. Turn states are hard: they belong to the account that issued them and are never shown to another.
 */
export class SessionTable {
	/** Least recently used first. */
	readonly #sessions = new Map<string, SessionView>();
	readonly #turnStates = new Map<string, string>();

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
		return this.#sessions.get(sessionId)?.accountId;
	}

	/** Records a turn that `accountId` has answered; the tie moves with it. */
	record(sessionId: string, accountId: string): void {
		const now = this.clock.now();
		const known = this.#sessions.get(sessionId);
		const session = {
			id: sessionId,
			accountId,
			firstUsedAt: known?.firstUsedAt ?? now,
			lastUsedAt: now,
			turns: (known?.turns ?? 0) + 1,
		};
		this.#sessions.delete(sessionId);
		this.#sessions.set(sessionId, session);
		dropOldest(this.#sessions, capacity);
		this.store.saveSession(session);
	}

	/** Most recently used first. */
	list(): SessionView[] {
		return [...this.#sessions.values()].reverse();
	}

	forgetAccount(accountId: string): void {
		for (const [id, session] of this.#sessions) if (session.accountId === accountId) this.#sessions.delete(id);
		for (const [state, owner] of this.#turnStates) if (owner === accountId) this.#turnStates.delete(state);
	}

	issueTurnState(turnState: string, accountId: string): void {
		this.#turnStates.set(turnState, accountId);
		dropOldest(this.#turnStates, turnStateCapacity);
	}

	turnStateOwner(turnState: string): string | undefined {
		return this.#turnStates.get(turnState);
	}
}

/** Clients' session keys may carry meaning, so only a hash is kept. */
export function sessionIdOf(sessionKey: string): string {
	return hash('sha256', sessionKey).slice(0, 24);
}

function dropOldest<K>(map: Map<K, unknown>, limit: number): void {
	if (map.size <= limit) return;
	const oldest = map.keys().next();
	if (!oldest.done) map.delete(oldest.value);
}
