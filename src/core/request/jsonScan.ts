/**
 * Finds the parts of a JSON text by byte offset, without building values: a 5 MB body is walked at memory speed
 * (strings are skipped with a native search), and whatever is not changed stays byte for byte.
 *
 * The scanner accepts every valid JSON text; of invalid ones it refuses what would make an offset wrong.
 */

export class JsonScanError extends Error {
	override readonly name = 'JsonScanError';
}

/** `key` is the decoded name; `[keyStart, valueEnd)` covers the whole member, `[valueStart, valueEnd)` its value. */
export interface Member {
	readonly key: string;
	readonly keyStart: number;
	readonly valueStart: number;
	readonly valueEnd: number;
}

export interface Span {
	readonly start: number;
	readonly end: number;
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;

/** The members of the object that starts at `start` (white space before it is allowed). */
export function membersOf(text: Buffer, start = 0): Member[] {
	const members: Member[] = [];
	let at = expect(text, skipSpace(text, start), openBrace);
	at = skipSpace(text, at);
	if (text[at] === closeBrace) return members;
	for (;;) {
		const keyStart = skipSpace(text, at);
		const keyEnd = endOfString(text, keyStart);
		at = expect(text, skipSpace(text, keyEnd), colon);
		const valueStart = skipSpace(text, at);
		const valueEnd = endOfValue(text, valueStart);
		members.push({ key: decodeString(text, keyStart, keyEnd), keyStart, valueStart, valueEnd });
		at = skipSpace(text, valueEnd);
		if (text[at] === closeBrace) return members;
		at = expect(text, at, comma);
	}
}

/** The elements of the array that starts at `start`. */
export function elementsOf(text: Buffer, start: number): Span[] {
	const elements: Span[] = [];
	let at = skipSpace(text, expect(text, skipSpace(text, start), openBracket));
	if (text[at] === closeBracket) return elements;
	for (;;) {
		const elementStart = skipSpace(text, at);
		const elementEnd = endOfValue(text, elementStart);
		elements.push({ start: elementStart, end: elementEnd });
		at = skipSpace(text, elementEnd);
		if (text[at] === closeBracket) return elements;
		at = expect(text, at, comma);
	}
}

/** Offset behind the value that starts at `start`. */
export function endOfValue(text: Buffer, start: number): number {
	const first = text[start];
	if (first === quote) return endOfString(text, start);
	if (first === openBrace || first === openBracket) return endOfContainer(text, start);
	let at = start;
	while (at < text.length && isScalarByte(text[at])) at++;
	if (at === start) throw new JsonScanError(`A value is missing at byte ${start}`);
	return at;
}

/** The string value at `start`, or undefined when something else stands there. */
export function stringAt(text: Buffer, start: number): string | undefined {
	return text[start] === quote ? decodeString(text, start, endOfString(text, start)) : undefined;
}

export function skipSpace(text: Buffer, start: number): number {
	let at = start;
	for (; at < text.length; at++) {
		const byte = text[at];
		if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
	}
	return at;
}

function endOfContainer(text: Buffer, start: number): number {
	// A stack of closers as a plain array: depth is bounded by the text, and a mismatch is refused.
	const closers: number[] = [];
	let at = start;
	while (at < text.length) {
		const byte = text[at];
		if (byte === quote) {
			at = endOfString(text, at);
			continue;
		}
		if (byte === openBrace) closers.push(closeBrace);
		else if (byte === openBracket) closers.push(closeBracket);
		else if (byte === closeBrace || byte === closeBracket) {
			if (closers.pop() !== byte) throw new JsonScanError(`Brackets do not match at byte ${at}`);
			if (closers.length === 0) return at + 1;
		}
		at++;
	}
	throw new JsonScanError('The text ends inside an object or array');
}

function endOfString(text: Buffer, start: number): number {
	if (text[start] !== quote) throw new JsonScanError(`A string is missing at byte ${start}`);
	let at = start + 1;
	for (;;) {
		const end = text.indexOf(quote, at);
		if (end === -1) throw new JsonScanError('The text ends inside a string');
		let slashes = 0;
		while (text[end - 1 - slashes] === backslash) slashes++;
		if (slashes % 2 === 0) return end + 1;
		at = end + 1;
	}
}

function decodeString(text: Buffer, start: number, end: number): string {
	const raw = text.toString('utf8', start + 1, end - 1);
	if (!raw.includes('\\')) return raw;
	try {
		return String(JSON.parse(`"${raw}"`));
	} catch (error) {
		throw new JsonScanError(`A string at byte ${start} has a broken escape`, { cause: error });
	}
}

function expect(text: Buffer, at: number, byte: number): number {
	if (text[at] !== byte) throw new JsonScanError(`Expected "${String.fromCharCode(byte)}" at byte ${at}`);
	return at + 1;
}

/** Digits, signs and the letters of true, false and null. */
function isScalarByte(byte: number | undefined): boolean {
	return (
		byte !== undefined &&
		((byte >= 0x30 && byte <= 0x39) ||
			(byte >= 0x61 && byte <= 0x7a) ||
			byte === 0x2b ||
			byte === 0x2d ||
			byte === 0x2e ||
			byte === 0x45)
	);
}
