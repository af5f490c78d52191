import { isTerminal, readUsage, type EventClass, type StreamUsage, type TerminalKind } from './sseTap.js';
import { parseJson } from './untrusted.js';

/** What the events of one response over a WebSocket have told so far: what SseTap is to an event stream. */
export class ResponseProgress {
	/** True once something the user could see has passed. */
	sawOutput = false;
	terminal: TerminalKind | undefined;
	/** Parsed data of the terminal event, for `failed`, `incomplete` and `error`. */
	failure: unknown;
	usage: StreamUsage | undefined;

	constructor(private readonly onRateLimits: (event: unknown) => void) {}

	/** The frames are read where they come in, before the attempt gets them. */
	observe(): void {
		// Nothing is left to read.
	}

	note(kind: EventClass, data: Buffer | undefined): void {
		if (kind === 'output') this.sawOutput = true;
		else if (kind === 'rateLimits') this.#noteRateLimits(data);
		else if (isTerminal(kind)) this.#noteTerminal(kind, data);
	}

	#noteRateLimits(data: Buffer | undefined): void {
		const event = data && parseJson(data);
		if (event !== undefined) this.onRateLimits(event);
	}

	#noteTerminal(kind: TerminalKind, data: Buffer | undefined): void {
		this.terminal = kind;
		if (!data) return;
		this.usage = readUsage(data);
		if (kind !== 'completed') this.failure = parseJson(data);
	}
}
