import { PoolError } from '../../shared/poolError.js';
import { elementsOf, JsonScanError, membersOf, skipSpace, stringAt, type Member } from './jsonScan.js';
import { openingOf, openingOfText, type Opening } from './opening.js';
import { insert, replaceValue, splice, type Edit } from './spliceBytes.js';

/**
 * Makes the body of an OpenAI SDK caller fit the ChatGPT backend (protocol §12) by cutting and splicing bytes: what
 * needs no change keeps its exact bytes, numbers keep their digits, order is kept.
 */

export interface NormalizedBody {
	readonly body: Buffer;
	/** What the caller asked for; the upstream is always asked to stream. */
	readonly stream: boolean;
	/** Names of parameters that the backend refuses and that were left out. */
	readonly dropped: readonly string[];
	readonly model: string | null;
	readonly effort: string | null;
	readonly tier: string | null;
	readonly promptCacheKey: string | null;
	readonly opening: Opening | undefined;
}

/** Parameters the backend answers with 400. Leaving them out keeps the request meaningful. */
const refusedParameters: ReadonlySet<string> = new Set([
	'frequency_penalty',
	'max_completion_tokens',
	'max_output_tokens',
	'max_tokens',
	'metadata',
	'presence_penalty',
	'prompt_cache_options',
	'prompt_cache_retention',
	'safety_identifier',
	'seed',
	'temperature',
	'top_logprobs',
	'top_p',
	'truncation',
	'user',
]);

interface StoredParameter {
	/** Values that ask for nothing. */
	readonly harmless: readonly string[];
	/** What the backend does not keep, and what to do instead. */
	readonly refused: string;
}

/** Over HTTP the backend keeps no responses (protocol §12); of several accounts only one could know them anyway. */
const storedParameters: Readonly<Record<string, StoredParameter>> = {
	previous_response_id: {
		harmless: ['null'],
		refused: 'no responses, so "previous_response_id" refers to nothing. Send the whole conversation as "input".',
	},
	conversation: {
		harmless: ['null'],
		refused: 'no conversations, so "conversation" refers to nothing. Send the whole conversation as "input".',
	},
	background: {
		harmless: ['false', 'null'],
		refused: 'no responses, so one in the background could not be fetched. Leave "background" out.',
	},
};

const quote = 0x22;
const openBrace = 0x7b;
const openBracket = 0x5b;

export function normalizeBody(body: Buffer, transport: 'http' | 'websocket' = 'http'): NormalizedBody {
	try {
		const members = membersOf(body);
		refuseTrailingText(body, members.at(-1)?.valueEnd ?? body.indexOf(openBrace) + 1);
		// A connection knows the responses that it has given.
		const idle = transport === 'http' ? refuseStored(body, members) : [];
		return normalize(body, members, idle);
	} catch (error) {
		if (!(error instanceof JsonScanError)) throw error;
		throw new PoolError('invalid_request', `The request body is not valid JSON: ${error.message}.`, { cause: error });
	}
}

/** `end` is where the object's last member ends. */
function refuseTrailingText(body: Buffer, end: number): void {
	const behind = skipSpace(body, skipSpace(body, end) + 1);
	if (behind < body.length) throw new JsonScanError(`Something follows the object at byte ${behind}`);
}

/** Gives those that ask for nothing and can be left out. */
function refuseStored(body: Buffer, members: readonly Member[]): string[] {
	return members.flatMap(member => {
		const rule = Object.hasOwn(storedParameters, member.key) ? storedParameters[member.key] : undefined;
		if (!rule) return [];
		if (!rule.harmless.includes(literalOf(body, member) ?? ''))
			throw new PoolError('invalid_request', `The ChatGPT backend keeps ${rule.refused}`);
		return [member.key];
	});
}

/** `idle` are members that say nothing. */
function normalize(body: Buffer, members: readonly Member[], idle: readonly string[]): NormalizedBody {
	const byKey = new Map(members.map(member => [member.key, member]));
	const dropped = members.map(member => member.key).filter(key => refusedParameters.has(key));

	const tier = tierOf(body, byKey.get('service_tier'));
	const changes = new Map<string, Buffer | null>([...dropped, ...idle].map(key => [key, null]));
	if (tier.change !== undefined) changes.set('service_tier', tier.change);
	const stream = literalOf(body, byKey.get('stream')) === 'true';
	if (!stream) changes.set('stream', Buffer.from('"stream":true'));
	if (literalOf(body, byKey.get('store')) !== 'false') changes.set('store', Buffer.from('"store":false'));
	const input = inputOf(body, byKey.get('input'));
	if (input.change) changes.set('input', input.change);

	return {
		body: changes.size === 0 ? body : rebuild(body, members, changes),
		stream,
		dropped,
		model: stringOf(body, byKey.get('model')) ?? null,
		effort: effortOf(body, byKey.get('reasoning')),
		tier: tier.name,
		promptCacheKey: stringOf(body, byKey.get('prompt_cache_key')) ?? null,
		opening: input.opening,
	};
}

/** `null` leaves a member out; a changed member that was not there is added at the end. */
function rebuild(body: Buffer, members: readonly Member[], changes: ReadonlyMap<string, Buffer | null>): Buffer {
	const kept = members.flatMap(({ key, keyStart, valueEnd }) => {
		const change = changes.get(key);
		return change === undefined ? [body.subarray(keyStart, valueEnd)] : change ? [change] : [];
	});
	const present = new Set(members.map(member => member.key));
	const added = [...changes].flatMap(([key, change]) => (change && !present.has(key) ? [change] : []));
	const comma = Buffer.from(',');
	const parts = [...kept, ...added].flatMap((part, index) => (index === 0 ? [part] : [comma, part]));
	return Buffer.concat([Buffer.from('{'), ...parts, Buffer.from('}')]);
}

/** `fast` is the product's word for `priority`; `auto` and `default` are said by leaving the tier out. */
function tierOf(body: Buffer, member: Member | undefined): { name: string | null; change?: Buffer | null } {
	const name = stringOf(body, member) ?? null;
	if (name === 'fast') return { name: 'priority', change: Buffer.from('"service_tier":"priority"') };
	if (name === 'auto' || name === 'default') return { name: null, change: null };
	return { name };
}

interface Input {
	readonly change?: Buffer | undefined;
	readonly opening: Opening | undefined;
}

/** The backend takes only a list of typed items. */
function inputOf(body: Buffer, input: Member | undefined): Input {
	if (input && body[input.valueStart] === quote) {
		const change = splice(body, input.keyStart, input.valueEnd, [
			insert(input.valueStart, '[{"type":"message","role":"user","content":[{"type":"input_text","text":'),
			insert(input.valueEnd, '}]}]'),
		]);
		return { change, opening: openingOfText(body, input) };
	}
	if (!input || body[input.valueStart] !== openBracket) return { opening: undefined };
	const items = elementsOf(body, input.valueStart);
	const opening = openingOf(body, items);
	const edits = items.flatMap(({ start }) => (body[start] === openBrace ? messageEdits(body, start) : []));
	return { opening, ...(edits.length > 0 && { change: splice(body, input.keyStart, input.valueEnd, edits) }) };
}

/** `system` is called `developer` there, short messages get their type, and what an assistant said is `output_text`. */
function messageEdits(body: Buffer, start: number): Edit[] {
	const members = membersOf(body, start);
	const role = last(members, 'role');
	const type = last(members, 'type');
	if (!role || (type && stringOf(body, type) !== 'message')) return [];
	const roleName = stringOf(body, role);
	const edits: Edit[] = [];
	if (!type) edits.push(insert(role.keyStart, '"type":"message",'));
	if (roleName === 'system') edits.push(replaceValue(role, '"developer"'));

	const content = last(members, 'content');
	if (!content) return edits;
	const textType = roleName === 'assistant' ? 'output_text' : 'input_text';
	if (body[content.valueStart] === quote) {
		edits.push(insert(content.valueStart, `[{"type":"${textType}","text":`), insert(content.valueEnd, '}]'));
	} else if (roleName === 'assistant' && body[content.valueStart] === openBracket) {
		for (const part of elementsOf(body, content.valueStart)) {
			if (body[part.start] !== openBrace) continue;
			const partType = last(membersOf(body, part.start), 'type');
			if (partType && stringOf(body, partType) === 'input_text') edits.push(replaceValue(partType, '"output_text"'));
		}
	}
	return edits;
}

function effortOf(body: Buffer, reasoning: Member | undefined): string | null {
	if (!reasoning || body[reasoning.valueStart] !== openBrace) return null;
	return stringOf(body, last(membersOf(body, reasoning.valueStart), 'effort')) ?? null;
}

/** Of several members with the same name the last one counts, as for every JSON reader. */
function last(members: readonly Member[], key: string): Member | undefined {
	return members.findLast(member => member.key === key);
}

function literalOf(body: Buffer, member: Member | undefined): string | undefined {
	return member && body.toString('latin1', member.valueStart, Math.min(member.valueEnd, member.valueStart + 8));
}

function stringOf(body: Buffer, member: Member | undefined): string | undefined {
	return member && stringAt(body, member.valueStart);
}
