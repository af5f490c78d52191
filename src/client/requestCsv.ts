import { exactUsd } from '../shared/usd.js';
import type { RequestRecord } from '../shared/requestApi.js';
import { csvRecord } from './csv.js';
import type { PoolClient } from './poolClient.js';
import { readUsageNames, type UsageNames } from './usageNames.js';

/** Programs read these: columns may be added behind them, and none is ever renamed. */
const columns = [
	'id',
	'started_at',
	'account_id',
	'account',
	'key_id',
	'key',
	'client',
	'route',
	'transport',
	'model',
	'alias',
	'effort',
	'tier',
	'status',
	'outcome',
	'error',
	'attempts',
	'input_tokens',
	'cached_tokens',
	'output_tokens',
	'reasoning_tokens',
	'cost_usd',
	'first_byte_ms',
	'total_ms',
	'session_id',
] as const;

/** The most that a page holds. */
const pageSize = 200;

/** When a request was received, in epoch milliseconds; `until` is not part of it. */
export interface Span {
	readonly since: number;
	readonly until?: number;
}

/** Every request of a span as CSV, newest first: the header, then a piece for each page that is read. */
export async function* readRequestCsv(
	pool: Pick<PoolClient, 'state' | 'listKeys' | 'listRequests'>,
	{ since, until = Infinity }: Span,
): AsyncGenerator<string> {
	const names = await readUsageNames(pool, 'request');
	yield csvRecord(columns);
	let before: string | null | undefined;
	while (before !== null) {
		const { requests, next } = await pool.listRequests({ limit: pageSize, ...(before !== undefined && { before }) });
		const inSpan = requests.filter(({ startedAt }) => startedAt >= since && startedAt < until);
		yield inSpan.map(request => requestRecord(request, names)).join('');
		const oldest = requests.at(-1);
		// They come in the order of their ends: a request before one that ended too early cannot have started in time.
		before = oldest && oldest.startedAt + oldest.totalMs < since ? null : next;
	}
}

function requestRecord(request: RequestRecord, names: UsageNames): string {
	const { accountId, keyId, costNanoUsd } = request;
	return csvRecord([
		request.id,
		new Date(request.startedAt).toISOString(),
		accountId,
		accountId === null ? null : (names.accounts.get(accountId) ?? accountId),
		keyId,
		names.keys.get(keyId) ?? keyId,
		request.client,
		request.route,
		request.transport,
		request.model,
		request.alias,
		request.effort,
		request.tier,
		request.status,
		request.outcome,
		request.error,
		request.attempts.length,
		request.inputTokens,
		request.cachedTokens,
		request.outputTokens,
		request.reasoningTokens,
		costNanoUsd === null ? null : exactUsd(costNanoUsd),
		request.firstByteMs,
		request.totalMs,
		request.sessionId,
	]);
}
