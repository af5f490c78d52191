import { isTerminal, type EventClass, type TerminalKind } from '../reply/eventClass.js';
import type { StreamTap, TellRateLimits } from '../reply/sseTap.js';
import { readUsage, type StreamUsage } from '../reply/streamUsage.js';
import { parseJson } from '../untrusted.js';

/** What the events of one response over a WebSocket have told so far: what SseTap is to an event stream. */
export class ResponseProgress implements StreamTap {
	/** True once something the user could see has passed. */
	sawOutput = false;
	terminal: TerminalKind | undefined;
	/** Parsed data of the terminal event, for `failed`, `incomplete` and `error`. */
	failure: unknown;
	usage: StreamUsage | undefined;

	constructor(private readonly tellRateLimits: TellRateLimits) {}

	/** The frames are read, and exchanged, where they come in, before the attempt gets them. */
	observe(frames: Buffer): Buffer {
		return frames;
	}

	rest(): Buffer {
		return noBytes;
	}

	note(kind: EventClass, data: Buffer | undefined): void {
		if (kind === 'output') this.sawOutput = true;
		else if (isTerminal(kind)) this.#noteTerminal(kind, data);
	}

	/** The account's own figures; gives the data of the event for the client, or undefined when it gets none. */
	rateLimits(data: Buffer): string | undefined {
		const event = parseJson(data);
		return event === undefined ? undefined : this.tellRateLimits(event);
	}

	#noteTerminal(kind: TerminalKind, data: Buffer | undefined): void {
		this.terminal = kind;
		if (!data) return;
		this.usage = readUsage(data);
		if (kind !== 'completed') this.failure = parseJson(data);
	}
}

const noBytes: Buffer = Buffer.alloc(0);
