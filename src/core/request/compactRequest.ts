import { PoolError } from '../../shared/poolError.js';
import { elementsOf, JsonScanError, membersOf, stringAt, type Member } from './jsonScan.js';

/**
 * `responses/compact`: one request, one JSON reply. The backend compacts in an ordinary response whose last input item
 * asks for it (protocol §8), so that is what such a request becomes.
 */

export interface CompactRequest {
	readonly body: Buffer;
	/** Names of parameters that have no place in a compaction. */
	readonly dropped: readonly string[];
}

const keptParameters: ReadonlySet<string> = new Set([
	'model',
	'instructions',
	'input',
	'prompt_cache_key',
	'reasoning',
	'service_tier',
]);
/** What older Codex clients send along; it says nothing to a compaction. */
const ignoredParameters: ReadonlySet<string> = new Set([
	'client_metadata',
	'include',
	'parallel_tool_calls',
	'store',
	'stream',
	'text',
	'tool_choice',
	'tools',
]);
const trigger = '{"type":"compaction_trigger"}';

export function readCompact(body: Buffer): CompactRequest {
	try {
		return readMembers(body, membersOf(body));
	} catch (error) {
		if (!(error instanceof JsonScanError)) throw error;
		throw new PoolError('invalid_request', `The request body is not valid JSON: ${error.message}.`, { cause: error });
	}
}

function readMembers(body: Buffer, members: readonly Member[]): CompactRequest {
	const byKey = new Map(members.filter(member => !isNull(body, member)).map(member => [member.key, member]));
	if (byKey.has('previous_response_id')) {
		throw new PoolError(
			'invalid_request',
			'"previous_response_id" cannot be used here: the pool keeps no responses. Send the whole "input".',
		);
	}
	const kept = [...byKey.values()].filter(({ key }) => keptParameters.has(key));
	const parts = kept.map(member =>
		member.key === 'input'
			? Buffer.concat([Buffer.from('"input":'), withTrigger(body, member)])
			: body.subarray(member.keyStart, member.valueEnd),
	);
	const fixed = '"parallel_tool_calls":false,"stream":false,"store":false}';
	return {
		body: Buffer.concat([Buffer.from('{'), ...parts.flatMap(part => [part, Buffer.from(',')]), Buffer.from(fixed)]),
		dropped: [...byKey.keys()].filter(key => !keptParameters.has(key) && !ignoredParameters.has(key)),
	};
}

function withTrigger(body: Buffer, { valueStart, valueEnd }: Member): Buffer {
	const value = body.subarray(valueStart, valueEnd);
	if (value[0] === 0x22) {
		const message = Buffer.from('[{"type":"message","role":"user","content":');
		return Buffer.concat([message, value, Buffer.from(`},${trigger}]`)]);
	}
	const comma = elementsOf(value, 0).length === 0 ? '' : ',';
	return Buffer.concat([value.subarray(0, -1), Buffer.from(`${comma}${trigger}]`)]);
}

/** The user's own messages in a body's input, byte for byte: they stay beside what the rest was compacted into. */
export function userMessages(body: Buffer): Buffer[] {
	const input = membersOf(body).findLast(({ key }) => key === 'input');
	if (!input || body[input.valueStart] !== 0x5b) return [];
	return elementsOf(body, input.valueStart).flatMap(({ start, end }) => {
		const role = body[start] === 0x7b ? membersOf(body, start).findLast(({ key }) => key === 'role') : undefined;
		return role && stringAt(body, role.valueStart) === 'user' ? [body.subarray(start, end)] : [];
	});
}

function isNull(body: Buffer, { valueStart, valueEnd }: Member): boolean {
	return body.toString('latin1', valueStart, valueEnd) === 'null';
}
