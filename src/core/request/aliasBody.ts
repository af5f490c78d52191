import type { ModelTarget } from '../../shared/modelApi.js';
import { membersOf, stringAt, type Member } from './jsonScan.js';
import { insert, replaceValue, splice, type Edit } from './spliceBytes.js';

export interface AliasedBody {
	readonly body: Buffer;
	/** What was put in because the request did not say it. */
	readonly effort: string | null;
	readonly tier: string | null;
}

/**
 * The body of a request to the responses API, with the model that its name stands for. What comes along with the name is
 * put in only where the request says nothing itself. A multi-megabyte body is walked, not parsed.
 */
export function aliasBody(body: Buffer, target: ModelTarget): AliasedBody {
	const members = membersOf(body);
	const model = last(members, 'model');
	if (!model) return { body, effort: null, tier: null };
	const edits: Edit[] = [replaceValue(model, JSON.stringify(target.model))];
	const put = (outer: string, inner: string, value: string | null): boolean => {
		const edit = value === null ? undefined : fieldEdit(body, last(members, outer), [outer, inner], value, model);
		if (edit) edits.push(edit);
		return edit !== undefined;
	};
	const hasEffort = put('reasoning', 'effort', target.effort);
	put('text', 'verbosity', target.verbosity);
	const tier = last(members, 'service_tier');
	const hasTier = target.tier !== null && (!tier || isNull(body, tier));
	if (hasTier) {
		const value = JSON.stringify(target.tier);
		edits.push(tier ? replaceValue(tier, value) : insert(model.valueEnd, `,"service_tier":${value}`));
	}
	return {
		body: splice(body, 0, body.length, edits),
		effort: hasEffort ? target.effort : null,
		tier: hasTier ? target.tier : null,
	};
}

/** The body with another effort in place of the one that it names. */
export function replaceEffort(body: Buffer, effort: string): Buffer {
	const reasoning = last(membersOf(body), 'reasoning');
	const named = reasoning && last(membersOf(body, reasoning.valueStart), 'effort');
	return named ? splice(body, 0, body.length, [replaceValue(named, JSON.stringify(effort))]) : body;
}

/** Puts `{outer: {inner: value}}` in; undefined when the body says it already. */
function fieldEdit(
	body: Buffer,
	outer: Member | undefined,
	[outerName, innerName]: readonly [string, string],
	value: string,
	model: Member,
): Edit | undefined {
	const field = `${JSON.stringify(innerName)}:${JSON.stringify(value)}`;
	if (!outer) return insert(model.valueEnd, `,${JSON.stringify(outerName)}:{${field}}`);
	if (isNull(body, outer)) return replaceValue(outer, `{${field}}`);
	if (body[outer.valueStart] !== openBrace) return undefined;
	const members = membersOf(body, outer.valueStart);
	const inner = last(members, innerName);
	if (!inner) return insert(outer.valueStart + 1, members.length === 0 ? field : `${field},`);
	return isNull(body, inner) ? replaceValue(inner, JSON.stringify(value)) : undefined;
}

const openBrace = 0x7b;

/** Of several members with the same name the last one counts, as for every JSON reader. */
function last(members: readonly Member[], key: string): Member | undefined {
	return members.findLast(member => member.key === key);
}

function isNull(body: Buffer, { valueStart, valueEnd }: Member): boolean {
	return valueEnd - valueStart === 4 && stringAt(body, valueStart) === undefined && body[valueStart] === 0x6e;
}
