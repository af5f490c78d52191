import type { RequestList, RequestRecord } from '../src/shared/requestApi.js';

/** What the log has of the requests that fit the filter. */
export interface RequestRows {
	/** Newest first. */
	readonly rows: readonly RequestRecord[];
	/** The newest part as it is now, with requests that have come since; it waits until it disturbs nobody. */
	readonly waiting: RequestList | null;
	/** How many have come since. */
	readonly newer: number;
	/** Whether more have come than were read, so that there is a gap before `rows`. */
	readonly hasGap: boolean;
	/** Where the older ones begin; null when there are none. */
	readonly next: string | null;
	readonly isReadingOlder: boolean;
	/** Why older ones could not be read, as a sentence. */
	readonly problem: string | null;
}

export function rowsOf({
	requests,
	next,
}: Pick<RequestRows, 'next'> & { requests: readonly RequestRecord[] }): RequestRows {
	return { rows: requests, waiting: null, newer: 0, hasGap: false, next, isReadingOlder: false, problem: null };
}

/** The newest part was read again. */
export function withNewest(shown: RequestRows, page: RequestList): RequestRows {
	if (shown.rows.length === 0) return rowsOf(page);
	const known = idsOf(shown.rows);
	const newer = page.requests.filter(({ id }) => !known.has(id)).length;
	const hasGap = newer === page.requests.length && page.next !== null;
	return { ...shown, newer, hasGap: newer > 0 && hasGap, waiting: newer === 0 ? null : page };
}

/** What has waited takes its place. */
export function withWaiting(shown: RequestRows): RequestRows {
	const { waiting, hasGap, rows } = shown;
	if (!waiting) return shown;
	if (hasGap) return rowsOf(waiting);
	const known = idsOf(waiting.requests);
	const older = rows.filter(({ id }) => !known.has(id));
	return { ...shown, rows: [...waiting.requests, ...older], waiting: null, newer: 0 };
}

export function withOlder(shown: RequestRows, { requests, next }: RequestList): RequestRows {
	const known = idsOf(shown.rows);
	const older = requests.filter(({ id }) => !known.has(id));
	return { ...shown, rows: [...shown.rows, ...older], next, isReadingOlder: false, problem: null };
}

function idsOf(requests: readonly RequestRecord[]): ReadonlySet<string> {
	return new Set(requests.map(({ id }) => id));
}
