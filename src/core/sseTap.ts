import { endOfValue, JsonScanError, skipSpace, stringAt } from './jsonScan.js';
import { parseJson } from './untrusted.js';

/**
 * Listens to a copy of a Responses event stream. Linear, whatever the chunk boundaries; keeps nothing of ordinary
 * events and parses only the few that steer the pool: the terminal event and `codex.rate_limits`.
 */

export type TerminalKind = 'completed' | 'failed' | 'incomplete' | 'error';

export interface StreamUsage {
	readonly inputTokens: number | null;
	readonly cachedTokens: number | null;
	readonly outputTokens: number | null;
	readonly reasoningTokens: number | null;
}

export type EventClass = 'lead' | 'output' | 'rateLimits' | TerminalKind;

/** Events that come before anything a user could see. Vendor events and unknown `codex.*` names are lead too. */
const classByType: ReadonlyMap<string, EventClass> = new Map<string, EventClass>([
	['response.created', 'lead'],
	['response.in_progress', 'lead'],
	['response.queued', 'lead'],
	['response.metadata', 'lead'],
	['keepalive', 'lead'],
	['codex.rate_limits', 'rateLimits'],
	['response.completed', 'completed'],
	['response.failed', 'failed'],
	['response.incomplete', 'incomplete'],
	['error', 'error'],
]);

/** The longest event line, with a carriage return, of a type that matters; those of deltas are longer. */
const longestOther = 'event: '.length + Math.max(...[...classByType.keys()].map(type => type.length)) + 1;

const newline = 0x0a;
const carriageReturn = 0x0d;
const letterD = 0x64;
const quote = 0x22;
const openBrace = 0x7b;
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
	observe(chunk: Buffer): void;
}

export class SseTap implements StreamTap {
	/** True once something the user could see has passed. */
	sawOutput = false;
	terminal: TerminalKind | undefined;
	/** Parsed data of the terminal event when it is small, for `failed`, `incomplete` and `error`. */
	failure: unknown;
	usage: StreamUsage | undefined;

	readonly #onRateLimits: (event: unknown) => void;
	/** Class of the frame under way, from its `event:` line or the head of its data. */
	#frame: EventClass | undefined;
	/** Bytes of the line under way that had no newline yet; undefined while such a line is skipped. */
	#partial: Buffer[] | undefined = [];
	#partialBytes = 0;
	#capturing = false;

	constructor(onRateLimits: (event: unknown) => void) {
		this.#onRateLimits = onRateLimits;
	}

	observe(chunk: Buffer): void {
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
			if (this.#partial === undefined) {
				this.#partial = [];
				if (this.#capturing) this.#giveUp();
			} else if (this.#partial.length > 0) {
				const line = Buffer.concat([...this.#partial, chunk.subarray(at, end)]);
				this.#partial = [];
				this.#partialBytes = 0;
				this.#capturing = false;
				this.#line(line, 0, line.length);
			} else {
				this.#line(chunk, at, end);
			}
			at = end + 1;
		}
	}

	/** An unfinished line is kept only while it may matter: copies, so that no read buffer is pinned. */
	#keep(chunk: Buffer, at: number): void {
		if (this.#partial === undefined) return;
		this.#partial.push(Buffer.from(chunk.subarray(at)));
		this.#partialBytes += chunk.length - at;
		if (this.#partialBytes < classifyBytes) return;
		if (!this.#capturing) this.#capturing = this.#startsCapture(Buffer.concat(this.#partial));
		if (!this.#capturing || this.#partialBytes > captureLimit) {
			this.#partial = undefined;
			this.#partialBytes = 0;
		}
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
		if (kind === 'rateLimits') {
			const event = parseJson(data);
			if (event !== undefined) this.#onRateLimits(event);
			return;
		}
		if (!isTerminal(kind)) return;
		this.terminal = kind;
		this.usage = readUsage(data);
		if (kind !== 'completed') this.failure = parseJson(data);
	}
}

export function isTerminal(kind: EventClass): kind is TerminalKind {
	return kind !== 'lead' && kind !== 'output' && kind !== 'rateLimits';
}

export function isCaptured(kind: EventClass): boolean {
	return kind === 'rateLimits' || isTerminal(kind);
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

export function classOfType(type: string): EventClass {
	return classByType.get(type) ?? (type.startsWith('codex.') || type.startsWith('responsesapi.') ? 'lead' : 'output');
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

/** Only the usage object is parsed: the event around it repeats the whole output and can be megabytes. */
export function readUsage(data: Buffer): StreamUsage | undefined {
	try {
		const response = memberValue(data, skipSpace(data, 0), 'response');
		const usage = response === undefined ? undefined : memberValue(data, response, 'usage');
		return usage === undefined ? undefined : usageFrom(parseJson(data.subarray(usage, endOfValue(data, usage))));
	} catch (error) {
		if (error instanceof JsonScanError) return undefined;
		throw error;
	}
}

/** Where the value of the member `name` starts. What stands behind it is not walked. */
function memberValue(data: Buffer, object: number, name: string): number | undefined {
	if (data[object] !== openBrace) return undefined;
	let at = skipSpace(data, object + 1);
	while (data[at] === quote) {
		const colon = skipSpace(data, endOfValue(data, at));
		const value = skipSpace(data, colon + 1);
		if (stringAt(data, at) === name) return value;
		const comma = skipSpace(data, endOfValue(data, value));
		at = skipSpace(data, comma + 1);
	}
	return undefined;
}

function usageFrom(usage: unknown): StreamUsage | undefined {
	if (typeof usage !== 'object' || usage === null) return undefined;
	const count = (from: unknown, name: string): number | null => {
		const value: unknown = typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined;
		return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
	};
	return {
		inputTokens: count(usage, 'input_tokens'),
		cachedTokens: count(Reflect.get(usage, 'input_tokens_details'), 'cached_tokens'),
		outputTokens: count(usage, 'output_tokens'),
		reasoningTokens: count(Reflect.get(usage, 'output_tokens_details'), 'reasoning_tokens'),
	};
}
