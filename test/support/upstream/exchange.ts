import type { SimulatedAccount } from './accounts.js';
import { decodeBody, type DecodedBody } from './bodyDecoding.js';
import type { Fault } from './faults.js';
import { pendingAnswer, type Outcome, type RecordedRequest } from './record.js';
import type { Wire } from './wire.js';

/** A client's TCP connection. The first account seen on it is the only one it may carry. */
export interface Connection {
	readonly id: number;
	account: SimulatedAccount | undefined;
}

/** A request whose body is complete. */
export interface IncomingRequest {
	readonly method: string;
	/** The path with its query, as on the request line. */
	readonly target: string;
	/** Flat name, value, name, value… in wire order. */
	readonly headers: readonly string[];
	readonly bytes: Buffer;
	readonly connection: Connection;
}

/** One request being answered. */
export class Exchange {
	readonly wire: Wire;
	/** The path with its query, as it came. */
	readonly target: string;
	readonly connection: Connection;
	readonly record: RecordedRequest;
	readonly body: DecodedBody;
	fault: Fault | undefined;
	readonly #settle: () => void;
	/** Set when the client went before the answer was whole. */
	#clientLeft = false;

	private constructor(
		request: IncomingRequest,
		wire: Wire,
		read: { record: RecordedRequest; body: DecodedBody; settle: () => void },
	) {
		this.wire = wire;
		this.target = request.target;
		this.connection = request.connection;
		this.record = read.record;
		this.body = read.body;
		this.#settle = read.settle;
		wire.onClose(isWhole => {
			if (!isWhole) this.#clientLeft = true;
			this.end(isWhole ? 'complete' : 'client_left');
		});
	}

	static async open(
		request: IncomingRequest,
		wire: Wire,
		facts: { index: number; at: number; accountOf: (header: Header, body: unknown) => SimulatedAccount | undefined },
	): Promise<Exchange> {
		const { method, target, bytes, connection } = request;
		const headers = pairs(request.headers);
		const header = headerReader(headers);
		const body = await decodeBody(bytes, header('content-encoding') ?? '', header('content-type') ?? '');
		const { promise: settled, resolve: settle } = Promise.withResolvers<undefined>();
		const url = new URL(target, 'http://upstream');
		const answer = pendingAnswer();
		const value = body.kind === 'decoded' ? body.value : undefined;
		const record: RecordedRequest = {
			index: facts.index,
			at: facts.at,
			method,
			path: url.pathname,
			query: url.searchParams,
			headers,
			header,
			bytes,
			body: value,
			connectionId: connection.id,
			account: facts.accountOf(header, value),
			answer,
			settled,
		};
		return new Exchange(request, wire, { record, body, settle: () => settle(undefined) });
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
		this.wire.head(status, headers);
	}

	sendText(status: number, text: string, headers: Readonly<Record<string, string>>): void {
		if (this.fault?.kind === 'lose') {
			this.reset();
			return;
		}
		const bytes = Buffer.from(text);
		this.head(status, { ...headers, 'content-length': String(bytes.length) });
		this.wire.end(bytes);
	}

	sendJson(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
		this.sendText(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
	}

	sendHtml(status: number, html: string): void {
		this.sendText(status, html, { 'content-type': 'text/html; charset=utf-8' });
	}

	/** Ends the connection with a reset, as a broken network does. */
	reset(): void {
		this.end('cut');
		this.wire.reset();
	}
}

/** Gives the value of a header by its lower-case name; repeated ones joined. */
export type Header = (name: string) => string | undefined;

function headerReader(headers: readonly (readonly [string, string])[]): Header {
	const values = new Map<string, string>();
	for (const [name, value] of headers) {
		const known = values.get(name.toLowerCase());
		values.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`);
	}
	return name => values.get(name);
}

function pairs(flat: readonly string[]): (readonly [string, string])[] {
	return Array.from({ length: flat.length / 2 }, (_, index) => [flat[index * 2] ?? '', flat[index * 2 + 1] ?? '']);
}
