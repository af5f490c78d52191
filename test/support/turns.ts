import { isJsonObject, listAt, textAt, type JsonObject } from './upstream/json.js';
import type { SimulatedAccount } from './upstream/accounts.js';
import type { RecordedRequest } from './upstream/record.js';
import { messageMethod } from './upstream/socketRecord.js';
import type { Upstream } from './upstream/startUpstream.js';

/** A request for the model. */
export function isTurn({ method, path }: RecordedRequest): boolean {
	return method === 'POST' && path === '/backend-api/codex/responses';
}

/** The body of the newest request for the model. */
export function lastTurnBody({ requests }: Pick<Upstream, 'requests'>): JsonObject {
	const body = requests.findLast(isTurn)?.body;
	if (!isJsonObject(body)) throw new Error('No turn has reached the upstream');
	return body;
}

/** The part of a turn in which the client brings what a tool has printed. */
export function isToolFollowUp(request: RecordedRequest): boolean {
	return isTurn(request) && inputTypes(request).at(-1) === 'function_call_output';
}

export function inputTypes({ body }: RecordedRequest): string[] {
	const input = isJsonObject(body) ? listAt(body, 'input') : [];
	return input.map(item => textAt(item, 'type') ?? '');
}

/** Spends the account of a turn at the moment the turn brings it what a tool has printed. Returns that account. */
export async function spendInTheMiddle(upstream: Upstream): Promise<SimulatedAccount> {
	const spent = Promise.withResolvers<undefined>();
	upstream.script({ kind: 'slow', wait: spent.promise }, { when: isToolFollowUp });
	const { account } = await upstream.waitForRequest(isToolFollowUp);
	if (!account) throw new Error('The turn was brought to nobody');
	account.spend('5h', 100);
	spent.resolve(undefined);
	return account;
}

/** A client of the provider opens a WebSocket. */
export function isUpgrade({ method, path }: RecordedRequest): boolean {
	return method === 'GET' && path === '/backend-api/codex/responses';
}

/** A request for the model in a message over a WebSocket. */
export function isMessage({ method }: RecordedRequest): boolean {
	return method === messageMethod;
}

/** The announcement with which a client begins a conversation over a WebSocket. */
export function isPrewarm({ body }: RecordedRequest): boolean {
	return isJsonObject(body) && body['generate'] === false;
}

/** The same as a tool follow-up, over a WebSocket. */
export function isSocketFollowUp(request: RecordedRequest): boolean {
	return isMessage(request) && inputTypes(request).at(-1) === 'function_call_output';
}
