import type { RequestRecord } from '../src/shared/requestApi.js';

export type Outcome = RequestRecord['outcome'];

export const outcomes: readonly Outcome[] = ['succeeded', 'failed', 'cancelled'];

/** Which requests the log shows; null is all of them. */
export interface RequestFilter {
	readonly accountId: string | null;
	readonly model: string | null;
	readonly keyId: string | null;
	readonly client: string | null;
	readonly sessionId: string | null;
	readonly outcome: Outcome | null;
	/** Part of a name, a code or an id; empty is none. */
	readonly search: string;
}

export const noFilter: RequestFilter = {
	accountId: null,
	model: null,
	keyId: null,
	client: null,
	sessionId: null,
	outcome: null,
	search: '',
};

export function isFiltered(filter: RequestFilter): boolean {
	return filterMark(filter) !== filterMark(noFilter);
}

/** The same text for the same filter. */
export function filterMark({ accountId, model, keyId, client, sessionId, outcome, search }: RequestFilter): string {
	return JSON.stringify([accountId, model, keyId, client, sessionId, outcome, search]);
}

export function parseRequestFilter(saved: unknown): RequestFilter {
	if (typeof saved !== 'object' || saved === null) return noFilter;
	const found: Partial<Record<keyof RequestFilter, unknown>> = saved;
	return {
		accountId: textOrNull(found.accountId),
		model: textOrNull(found.model),
		keyId: textOrNull(found.keyId),
		client: textOrNull(found.client),
		sessionId: textOrNull(found.sessionId),
		outcome: outcomes.find(outcome => outcome === found.outcome) ?? null,
		search: typeof found.search === 'string' ? found.search : '',
	};
}

function textOrNull(value: unknown): string | null {
	return typeof value === 'string' ? value : null;
}
