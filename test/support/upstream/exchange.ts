import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SimulatedAccount } from './accounts.js';
import { decodeBody, type DecodedBody } from './bodyDecoding.js';
import type { Fault } from './faults.js';
import type { Answer, Outcome, RecordedRequest } from './record.js';

/** A client's TCP connection. The first account seen on it is the only one it may carry. */
export interface Connection {
	readonly id: number;
	account: SimulatedAccount | undefined;
}

/** One request being answered. */
export class Exchange {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	readonly connection: Connection;
	readonly record: RecordedRequest;
	readonly body: DecodedBody;
	fault: Fault | undefined;
	readonly #settle: () => void;
	/** Set when the client went before the answer was whole. */
	#clientLeft = false;

	constructor(parts: {
		request: IncomingMessage;
		response: ServerResponse;
		connection: Connection;
		record: RecordedRequest;
		body: DecodedBody;
		settle: () => void;
	}) {
		this.request = parts.request;
		this.response = parts.response;
		this.connection = parts.connection;
		this.record = parts.record;
		this.body = parts.body;
		this.#settle = parts.settle;
		if (parts.request.socket.destroyed) this.#closed();
		else parts.response.once('close', () => this.#closed());
	}

	get clientLeft(): boolean {
		return this.#clientLeft;
	}

	/** The decoded body, or undefined. */
	get value(): unknown {
		return this.body.kind === 'decoded' ? this.body.value : undefined;
	}

	/** Notes how the answer ended; the first word counts. */
	end(outcome: Outcome): void {
		if (this.record.answer.outcome !== 'pending') return;
		this.record.answer.outcome = outcome;
		this.#settle();
	}

	head(status: number, headers: Readonly<Record<string, string>>): void {
		this.record.answer.status = status;
		this.record.answer.headers = headers;
		this.response.writeHead(status, headers);
	}

	sendText(status: number, text: string, headers: Readonly<Record<string, string>>): void {
		if (this.fault?.kind === 'lose') {
			this.reset();
			return;
		}
		const bytes = Buffer.from(text);
		this.head(status, { ...headers, 'content-length': String(bytes.length) });
		this.response.end(bytes);
	}

	sendJson(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
		this.sendText(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
	}

	sendHtml(status: number, html: string): void {
		this.sendText(status, html, { 'content-type': 'text/html; charset=utf-8' });
	}

	#closed(): void {
		const isWhole = this.response.writableFinished;
		if (!isWhole) this.#clientLeft = true;
		this.end(isWhole ? 'complete' : 'client_left');
	}

	/** Ends the connection with a reset, as a broken network does. */
	reset(): void {
		this.end('cut');
		this.request.socket.resetAndDestroy();
	}
}

/** Reads a request to its end. */
export async function readRequest(
	request: IncomingMessage,
	facts: {
		index: number;
		at: number;
		connection: Connection;
		accountOf: (body: unknown) => SimulatedAccount | undefined;
	},
): Promise<{ record: RecordedRequest; body: DecodedBody; settle: () => void }> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) {
		if (Buffer.isBuffer(chunk)) chunks.push(chunk);
	}
	const bytes = Buffer.concat(chunks);
	const header = (name: string) => {
		const value = request.headers[name];
		return Array.isArray(value) ? value.join(', ') : value;
	};
	const body = await decodeBody(bytes, header('content-encoding') ?? '', header('content-type') ?? '');
	const { promise: settled, resolve: settle } = Promise.withResolvers<undefined>();
	const url = new URL(request.url ?? '/', 'http://upstream');
	const answer: Answer = { status: undefined, headers: {}, events: 0, producedOutput: false, outcome: 'pending' };
	const value = body.kind === 'decoded' ? body.value : undefined;
	const record: RecordedRequest = {
		index: facts.index,
		at: facts.at,
		method: request.method ?? 'GET',
		path: url.pathname,
		query: url.searchParams,
		headers: pairs(request.rawHeaders),
		header,
		bytes,
		body: value,
		connectionId: facts.connection.id,
		account: facts.accountOf(value),
		answer,
		settled,
	};
	return { record, body, settle: () => settle(undefined) };
}

function pairs(rawHeaders: readonly string[]): (readonly [string, string])[] {
	return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
		rawHeaders[index * 2] ?? '',
		rawHeaders[index * 2 + 1] ?? '',
	]);
}
