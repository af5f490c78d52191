import { JsonScanError, membersOf, stringAt } from './jsonScan.js';
import { withValue } from './memberEdits.js';

const instructions = '"You are a helpful assistant."';

/**
 * The same request with instructions, which older models insist on (protocol §12). Undefined when it has some. Nobody is
 * given any before a model has asked for them: they would change what the others say.
 */
export function instructedBody(body: Buffer): Buffer | undefined {
	try {
		const members = membersOf(body);
		const given = members.findLast(({ key }) => key === 'instructions');
		const text = given && stringAt(body, given.valueStart);
		if (text !== undefined && text !== '') return undefined;
		if (given) return withValue(body, ['instructions'], instructions);
		const first = members[0];
		if (!first) return undefined;
		const added = Buffer.from(`"instructions":${instructions},`);
		return Buffer.concat([body.subarray(0, first.keyStart), added, body.subarray(first.keyStart)]);
	} catch (error) {
		if (error instanceof JsonScanError) return undefined;
		throw error;
	}
}
