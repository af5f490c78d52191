import type { JsonObject } from './json.js';

/** How the bytes of a stream are cut: in one piece, one event at a time, or in the places that hurt. */
export type Chunking = 'whole' | 'frames' | 'torture';

export function encodeEvent(event: JsonObject, lineEnd = '\n'): Buffer {
	return Buffer.from(`event: ${String(event['type'])}${lineEnd}data: ${JSON.stringify(event)}${lineEnd}${lineEnd}`);
}

export function encodeComment(text: string, lineEnd = '\n'): Buffer {
	return Buffer.from(`: ${text}${lineEnd}${lineEnd}`);
}

/** Cuts inside every multi-byte character, between `\r` and `\n`, and every few bytes besides. */
export function cutInBadPlaces(bytes: Buffer): Buffer[] {
	const pieces: Buffer[] = [];
	let start = 0;
	for (const [index, byte] of bytes.entries()) {
		const endsBadly = byte >= 0xc0 || byte === 0x0d || index - start >= 36;
		if (!endsBadly && index < bytes.length - 1) continue;
		pieces.push(bytes.subarray(start, index + 1));
		start = index + 1;
	}
	return pieces;
}
