import { PoolError } from '../../shared/poolError.js';
import { isCodexClient } from '../request/headerPolicy.js';
import { JsonScanError, membersOf, stringAt, type Member } from '../request/jsonScan.js';
import { normalizeBody } from '../request/normalizeBody.js';
import { clientName, type ReceivedRequest, type RequestFacts } from '../request/readRequest.js';
import { sessionIdOf } from '../routing/sessionTable.js';

/** What a client's WebSocket message asks for. */
export interface MessageFacts extends RequestFacts {
	/** The response that it goes on from: only the connection that gave it knows it (protocol §6). */
	readonly previousResponseId: string | undefined;
	/** It only announces what is to come; nothing is to be generated. */
	readonly isPrewarm: boolean;
}

/** Where a client says again, inside its messages, what it was told in headers. */
export const turnStatePath = ['client_metadata', 'x-codex-turn-state'] as const;

/** The type of a message; undefined for what is no JSON object. */
export function messageType(message: Buffer): string | undefined {
	try {
		// It mostly stands first, and the rest may be megabytes.
		const first = /^\s*\{\s*"type"\s*:\s*"([^"\\]*)"/.exec(message.toString('latin1', 0, 96))?.[1];
		return first ?? textOf(message, membersOf(message), 'type');
	} catch (error) {
		if (error instanceof JsonScanError) return undefined;
		throw error;
	}
}

/** A `response.create` message has the fields of an HTTP body, and some of its headers inside. */
export function readMessage(request: ReceivedRequest): MessageFacts {
	const { headers, body, route } = request;
	const isCodex = isCodexClient(headers);
	try {
		const members = membersOf(body);
		// As over HTTP: what an SDK says is fitted to the backend.
		const fitted = isCodex || route === '/backend-api/codex/responses' ? undefined : normalizeBody(body, 'websocket');
		const metadata = objectOf(body, members, 'client_metadata');
		const keys = [
			textOf(body, metadata, 'thread_id') ?? headers['thread-id'],
			textOf(body, metadata, 'session_id') ?? headers['session-id'],
			textOf(body, members, 'prompt_cache_key'),
		];
		const key = keys.find(each => each !== undefined && each !== '');
		return {
			isCodex,
			client: clientName(headers['user-agent']),
			model: textOf(body, members, 'model') ?? null,
			effort: textOf(body, objectOf(body, members, 'reasoning'), 'effort') ?? null,
			tier: textOf(body, members, 'service_tier') ?? null,
			sessionId: key === undefined ? undefined : sessionIdOf(key),
			turnState: textOf(body, metadata, turnStatePath[1]),
			stream: true,
			dropped: fitted?.dropped ?? [],
			body: fitted?.body ?? body,
			previousResponseId: textOf(body, members, 'previous_response_id'),
			isPrewarm: literalOf(body, members, 'generate') === 'false',
		};
	} catch (error) {
		if (!(error instanceof JsonScanError)) throw error;
		throw new PoolError('invalid_request', `The message is not valid JSON: ${error.message}.`, { cause: error });
	}
}

function objectOf(body: Buffer, members: readonly Member[], key: string): Member[] {
	const member = last(members, key);
	return member && body[member.valueStart] === openBrace ? membersOf(body, member.valueStart) : [];
}

function textOf(body: Buffer, members: readonly Member[], key: string): string | undefined {
	const member = last(members, key);
	return member && stringAt(body, member.valueStart);
}

function literalOf(body: Buffer, members: readonly Member[], key: string): string | undefined {
	const member = last(members, key);
	return member && body.toString('latin1', member.valueStart, Math.min(member.valueEnd, member.valueStart + 8));
}

function last(members: readonly Member[], key: string): Member | undefined {
	return members.findLast(member => member.key === key);
}

const openBrace = 0x7b;
