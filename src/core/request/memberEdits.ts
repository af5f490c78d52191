import { membersOf, type Member } from './jsonScan.js';

/** Changes to one member of a JSON text, which leave every other byte as it is. `path` names it from the outside in. */

/** The same buffer when there is no such member. Throws a JsonScanError for what is not JSON. */
export function withoutMember(text: Buffer, path: readonly string[]): Buffer {
	const members = ownersOf(text, path);
	const key = path.at(-1);
	const at = members.findIndex(member => member.key === key);
	const found = members[at];
	if (!found) return text;
	const before = members[at - 1];
	const after = members[at + 1];
	const start = before ? before.valueEnd : found.keyStart;
	const end = before || !after ? found.valueEnd : after.keyStart;
	// Of several with the same name none may stay.
	return withoutMember(Buffer.concat([text.subarray(0, start), text.subarray(end)]), path);
}

/** `value` is JSON. The same buffer when there is no such member. */
export function withValue(text: Buffer, path: readonly string[], value: string): Buffer {
	const found = ownersOf(text, path).findLast(member => member.key === path.at(-1));
	if (!found) return text;
	return Buffer.concat([text.subarray(0, found.valueStart), Buffer.from(value), text.subarray(found.valueEnd)]);
}

/** The members of the object that holds the last name of the path; none when there is no such object. */
function ownersOf(text: Buffer, path: readonly string[]): Member[] {
	let members = membersOf(text);
	for (const key of path.slice(0, -1)) {
		const owner = members.findLast(member => member.key === key);
		if (!owner || text[owner.valueStart] !== openBrace) return [];
		members = membersOf(text, owner.valueStart);
	}
	return members;
}

const openBrace = 0x7b;
