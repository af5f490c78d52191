import { elementsOf, JsonScanError, membersOf, stringAt, type Member } from './jsonScan.js';

/**
 * The same conversation for an account that cannot read another's encrypted reasoning (protocol §7): reasoning items
 * are left out, every other byte stays. Undefined when nothing can be left out, or when what cannot be read is more than
 * reasoning: a compaction item holds the history itself.
 */
export function portableBody(body: Buffer): Buffer | undefined {
	try {
		const input = membersOf(body).find(member => member.key === 'input');
		return input && withoutReasoning(body, input);
	} catch (error) {
		if (error instanceof JsonScanError) return undefined;
		throw error;
	}
}

function withoutReasoning(body: Buffer, input: Member): Buffer | undefined {
	const items = elementsOf(body, input.valueStart).map(span => ({ ...span, ...describe(body, span.start) }));
	const kept = items.filter(item => item.type !== 'reasoning');
	if (kept.length === items.length || kept.some(item => item.isEncrypted)) return undefined;
	const parts = kept.flatMap(({ start, end }, index) => {
		const bytes = body.subarray(start, end);
		return index === 0 ? [bytes] : [Buffer.from(','), bytes];
	});
	return Buffer.concat([
		body.subarray(0, input.valueStart),
		Buffer.from('['),
		...parts,
		Buffer.from(']'),
		body.subarray(input.valueEnd),
	]);
}

function describe(body: Buffer, start: number): { readonly type: string | undefined; readonly isEncrypted: boolean } {
	const members = membersOf(body, start);
	const textOf = (key: string): string | undefined => {
		const member = members.find(each => each.key === key);
		return member && stringAt(body, member.valueStart);
	};
	return { type: textOf('type'), isEncrypted: (textOf('encrypted_content') ?? '') !== '' };
}
