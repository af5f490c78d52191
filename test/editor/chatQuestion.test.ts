import assert from 'node:assert/strict';
import type { Message } from '../../src/editor/chatInput.js';
import { questionBody, type ChatQuestion } from '../../src/editor/chatQuestion.js';
import { estimateTokens } from '../../src/editor/tokenEstimate.js';

const [user, assistant, system] = [1, 2, 3];
const [auto, required] = [1, 2];
const png = new Uint8Array([1, 2, 3]);

describe('the question of a chat', () => {
	it('holds the conversation in its order, with what tools were asked and answered', () => {
		const { input } = asked([
			said(system, 'Be brief.'),
			said(user, 'List, ', 'please'),
			said(assistant, 'Two at once.', call('c1', { command: 'ls' }), call('c2', {})),
			said(user, result('c1', { value: 'README.md' }), result('c2', { value: 'a' }, { value: 'b' }), 'and?'),
		]);

		assert.deepEqual(input, [
			{ type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
			{
				type: 'message',
				role: 'user',
				content: [
					{ type: 'input_text', text: 'List, ' },
					{ type: 'input_text', text: 'please' },
				],
			},
			{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Two at once.' }] },
			{ type: 'function_call', call_id: 'c1', name: 'shell', arguments: '{"command":"ls"}' },
			{ type: 'function_call', call_id: 'c2', name: 'shell', arguments: '{}' },
			{ type: 'function_call_output', call_id: 'c1', output: 'README.md' },
			{ type: 'function_call_output', call_id: 'c2', output: 'a\nb' },
			{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'and?' }] },
		]);
	});

	it('holds images of the user and of tools', () => {
		const image = { type: 'input_image', image_url: 'data:image/png;base64,AQID', detail: 'auto' };
		const data = { mimeType: 'image/png', data: png };

		const { input } = asked([said(user, 'What is this?', data), said(user, result('c1', { value: 'seen' }, data))]);

		assert.deepEqual(input, [
			{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What is this?' }, image] },
			{ type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'seen' }, image] },
		]);
	});

	it('holds data that is text, and the trees that chats make of it', () => {
		const json = { mimeType: 'application/vnd.x+json', data: Buffer.from('{"größe":1}') };

		const { input } = asked([said(user, json, { value: { node: 1 } })]);

		assert.deepEqual(
			input.flatMap(({ content }) => content?.map(({ text }) => text)),
			['{"größe":1}', '{"node":1}'],
		);
	});

	it('leaves out what a model cannot read', () => {
		const notes = [{ mimeType: 'stateful_marker', data: png }, { other: 1 }, null, 7, { value: '' }];
		const thought = { value: ['a ', 'thought'], id: 't1', metadata: undefined };

		assert.deepEqual(
			asked([said(user, ...notes), said(assistant, thought, { mimeType: 'image/png', data: png })]).input,
			[],
		);
	});

	it('offers tools with their schemas, one without a schema too, and demands one when it is told to', () => {
		const tools = [
			{ name: 'shell', description: 'Runs', inputSchema: { type: 'object', required: ['command'] } },
			{ name: 'now', description: 'Tells the time' },
		];

		const body = asked([said(user, 'hi')], { tools, toolMode: required });

		assert.deepEqual(body['tools'], [
			{
				type: 'function',
				name: 'shell',
				description: 'Runs',
				parameters: { type: 'object', required: ['command'] },
				strict: false,
			},
			{
				type: 'function',
				name: 'now',
				description: 'Tells the time',
				parameters: { type: 'object', properties: {} },
				strict: false,
			},
		]);
		assert.equal(body['tool_choice'], 'required');
		assert.equal(asked([said(user, 'hi')], { tools })['tool_choice'], 'auto');
		assert.equal(asked([said(user, 'hi')], { toolMode: required })['tool_choice'], undefined);
	});

	it('passes model options on that the backend takes, and no others', () => {
		const modelOptions = {
			reasoning: { effort: 'low' },
			text: { verbosity: 'high' },
			temperature: 0,
			n: 2,
			input: 'x',
		};

		const { model, stream, store, prompt_cache_key, input, ...passed } = asked([said(user, 'hi')], { modelOptions });

		assert.deepEqual(passed, { reasoning: { effort: 'low' }, text: { verbosity: 'high' } });
		assert.deepEqual([model, stream, store, input.length], ['gpt-5.5', true, false, 1]);
		assert.match(String(prompt_cache_key), /^vscode-[0-9a-f]{32}$/);
	});

	it('names the same conversation in all its turns, and another for another beginning', () => {
		const opening = [said(system, 'Be brief.'), said(user, 'context'), said(user, 'hi')];
		const key = (messages: readonly Message[]) => asked(messages)['prompt_cache_key'];

		assert.equal(key([...opening, said(assistant, 'hello'), said(user, 'more')]), key(opening));
		assert.equal(key([...opening, said(assistant, call('c1', {})), said(user, result('c1'))]), key(opening));
		assert.notEqual(key([...opening.slice(0, 2), said(user, 'ho')]), key(opening));
	});
});

describe('the estimate of tokens', () => {
	it('counts what of a message goes to the model, in whatever language', () => {
		assert.equal(estimateTokens(''), 0);
		assert.equal(estimateTokens('x'.repeat(35)), 10);
		assert.equal(estimateTokens('帐户池'), 3);
		assert.equal(estimateTokens(said(user, 'x'.repeat(35), { mimeType: 'image/png', data: png })), 1_214);
		assert.equal(estimateTokens(said(assistant, call('c1', { a: 1 }))), 8);
		assert.equal(estimateTokens(said(user, result('c1', { value: 'xxxxxxx' }))), 6);
		assert.equal(estimateTokens(said(user, result('c1', { mimeType: 'image/png', data: png }))), 1_204);
	});
});

interface AskedBody extends Record<string, unknown> {
	readonly input: readonly { readonly content?: readonly { readonly text: string }[] }[];
}

function asked(messages: readonly Message[], options: Partial<ChatQuestion['options']> = {}): AskedBody {
	const question = { model: 'gpt-5.5', messages, options: { toolMode: auto, ...options } };
	return JSON.parse(questionBody(question)) as AskedBody;
}

/** A text stands for a part of text. */
function said(role: number | undefined, ...parts: readonly unknown[]): Message {
	return { role: role ?? 0, content: parts.map(part => (typeof part === 'string' ? { value: part } : part)) };
}

function call(callId: string, input: object) {
	return { callId, name: 'shell', input };
}

function result(callId: string, ...content: readonly unknown[]) {
	return { callId, content };
}
