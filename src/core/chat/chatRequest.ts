import { PoolError } from '../../shared/poolError.js';
import { inputOf } from './chatMessages.js';
import { formatOf, searchToolOf, toolChoiceOf, toolsOf } from './chatTools.js';
import { fieldsOf, isGiven, listOf, refuse, stringOf } from './chatValue.js';
import { isObject, parseJson } from '../untrusted.js';

/** What the answer to a chat completion needs to know of its question. */
export interface ChatTraits {
	/** Whether a stream ends with a chunk of token counts. */
	readonly includeUsage: boolean;
	/** Texts at which the answer ends. The backend knows none, so the pool cuts the answer there. */
	readonly stops: readonly string[];
}

export interface ChatRequest {
	/** The body of the same question to the responses API. */
	readonly body: Buffer;
	/** Names of parameters that the backend has no place for. */
	readonly dropped: readonly string[];
	readonly traits: ChatTraits;
}

interface Draft {
	response: Record<string, unknown>;
	tools: unknown[];
	traits: { includeUsage: boolean; stops: readonly string[] };
}

/** Puts a parameter's value where it belongs. */
type Mapping = (value: unknown, draft: Draft) => void;

/**
 * `same`: a response has it under the same name. `dropped`: the answer makes sense without it; the reply names it. A
 * reason: nothing but the values of `harmless` can be answered, everything else is refused with that sentence.
 */
export type ChatRule =
	'same' | 'dropped' | Mapping | { readonly refused: string; readonly harmless: (value: unknown) => boolean };

const never = (): boolean => false;

/** Every parameter of a chat completion, and what becomes of it. One that is null was not given; one not named here is dropped. */
export const chatRules: Readonly<Record<string, ChatRule>> = {
	model: 'same',
	parallel_tool_calls: 'same',
	prompt_cache_key: 'same',
	service_tier: 'same',
	stream: 'same',

	messages: (value, { response }) => (response['input'] = inputOf(value)),
	tools: (value, { tools }) => tools.push(...toolsOf(value)),
	tool_choice: (value, { response }) => (response['tool_choice'] = toolChoiceOf(value)),
	web_search_options: (value, { tools }) => tools.push(searchToolOf(value)),
	reasoning_effort: (value, { response }) => (response['reasoning'] = { effort: stringOf(value, 'reasoning_effort') }),
	response_format: (value, draft) => putText(draft, 'format', formatOf(value)),
	verbosity: (value, draft) => putText(draft, 'verbosity', stringOf(value, 'verbosity')),
	stop: (value, { traits }) => (traits.stops = stopsOf(value)),
	stream_options: (value, { traits }) =>
		(traits.includeUsage = fieldsOf(value, 'stream_options')['include_usage'] === true),

	frequency_penalty: 'dropped',
	logit_bias: 'dropped',
	max_completion_tokens: 'dropped',
	max_tokens: 'dropped',
	metadata: 'dropped',
	prediction: 'dropped',
	presence_penalty: 'dropped',
	prompt_cache_options: 'dropped',
	prompt_cache_retention: 'dropped',
	safety_identifier: 'dropped',
	seed: 'dropped',
	store: 'dropped',
	temperature: 'dropped',
	top_p: 'dropped',
	user: 'dropped',

	audio: { refused: 'is not offered: the backend does not speak.', harmless: never },
	function_call: { refused: 'is not offered. Use "tool_choice".', harmless: never },
	functions: { refused: 'is not offered. Use "tools".', harmless: never },
	logprobs: { refused: 'is not offered: the backend tells no probabilities.', harmless: value => value === false },
	modalities: {
		refused: 'can only be ["text"].',
		harmless: value => Array.isArray(value) && value.every(each => each === 'text'),
	},
	moderation: { refused: 'is not offered by the backend.', harmless: never },
	n: { refused: 'can only be 1: the backend gives one answer to a request.', harmless: value => value === 1 },
	top_logprobs: { refused: 'is not offered: the backend tells no probabilities.', harmless: value => value === 0 },
};

/** The same question for the responses API. Throws `invalid_request` for what cannot be asked there. */
export function readChat(body: Buffer): ChatRequest {
	const asked = parseJson(body);
	if (!isObject(asked)) throw new PoolError('invalid_request', 'The request body is not a valid JSON object.');
	const draft: Draft = {
		response: { stream: false, store: false },
		tools: [],
		traits: { includeUsage: false, stops: [] },
	};
	const dropped: string[] = [];
	const given = Object.entries(asked).filter(([, value]) => isGiven(value));
	for (const [name, value] of given) {
		const rule = Object.hasOwn(chatRules, name) ? chatRules[name] : undefined;
		if (typeof rule === 'function') rule(value, draft);
		else if (typeof rule === 'object') {
			if (!rule.harmless(value)) throw refuse(name, rule.refused);
		} else if (rule === 'same') draft.response[name] = value;
		// Not to store is what happens anyway.
		else if (name !== 'store' || value !== false) dropped.push(name);
	}
	if (!('input' in draft.response)) throw refuse('messages', 'is missing.');
	if (draft.tools.length > 0) draft.response['tools'] = draft.tools;
	return { body: Buffer.from(JSON.stringify(draft.response)), dropped, traits: draft.traits };
}

function putText({ response }: Draft, name: string, value: unknown): void {
	if (value !== undefined) response['text'] = { ...fieldsOf(response['text'] ?? {}, 'text'), [name]: value };
}

function stopsOf(value: unknown): string[] {
	const stops = (typeof value === 'string' ? [value] : listOf(value, 'stop')).map(each => stringOf(each, 'stop'));
	return stops.filter(each => each !== '');
}
