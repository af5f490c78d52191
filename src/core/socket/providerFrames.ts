import { classOfType, isTerminal, type EventClass } from '../reply/eventClass.js';
import { fieldOf, parseJson, textOf } from '../untrusted.js';
import { encodeFrame, FrameError, frameHeaderAt, isControl, opcodes, type FrameHeader } from './webSocketFrames.js';

/** Hears what passes. Of ordinary events only their class is told. */
export interface FrameListener {
	event(kind: EventClass, data: Buffer | undefined): void;
	/** An event of a kind that speaks of one account. Gives what goes to the client in its place; nothing when empty. */
	exchange(kind: EventClass, data: Buffer): Buffer;
	control(opcode: number, payload: Buffer): void;
}

/** Enough to hold `{"type":"response.custom_tool_call_input.delta"`. */
const headBytes = 96;
/** A terminal event repeats the whole output; past this size its usage is given up, never the stream. */
const captureLimit = 16 * 1024 * 1024;
/** Those that are told in other words, or not to everybody. They are small. */
const exchanged: ReadonlySet<EventClass> = new Set<EventClass>(['metadata', 'rateLimits', 'vendor', 'error']);
const exchangeLimit = 64 * 1024;
const noBytes: Buffer = Buffer.alloc(0);

/**
 * Cuts what comes out of the provider's socket into what the client gets, which is mostly the very bytes that came, and
 * what ends here: pings, pongs and closes, which concern one connection only. Reads of each event no more than its type,
 * except of the few that steer the pool.
 */
export class ProviderFrames {
	/** Whether messages that begin from now on go to the client. */
	isHeard = false;
	/** The beginning of a frame of which too little is there to judge it. */
	#rest = noBytes;
	#isRestHeard = false;
	/** How much of the payload under way is still to come, and whether its frame ends the message. */
	#left = 0;
	#isFinal = true;
	#isInMessage = false;
	#isPassed = false;
	/** Class of the message under way; undefined for one whose type does not stand first. */
	#kind: EventClass | undefined;
	/** The message under way when it is wanted whole. */
	#captured: Buffer[] | undefined;
	#capturedBytes = 0;

	constructor(private readonly listener: FrameListener) {}

	/** Gives what goes to the client. Throws a FrameError for what is no WebSocket. */
	read(chunk: Buffer): Buffer {
		if (this.#isPlain(chunk)) {
			this.listener.event('output', undefined);
			return chunk;
		}
		const hasRest = this.#rest.length > 0;
		const bytes = hasRest ? Buffer.concat([this.#rest, chunk]) : chunk;
		this.#rest = noBytes;
		const passed: Buffer[] = [];
		let from = 0;
		let at = 0;
		const pass = (until: number, next: number): void => {
			if (until > from) passed.push(bytes.subarray(from, until));
			from = next;
		};
		while (at < bytes.length) {
			if (this.#left > 0) {
				const isPassed = this.#isPassed;
				at += this.#continue(bytes, at);
				if (!isPassed) from = at;
				continue;
			}
			const header = frameHeaderAt(bytes, at);
			const payload = at + (header?.length ?? 0);
			if (!header || bytes.length - payload < wantedOf(header, bytes, payload)) {
				pass(at, bytes.length);
				if (!hasRest || at > 0) this.#isRestHeard = this.isHeard;
				// A copy: the chunk is only lent.
				this.#rest = Buffer.from(bytes.subarray(at));
				break;
			}
			const end = payload + header.payloadLength;
			if (header.mask) throw new FrameError('A server must not mask its frames');
			if (isControl(header)) {
				pass(at, end);
				this.listener.control(header.opcode, Buffer.from(bytes.subarray(payload, end)));
				at = end;
				continue;
			}
			const isJudged = !this.#isInMessage && mayBeExchanged(header, bytes, payload);
			const data = isJudged ? bytes.subarray(payload, end) : undefined;
			const isHeard = hasRest && at === 0 ? this.#isRestHeard : this.isHeard;
			const given = data && this.#exchange(data);
			if (given !== undefined) {
				if (given !== data || !isHeard) pass(at, end);
				if (given !== data && isHeard && given.length > 0) passed.push(encodeFrame(opcodes.text, given));
				at = end;
			} else {
				this.#begin(header, bytes, payload, isHeard);
				if (!this.#isPassed) pass(at, payload);
				at = payload;
				if (this.#left === 0) this.#frameEnds();
			}
		}
		// Nearly always: a whole number of events, all for the client.
		if (from === 0 && passed.length === 0 && at === bytes.length) return bytes;
		pass(at, at);
		const [only = noBytes] = passed;
		return passed.length > 1 ? Buffer.concat(passed) : only;
	}

	/** Nearly every packet of a stream: whole events of output, which go on as they came. */
	#isPlain(chunk: Buffer): boolean {
		if (!this.isHeard || this.#isInMessage || this.#rest.length > 0) return false;
		let at = 0;
		while (at < chunk.length) {
			const second = chunk[at + 1] ?? 0x7f;
			// In one frame, unmasked, of less than 64 KB; all else is for the long way.
			if (chunk[at] !== wholeText || second > 126) return false;
			const payload = at + (second === 126 ? 4 : 2);
			const end = payload + (second === 126 ? ((chunk[at + 2] ?? 0) << 8) + (chunk[at + 3] ?? 0) : second);
			if (end > chunk.length || !isOutputAt(chunk, payload, end)) return false;
			at = end;
		}
		return true;
	}

	/** What goes to the client in the place of an event; undefined for one that is not told in other words. */
	#exchange(data: Buffer): Buffer | undefined {
		const kind = kindAt(data, 0, data.length) ?? classOfWhole(data);
		if (!exchanged.has(kind)) return undefined;
		const given = this.listener.exchange(kind, data);
		this.listener.event(kind, isTerminal(kind) ? data : undefined);
		return given;
	}

	#begin(header: FrameHeader, bytes: Buffer, payload: number, isHeard: boolean): void {
		const isFirst = header.opcode !== opcodes.continuation;
		if (isFirst === this.#isInMessage) throw new FrameError('Messages are mixed up');
		this.#isInMessage = true;
		this.#isFinal = header.isFinal;
		this.#left = header.payloadLength;
		if (!isFirst) return;
		this.#kind = kindAt(bytes, payload, payload + header.payloadLength);
		// One account's figures in so odd a form that they cannot be exchanged.
		this.#isPassed = isHeard && this.#kind !== 'rateLimits';
		this.#captured = this.#kind === undefined || isTerminal(this.#kind) ? [] : undefined;
		this.#capturedBytes = 0;
		// Told at once: whoever waits for output need not wait for the end of a long event.
		if (this.#kind === 'output') this.listener.event('output', undefined);
	}

	/** Gives how much of the payload is there. */
	#continue(bytes: Buffer, at: number): number {
		const taken = Math.min(this.#left, bytes.length - at);
		if (this.#captured) {
			this.#capturedBytes += taken;
			if (this.#capturedBytes > captureLimit) this.#captured = undefined;
			else this.#captured.push(Buffer.from(bytes.subarray(at, at + taken)));
		}
		this.#left -= taken;
		if (this.#left === 0) this.#frameEnds();
		return taken;
	}

	#frameEnds(): void {
		if (!this.#isFinal) return;
		this.#isInMessage = false;
		const data = this.#captured && Buffer.concat(this.#captured);
		this.#captured = undefined;
		const kind = this.#kind ?? classOfWhole(data);
		if (this.#kind !== 'output') this.listener.event(kind, isTerminal(kind) ? data : undefined);
	}
}

/** How much of a frame must be there before it can be judged. */
function wantedOf(header: FrameHeader, bytes: Buffer, payload: number): number {
	const head = Math.min(header.payloadLength, headBytes);
	if (isControl(header)) return header.payloadLength;
	return bytes.length - payload >= head && mayBeExchanged(header, bytes, payload) ? header.payloadLength : head;
}

/** Whether it takes the whole event to say how it goes on. A few bytes tell those that go on as they come, nearly all. */
function mayBeExchanged(header: FrameHeader, bytes: Buffer, payload: number): boolean {
	const { isFinal, opcode, payloadLength } = header;
	if (bytes[payload + openQuote] === 0x72 /* r */ && bytes[payload + openQuote + 9] !== 0x6d /* m */) {
		const isResponseEvent = bytes[payload + openQuote + 8] === 0x2e; /* . */
		if (isResponseEvent && hasTypeFirst(bytes, payload)) return false;
	}
	return opcode === opcodes.text && isFinal && payloadLength <= exchangeLimit;
}

const openQuote = '{"type":"'.length;
const headOfOutput = openQuote + 'response.o'.length;
/** The first byte of a message that is one frame. */
const wholeText = 0x80 | opcodes.text;

/** `response.o…`: the deltas, which are nearly all of a stream. */
function isOutputAt(bytes: Buffer, start: number, end: number): boolean {
	return (
		start + headOfOutput <= end &&
		bytes[start + openQuote] === 0x72 /* r */ &&
		bytes[start + openQuote + 8] === 0x2e /* . */ &&
		bytes[start + openQuote + 9] === 0x6f /* o */ &&
		hasTypeFirst(bytes, start)
	);
}

/** The type mostly stands first. */
function kindAt(bytes: Buffer, start: number, end: number): EventClass | undefined {
	if (isOutputAt(bytes, start, end)) return 'output';
	const head = bytes.toString('latin1', start, Math.min(end, start + headBytes));
	const type = /^\s*\{\s*"type"\s*:\s*"([^"]*)"/.exec(head)?.[1];
	return type === undefined ? undefined : classOfType(type);
}

/** The quotes of `{"type":"`. */
function hasTypeFirst(bytes: Buffer, start: number): boolean {
	return bytes[start + 1] === 0x22 && bytes[start + openQuote - 1] === 0x22;
}

function classOfWhole(data: Buffer | undefined): EventClass {
	const type = data && textOf(fieldOf(parseJson(data), 'type'));
	return type === undefined ? 'output' : classOfType(type);
}
