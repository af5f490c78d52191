import { endOfValue, JsonScanError, skipSpace, stringAt } from '../request/jsonScan.js';
import { parseJson } from '../untrusted.js';

/** The tokens that a response took, as its terminal event tells them. */
export interface StreamUsage {
	readonly inputTokens: number | null;
	readonly cachedTokens: number | null;
	readonly outputTokens: number | null;
	readonly reasoningTokens: number | null;
}

const quote = 0x22;
const openBrace = 0x7b;

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
