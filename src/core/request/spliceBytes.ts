import type { Member } from './jsonScan.js';

/** One change of a text: `[start, end)` becomes `text`. */
export interface Edit {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/** `[start, end)` of a text with its edits; every other byte stays. */
export function splice(body: Buffer, start: number, end: number, edits: readonly Edit[]): Buffer {
	const parts: Buffer[] = [];
	let at = start;
	for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
		parts.push(body.subarray(at, edit.start), Buffer.from(edit.text));
		at = edit.end;
	}
	parts.push(body.subarray(at, end));
	return Buffer.concat(parts);
}

export function insert(at: number, text: string): Edit {
	return { start: at, end: at, text };
}

export function replaceValue(member: Member, text: string): Edit {
	return { start: member.valueStart, end: member.valueEnd, text };
}
