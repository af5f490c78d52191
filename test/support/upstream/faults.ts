import type { SimulatedAccount } from './accounts.js';
import type { Wait } from './clock.js';
import type { JsonObject } from './json.js';
import type { RecordedRequest } from './record.js';

/**
 * A place in the event stream: after so many events, after the lead events (nothing visible yet), or after the first
 * piece of output.
 */
export type Position = number | 'lead' | 'output';

interface Delayed {
	/** Time that passes before the first byte of the answer. */
	readonly wait?: Wait;
}

export type Fault = Delayed &
	(
		| { readonly kind: 'slow'; readonly wait: Wait }
		/** A whole answer of the test's making. An object becomes JSON; text starting with `<` is sent as HTML. */
		| {
				readonly kind: 'reply';
				readonly status: number;
				readonly headers?: Readonly<Record<string, string>>;
				readonly body?: unknown;
		  }
		/** The connection is reset before anything is done. */
		| { readonly kind: 'refuse' }
		/** The request is carried out, but its answer never arrives: the connection is reset. Not for streams. */
		| { readonly kind: 'lose' }
		/** The stream stops and stays open; it goes on when `until` is over. */
		| { readonly kind: 'silence'; readonly after: Position; readonly until?: Wait }
		/** The stream stops without completion: properly ended, closed in the middle of the body, or reset. */
		| { readonly kind: 'cut'; readonly after: Position; readonly how: 'end' | 'close' | 'reset' }
		/** The stream ends with these events instead of its own. */
		| { readonly kind: 'finish'; readonly after: Position; readonly events: readonly JsonObject[] }
		/** Additional events in the middle of the stream. */
		| { readonly kind: 'insert'; readonly after: Position; readonly events: readonly JsonObject[] }
	);

export interface FaultMatch {
	readonly account?: SimulatedAccount;
	readonly method?: string;
	/** The end of the path, for example `/responses`. */
	readonly path?: string;
	readonly when?: (request: RecordedRequest) => boolean;
	/** How many requests it strikes; 1 when absent. */
	readonly times?: number;
}

export interface ScriptedFault {
	/** How many requests it has struck. */
	readonly hits: number;
	cancel(): void;
}

interface Entry {
	readonly fault: Fault;
	readonly match: FaultMatch;
	hits: number;
	left: number;
}

/** What will go wrong. The first script that matches a request strikes it; one request is struck once. */
export class FaultScript {
	#entries: Entry[] = [];

	get isEmpty(): boolean {
		return this.#entries.length === 0;
	}

	add(fault: Fault, match: FaultMatch = {}): ScriptedFault {
		const entry: Entry = { fault, match, hits: 0, left: match.times ?? 1 };
		this.#entries.push(entry);
		return {
			get hits() {
				return entry.hits;
			},
			cancel: () => this.#remove(entry),
		};
	}

	take(request: RecordedRequest): Fault | undefined {
		const entry = this.#entries.find(({ match }) => strikes(match, request));
		if (!entry) return undefined;
		entry.hits += 1;
		entry.left -= 1;
		if (entry.left <= 0) this.#remove(entry);
		return entry.fault;
	}

	clear(): void {
		this.#entries = [];
	}

	#remove(entry: Entry): void {
		this.#entries = this.#entries.filter(other => other !== entry);
	}
}

function strikes(match: FaultMatch, request: RecordedRequest): boolean {
	return (
		(match.account === undefined || match.account === request.account) &&
		(match.method === undefined || match.method === request.method) &&
		(match.path === undefined || request.path.endsWith(match.path)) &&
		(match.when === undefined || match.when(request))
	);
}

/** A `response.failed` inside a 200: how the provider reports what it found out too late for a status. */
export function failedStream(code: string, message = `The request failed: ${code}`, after: Position = 'lead'): Fault {
	const response = { id: 'resp_failed', object: 'response', status: 'failed', output: [], error: { code, message } };
	return { kind: 'finish', after, events: [{ type: 'response.failed', response }] };
}

export function incompleteStream(reason: string, after: Position = 'output'): Fault {
	const response = { id: 'resp_incomplete', object: 'response', status: 'incomplete', incomplete_details: { reason } };
	return { kind: 'finish', after, events: [{ type: 'response.incomplete', response }] };
}

/** What a proxy in front of the provider says instead of the provider. */
export function htmlReply(status: number, title = 'Just a moment...'): Fault {
	const headers = { 'cf-ray': 'simulated-ray', server: 'cloudflare' };
	return { kind: 'reply', status, headers, body: `<!DOCTYPE html><html><head><title>${title}</title></head></html>` };
}
