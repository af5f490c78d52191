import { EventEmitter, once } from 'node:events';
import type { SimulatedAccount } from './accounts.js';
import type { JsonObject } from './json.js';

/** How an answer ended. `cut` was scripted; `client_left` means the client closed first. */
export type Outcome = 'pending' | 'complete' | 'cut' | 'client_left';

export interface Answer {
	status: number | undefined;
	headers: Readonly<Record<string, string>>;
	/** Stream events written so far. */
	events: number;
	/** Whether an event the user could see was written. */
	producedOutput: boolean;
	/** What its last event said that it took. */
	usage: JsonObject | undefined;
	outcome: Outcome;
}

/** One request as it arrived and what became of it. `answer` goes on changing until `settled` resolves. */
export interface RecordedRequest {
	readonly index: number;
	/** By the simulator's clock. */
	readonly at: number;
	readonly method: string;
	/** Without the query. */
	readonly path: string;
	readonly query: URLSearchParams;
	/** Names as the client spelled them, in wire order. */
	readonly headers: readonly (readonly [name: string, value: string])[];
	/** The value of a header, by lower-case name. */
	header(name: string): string | undefined;
	/** The bytes as they came, still compressed. */
	readonly bytes: Buffer;
	/** Decoded: parsed JSON, form fields as an object, text, or undefined when empty or undecodable. */
	readonly body: unknown;
	readonly connectionId: number;
	/** Whoever the credentials name, whether or not they were accepted. */
	readonly account: SimulatedAccount | undefined;
	readonly answer: Answer;
	/** Resolves when the answer has ended one way or the other. */
	readonly settled: Promise<void>;
}

/** An answer that has not begun. */
export function pendingAnswer(): Answer {
	return { status: undefined, headers: {}, events: 0, producedOutput: false, usage: undefined, outcome: 'pending' };
}

export type ViolationCode =
	| 'pool_key_leaked'
	| 'unknown_bearer'
	| 'account_id_missing'
	| 'account_id_mismatch'
	| 'connection_shared'
	| 'foreign_turn_state'
	| 'foreign_cookie'
	| 'foreign_routing_override'
	| 'turn_repeated_after_output'
	| 'two_responses_at_once'
	| 'reset_credit_consumed'
	| 'simulator_failed';

/** Something no well-behaved client does, whatever it was answered. */
export interface Violation {
	readonly code: ViolationCode;
	readonly message: string;
	readonly request: RecordedRequest;
}

/** The simulator's memory of what reached it. */
export class RequestLog {
	readonly requests: RecordedRequest[] = [];
	readonly violations: Violation[] = [];
	readonly #arrivals = new EventEmitter<{ arrived: [] }>().setMaxListeners(0);
	readonly #keeps: boolean;

	constructor(keeps: boolean) {
		this.#keeps = keeps;
	}

	add(request: RecordedRequest): void {
		if (!this.#keeps) return;
		this.requests.push(request);
		this.#arrivals.emit('arrived');
	}

	violate(code: ViolationCode, message: string, request: RecordedRequest): void {
		this.violations.push({ code, message, request });
	}

	/** The first matching request, already here or still to come. */
	async waitFor(matches: (request: RecordedRequest) => boolean): Promise<RecordedRequest> {
		if (!this.#keeps) throw new Error('This simulator was started with record: false');
		let seen = 0;
		for (;;) {
			const found = this.requests.slice(seen).find(matches);
			if (found) return found;
			seen = this.requests.length;
			await once(this.#arrivals, 'arrived');
		}
	}

	/** Forgets requests and violations, for instance between two parts of a test. */
	clear(): void {
		this.requests.length = 0;
		this.violations.length = 0;
	}
}
