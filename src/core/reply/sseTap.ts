import { classOfType, isTerminal, longestKnownType, type EventClass, type TerminalKind } from './eventClass.js';
import { PassedBytes } from './passedBytes.js';
import { readUsage, type StreamUsage } from './streamUsage.js';
import { fieldOf, parseJson } from '../untrusted.js';

/**
 * Listens to a Responses event stream as it passes. Linear, whatever the chunk boundaries; keeps nothing of ordinary
 * events and parses only the few that steer the pool: the terminal event, and those that speak of one account and are told
 * to the client in the pool's words, `codex.rate_limits` and metadata. All other bytes go on as they came.
 */

/** The longest event line, with a carriage return, of a type that matters. */
const longestOther = 'event: '.length + longestKnownType + 1;

const newline = 0x0a;
const carriageReturn = 0x0d;
const letterD = 0x64;
/** Enough to hold `data: {"type":"response.custom_tool_call_input.delta"`. */
const classifyBytes = 96;
/** A terminal event repeats the whole output; past this size its usage is given up, never the stream. */
const captureLimit = 16 * 1024 * 1024;

/** What an attempt wants to know of the stream that passes. */
export interface StreamTap {
	readonly sawOutput: boolean;
	readonly terminal: TerminalKind | undefined;
	readonly failure: unknown;
	readonly usage: StreamUsage | undefined;
	/** Gives what goes on to the client: mostly the very chunk. */
	observe(chunk: Buffer): Buffer;
	/** What was kept back, when the stream has ended. */
	rest(): Buffer;
}

/** Takes a `codex.rate_limits` event; gives the data of the one for the client, or undefined when it gets none. */
export type TellRateLimits = (event: unknown) => string | undefined;

/** Takes the data of an event with metadata; gives what the client gets in its place. */
export type TellMetadata = (data: Buffer) => Buffer;

export class SseTap implements StreamTap {
	/** True once something the user could see has passed. */
	sawOutput = false;
	terminal: TerminalKind | undefined;
	/** Parsed data of the terminal event when it is small, for `failed`, `incomplete` and `error`. */
	failure: unknown;
	usage: StreamUsage | undefined;

	/** Class of the frame under way, from its `event:` line or the head of its data. */
	#frame: EventClass | undefined;
	/** Bytes of the line under way that had no newline yet; undefined while such a line is skipped. */
	#partial: Buffer[] | undefined = [];
	#partialBytes = 0;
	#capturing = false;
	readonly #passed = new PassedBytes();
	/** Whether the frame under way does not go on, and what does in its place. */
	#isLeftOut = false;
	#instead: Buffer[] = [];
	/** Whether the line under way has not gone on yet, because it may be of a frame that does not. */
	#isHeld = false;

	constructor(
		private readonly tellRateLimits: TellRateLimits,
		private readonly tellMetadata: TellMetadata = data => data,
	) {}

	observe(chunk: Buffer): Buffer {
		this.#passed.begin(chunk, this.#isLeftOut);
		this.#read(chunk);
		return this.#passed.take();
	}

	rest(): Buffer {
		return Buffer.concat((this.#isHeld && this.#partial) || []);
	}

	#read(chunk: Buffer): void {
		let at = 0;
		while (at < chunk.length) {
			if (this.#frame === undefined && this.#partial?.length === 0) {
				const next = behindOrdinaryFrames(chunk, at);
				if (next > at) this.#pass('output');
				at = next;
				if (at === chunk.length) return;
			}
			const end = chunk.indexOf(newline, at);
			if (end === -1) {
				this.#keep(chunk, at);
				return;
			}
			const begun = this.#partial;
			this.#partial = [];
			if (begun === undefined) {
				if (this.#capturing) this.#giveUp();
			} else if (begun.length > 0) {
				this.#partialBytes = 0;
				this.#capturing = false;
				const line = Buffer.concat([...begun, chunk.subarray(at, end)]);
				this.#line(line, 0, line.length);
			} else {
				this.#line(chunk, at, end);
			}
			this.#edit(at, end + 1, begun);
			at = end + 1;
		}
	}

	/** Behind a line, of which a part may be held: lets it go on, or leaves its frame out. */
	#edit(start: number, end: number, begun: readonly Buffer[] = []): void {
		const isLeftOut = isExchanged(this.#frame);
		if (isLeftOut && !this.#isLeftOut) {
			this.#passed.leaveOut(start);
		} else if (!isLeftOut && this.#isLeftOut) {
			this.#passed.insert(this.#instead);
			this.#passed.goOn(end);
			this.#instead = [];
		} else if (this.#isHeld) {
			this.#passed.insert(begun);
		}
		this.#isLeftOut = isLeftOut;
		this.#isHeld = false;
	}

	/** An unfinished line is kept only while it may matter: copies, so that no read buffer is pinned. */
	#keep(chunk: Buffer, at: number): void {
		if (this.#partial === undefined) return;
		const kept = this.#partial;
		const begun = kept.length;
		kept.push(Buffer.from(chunk.subarray(at)));
		this.#partialBytes += chunk.length - at;
		if (this.#partialBytes >= classifyBytes) {
			if (!this.#capturing) this.#capturing = this.#startsCapture(Buffer.concat(kept));
			if (!this.#capturing || this.#partialBytes > captureLimit) {
				this.#partial = undefined;
				this.#partialBytes = 0;
			}
		}
		if (this.#isLeftOut) return;
		const wasHeld = this.#isHeld;
		this.#isLeftOut = isExchanged(this.#frame);
		this.#isHeld = this.#mayBeLeftOut();
		if (this.#isLeftOut || this.#isHeld) this.#passed.leaveOut(at);
		else if (wasHeld) this.#passed.insert(kept.slice(0, begun));
	}

	/** Whether the unfinished line may turn out to be of a frame that does not go on. */
	#mayBeLeftOut(): boolean {
		if (this.#frame !== undefined || this.#partial === undefined) return false;
		return this.#capturing || mayBeExchanged(Buffer.concat(this.#partial));
	}

	/** The end of a line that was too long to keep. */
	#giveUp(): void {
		this.#capturing = false;
		const kind = this.#frame ?? 'output';
		this.#pass(kind);
		if (isTerminal(kind)) this.terminal = kind;
	}

	#startsCapture(head: Buffer): boolean {
		if (!isData(head, 0)) return false;
		this.#frame ??= classOfHead(head, 0, head.length);
		if (this.#frame === undefined) return true;
		this.#pass(this.#frame);
		return isCaptured(this.#frame);
	}

	#line(bytes: Buffer, start: number, end: number): void {
		const first = bytes[start];
		if (start === end || (first === carriageReturn && end - start === 1)) {
			this.#frame = undefined;
		} else if (first === 0x65 /* e */ && isField(bytes, start, 'event:')) {
			this.#frame = classOfType(textAfter(bytes, start + 6, end));
			this.#pass(this.#frame);
		} else if (isData(bytes, start)) {
			this.#frame ??= classOfHead(bytes, start, end) ?? classOfWhole(bytes.subarray(start + 5, end));
			this.#pass(this.#frame);
			if (isCaptured(this.#frame)) this.#capture(this.#frame, bytes.subarray(start + 5, end));
		}
	}

	#pass(kind: EventClass): void {
		if (kind === 'output') this.sawOutput = true;
	}

	#capture(kind: EventClass, data: Buffer): void {
		if (!isTerminal(kind)) {
			this.#instead = kind === 'metadata' ? this.#metadata(data) : this.#rateLimits(data);
			return;
		}
		this.terminal = kind;
		this.usage = readUsage(data);
		if (kind !== 'completed') this.failure = parseJson(data);
	}

	#rateLimits(data: Buffer): Buffer[] {
		const event = parseJson(data);
		const told = event === undefined ? undefined : this.tellRateLimits(event);
		return told === undefined ? [] : [Buffer.from(`event: codex.rate_limits\ndata: ${told}\n\n`)];
	}

	/** With the line ends that it came with, the first of which is still at the data: what needs no change looks the same. */
	#metadata(data: Buffer): Buffer[] {
		const named = fieldOf(parseJson(data), 'type');
		const type = typeof named === 'string' ? named : 'response.metadata';
		const lineEnd = data.at(-1) === carriageReturn ? '\r\n' : '\n';
		return [Buffer.from(`event: ${type}${lineEnd}data:`), this.tellMetadata(data), Buffer.from(`\n${lineEnd}`)];
	}
}

/** Whether the client gets another event in place of this one. */
function isExchanged(kind: EventClass | undefined): boolean {
	return kind === 'rateLimits' || kind === 'metadata';
}

/**
 * Deltas are nearly all of a stream: whole frames of an ordinary `event`, its `data` and an empty line are passed here,
 * with a single search in native code for each. Gives the offset of the first byte that needs a closer look.
 */
function behindOrdinaryFrames(bytes: Buffer, start: number): number {
	let frame = start;
	for (;;) {
		if (!startsOrdinary(bytes, frame)) return frame;
		let at = frame + 'event: response.'.length;
		while (at < bytes.length && bytes[at] !== newline) at++;
		if (at - frame <= longestOther || bytes[at + 1] !== letterD) return frame;
		const end = bytes.indexOf(newline, at + 1);
		if (end === -1 || bytes[end + 1] !== newline) return frame;
		frame = end + 2;
	}
}

/** Four bytes of `event: response.` tell it from every other line that matters; comparing all would double the cost. */
function startsOrdinary(bytes: Buffer, start: number): boolean {
	return (
		bytes[start] === 0x65 /* e */ &&
		bytes[start + 5] === 0x3a /* : */ &&
		bytes[start + 7] === 0x72 /* r */ &&
		bytes[start + 15] === 0x2e /* . */
	);
}

/** Codex reads only the data, so a frame without an `event:` line is known by its type, which mostly stands first. */
function classOfHead(bytes: Buffer, start: number, end: number): EventClass | undefined {
	const head = bytes.toString('latin1', start, Math.min(end, start + classifyBytes));
	const type = /^data:\s*\{\s*"type"\s*:\s*"([^"]*)"/.exec(head)?.[1];
	return type === undefined ? undefined : classOfType(type);
}

/** A type that stands further back cannot be told from one inside another object without reading the whole line. */
function classOfWhole(data: Buffer): EventClass {
	const event = parseJson(data);
	const found = typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
	return typeof found === 'string' ? classOfType(found) : 'output';
}

/** Whether the pool reads the event itself. */
function isCaptured(kind: EventClass): boolean {
	return isExchanged(kind) || isTerminal(kind);
}

function isData(bytes: Buffer, start: number): boolean {
	return bytes[start] === letterD && isField(bytes, start, 'data:');
}

function isField(bytes: Buffer, start: number, name: string): boolean {
	for (let i = 0; i < name.length; i++) {
		if (bytes[start + i] !== name.charCodeAt(i)) return false;
	}
	return true;
}

function textAfter(bytes: Buffer, start: number, end: number): string {
	const from = bytes[start] === 0x20 ? start + 1 : start;
	return bytes.toString('latin1', from, bytes[end - 1] === carriageReturn ? end - 1 : end);
}

const exchangedLines = ['codex.rate_limits', 'response.metadata', 'codex.response.metadata'].flatMap(type => [
	`event: ${type}\r`,
	`event:${type}\r`,
]);

/** Whether a line of which only this is there may begin, or belong to, an event that is exchanged. */
function mayBeExchanged(begun: Buffer): boolean {
	if (isData(begun, 0)) return isExchanged(classOfHead(begun, 0, begun.length) ?? 'rateLimits');
	const line = begun.toString('latin1');
	return line.startsWith('event:')
		? exchangedLines.some(whole => whole.startsWith(line))
		: 'event:'.startsWith(line) || 'data:'.startsWith(line);
}
