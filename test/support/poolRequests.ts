import type { Owner } from '../../src/shared/poolApi.js';
import type { JsonObject } from './upstream/json.js';
import { send, turnBody, type SendOptions, type WholeAnswer } from './upstream/turn.js';

/** Where a pool is, and what lets a client in. */
export interface PoolAddress {
	readonly owner: Pick<Owner, 'codexBaseUrl' | 'openaiBaseUrl'>;
	readonly key: string;
}

/** What Codex sends beside the body. */
export const codexHeaders = {
	originator: 'codex_exec',
	'user-agent': 'codex_exec/0.169.0 (Debian 12.0.0; x86_64)',
	accept: 'text/event-stream',
} as const;

/** A turn of a Codex client in the given thread. */
export function codexTurn(
	pool: PoolAddress,
	thread = 'thread-1',
	options: SendOptions & { readonly body?: JsonObject | Buffer | string } = {},
): Promise<WholeAnswer> {
	return send(`${pool.owner.codexBaseUrl}/responses`, {
		...options,
		method: 'POST',
		body: options.body ?? turnBody(`hello from ${thread}`),
		headers: { authorization: `Bearer ${pool.key}`, ...codexHeaders, 'thread-id': thread, ...options.headers },
	});
}

/** A request of an OpenAI SDK. */
export function sdkRequest(pool: PoolAddress, body: JsonObject | Buffer | string, headers = {}): Promise<WholeAnswer> {
	return send(`${pool.owner.openaiBaseUrl}/responses`, {
		method: 'POST',
		body,
		headers: { authorization: `Bearer ${pool.key}`, 'user-agent': 'OpenAI/JS 6.49.0', ...headers },
	});
}
