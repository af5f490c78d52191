import type { IncomingMessage } from 'node:http';
import type { SimulatedAccount } from './accounts.js';
import type { Connection } from './exchange.js';
import { pendingAnswer, type Outcome, type RecordedRequest } from './record.js';

/** How a message over a WebSocket is recorded: everything else is as with requests. */
export const messageMethod = 'WS';

export interface RecordedSocketRequest {
	readonly record: RecordedRequest;
	/** Notes how the answer ended; the first word counts. */
	readonly end: (outcome: Outcome) => void;
}

/** The record of an upgrade, or of one message behind it, which carries the upgrade's headers. */
export function recordSocketRequest(
	request: IncomingMessage,
	facts: {
		readonly index: number;
		readonly at: number;
		readonly connection: Connection;
		readonly account: SimulatedAccount | undefined;
		readonly message?: { readonly bytes: Buffer; readonly body: unknown };
	},
): RecordedSocketRequest {
	const { promise: settled, resolve: settle } = Promise.withResolvers<undefined>();
	const url = new URL(request.url ?? '/', 'http://upstream');
	const { rawHeaders } = request;
	const answer = pendingAnswer();
	const record: RecordedRequest = {
		index: facts.index,
		at: facts.at,
		method: facts.message ? messageMethod : 'GET',
		path: url.pathname,
		query: url.searchParams,
		headers: Array.from({ length: rawHeaders.length / 2 }, (_, at) => [
			rawHeaders[at * 2] ?? '',
			rawHeaders[at * 2 + 1] ?? '',
		]),
		header: name => {
			const value = request.headers[name];
			return Array.isArray(value) ? value.join(', ') : value;
		},
		bytes: facts.message?.bytes ?? Buffer.alloc(0),
		body: facts.message?.body,
		connectionId: facts.connection.id,
		account: facts.account,
		answer,
		settled,
	};
	const end = (outcome: Outcome): void => {
		if (answer.outcome !== 'pending') return;
		answer.outcome = outcome;
		settle(undefined);
	};
	return { record, end };
}
