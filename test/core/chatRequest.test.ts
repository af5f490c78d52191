import assert from 'node:assert/strict';
import type { ChatCompletionCreateParams } from 'openai/resources/chat/completions';
import { chatRules, readChat } from '../../src/core/chat/chatRequest.js';

/** Every parameter that the SDK knows. A new one does not compile until the table says what becomes of it. */
const parameters: Readonly<Record<keyof ChatCompletionCreateParams, true>> = {
	messages: true,
	model: true,
	audio: true,
	frequency_penalty: true,
	function_call: true,
	functions: true,
	logit_bias: true,
	logprobs: true,
	max_completion_tokens: true,
	max_tokens: true,
	metadata: true,
	modalities: true,
	n: true,
	parallel_tool_calls: true,
	prediction: true,
	moderation: true,
	presence_penalty: true,
	prompt_cache_options: true,
	prompt_cache_key: true,
	prompt_cache_retention: true,
	reasoning_effort: true,
	response_format: true,
	safety_identifier: true,
	seed: true,
	service_tier: true,
	stop: true,
	store: true,
	stream: true,
	stream_options: true,
	temperature: true,
	tool_choice: true,
	tools: true,
	top_logprobs: true,
	top_p: true,
	user: true,
	verbosity: true,
	web_search_options: true,
};

const hello = [{ role: 'user', content: 'hello' }];
const read = (fields: object): Record<string, unknown> => {
	const always = new Set(['input', 'stream', 'store']);
	return Object.fromEntries(
		Object.entries(bodyOf({ messages: hello, ...fields })).filter(([name]) => !always.has(name)),
	);
};
const bodyOf = (body: object): Record<string, unknown> =>
	JSON.parse(readChat(Buffer.from(JSON.stringify(body))).body.toString()) as Record<string, unknown>;
const inputOf = (...messages: object[]): unknown => bodyOf({ messages })['input'];
const tool = (name: string) => ({ type: 'function', function: { name } });

describe('a chat completion as a response', () => {
	it('knows what becomes of every parameter', () => {
		assert.deepEqual(
			Object.keys(parameters).filter(name => !Object.hasOwn(chatRules, name)),
			[],
		);
	});

	const mapped: readonly (readonly [fields: object, response: object])[] = [
		[
			{ model: 'gpt-5.5', service_tier: 'default', prompt_cache_key: 'k', parallel_tool_calls: false },
			{ model: 'gpt-5.5', service_tier: 'default', prompt_cache_key: 'k', parallel_tool_calls: false },
		],
		[
			{ reasoning_effort: 'high', verbosity: 'low' },
			{ reasoning: { effort: 'high' }, text: { verbosity: 'low' } },
		],
		[{ response_format: { type: 'text' } }, {}],
		[
			{ response_format: { type: 'json_object' }, verbosity: 'high' },
			{ text: { format: { type: 'json_object' }, verbosity: 'high' } },
		],
		[
			{
				response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
			},
			{ text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } } },
		],
		[
			{ tools: [tool('f')] },
			{ tools: [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false }] },
		],
		[
			{
				tools: [
					{
						type: 'custom',
						custom: { name: 'c', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
					},
				],
			},
			{ tools: [{ type: 'custom', name: 'c', format: { type: 'grammar', syntax: 'lark', definition: 'x' } }] },
		],
		[{ tool_choice: 'required' }, { tool_choice: 'required' }],
		[{ tool_choice: tool('f') }, { tool_choice: { type: 'function', name: 'f' } }],
		[
			{ tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [tool('f')] } } },
			{ tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] } },
		],
		[
			{
				web_search_options: {
					search_context_size: 'low',
					user_location: { type: 'approximate', approximate: { city: 'Ulm' } },
				},
			},
			{
				tools: [
					{ type: 'web_search', search_context_size: 'low', user_location: { type: 'approximate', city: 'Ulm' } },
				],
			},
		],
		[{ temperature: 1, logit_bias: {}, something_new: 1, n: 1, logprobs: false, modalities: ['text'] }, {}],
		[{ n: null, tools: null, response_format: null, functions: null, audio: null }, {}],
	];
	for (const [fields, response] of mapped) {
		it(`turns ${JSON.stringify(fields)} into ${JSON.stringify(response)}`, () => {
			assert.deepEqual(read(fields), response);
		});
	}

	it('names what it left out, and only that', () => {
		const body = { messages: hello, store: false, temperature: 1, something_new: 1, seed: null };

		assert.deepEqual(readChat(Buffer.from(JSON.stringify(body))).dropped, ['temperature', 'something_new']);
		assert.deepEqual(readChat(Buffer.from(JSON.stringify({ messages: hello, store: true }))).dropped, ['store']);
	});

	it('keeps the order of a conversation with its calls', () => {
		const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } };
		const custom = { id: 'c2', type: 'custom', custom: { name: 'p', input: 'x' } };

		const input = inputOf(
			{ role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
			{ role: 'user', content: 'run', name: 'Ada' },
			{ role: 'assistant', content: 'Both.', tool_calls: [call, custom] },
			{ role: 'tool', tool_call_id: 'c1', content: 'one' },
			{ role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'two' }] },
			{ role: 'assistant', content: null, refusal: 'No.' },
		);

		assert.deepEqual(input, [
			{ type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
			{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'run' }] },
			{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Both.' }] },
			{ type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
			{ type: 'custom_tool_call', call_id: 'c2', name: 'p', input: 'x' },
			{ type: 'function_call_output', call_id: 'c1', output: 'one' },
			{ type: 'custom_tool_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'two' }] },
			{ type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
		]);
	});

	const refused: readonly (readonly [body: object, message: RegExp])[] = [
		[{}, /"messages" is missing/],
		[{ messages: 'hello' }, /"messages" must be a list/],
		[{ messages: [7] }, /"messages\[0\]" must be an object/],
		[{ messages: [{ role: 'robot' }] }, /"messages\[0\]\.role" must be system, /],
		[{ messages: [{ role: 'user' }] }, /"messages\[0\]\.content" must be a list/],
		[
			{ messages: [{ role: 'system', content: [{ type: 'image_url' }] }] },
			/"messages\[0\]\.content\[0\]" must be text/,
		],
		[{ messages: [{ role: 'tool', content: 'x' }] }, /"messages\[0\]\.tool_call_id" must be a string/],
		[{ messages: [{ role: 'assistant', audio: { id: 'a' } }] }, /neither hears nor speaks/],
		[{ messages: hello, tools: [{ type: 'mcp' }] }, /"tools\[0\]\.type" must be function or custom/],
		[{ messages: hello, tool_choice: { type: 'function' } }, /"tool_choice\.function" must be an object/],
		[{ messages: hello, response_format: { type: 'xml' } }, /must be text, json_object or json_schema/],
		[{ messages: hello, stop: 7 }, /"stop" must be a list/],
		[{ messages: hello, top_logprobs: 2 }, /tells no probabilities/],
	];
	for (const [body, message] of refused) {
		it(`is refused as ${JSON.stringify(body)}`, () => {
			assert.throws(() => bodyOf(body), { code: 'invalid_request', message });
		});
	}

	it('is refused when it is no JSON object', () => {
		for (const text of ['{"messages":', '[]', '7']) {
			assert.throws(() => readChat(Buffer.from(text)), { code: 'invalid_request' });
		}
	});
});
