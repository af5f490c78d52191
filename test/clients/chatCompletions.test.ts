import assert from 'node:assert/strict';
import type OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import * as z from 'zod';
import { closeWithoutViolations, type PoolUnderTest } from '../support/poolUnderTest.js';
import { isTurn, lastTurnBody } from '../support/turns.js';
import { allOf, startWithSdk } from '../support/sdk.js';
import { incompleteStream } from '../support/upstream/faults.js';
import { isJsonObject, type JsonObject } from '../support/upstream/json.js';
import { send } from '../support/upstream/turn.js';

describe('chat completions of the OpenAI SDK on the pool', () => {
	let pool: PoolUnderTest;
	let openai: OpenAI;

	beforeEach(async () => ({ pool, openai } = await startWithSdk()));
	afterEach(() => closeWithoutViolations(pool));

	const sent = () => lastTurnBody(pool.upstream);
	const ask = (content: string) => ({ model: 'gpt-5.5', messages: [{ role: 'user' as const, content }] });
	const textOf = (chunks: readonly ChatCompletionChunk[]): string =>
		chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
	const shell = {
		type: 'function',
		function: {
			name: 'shell',
			description: 'Runs a command',
			parameters: { type: 'object', properties: { command: { type: 'string' } } },
		},
	} as const;

	it('are answered as a whole', async () => {
		const completion = await openai.chat.completions.create(ask('say größer 🎉'));

		const [choice] = completion.choices;
		assert.equal(completion.object, 'chat.completion');
		assert.match(completion.id, /^chatcmpl-/);
		assert.equal(completion.model, 'gpt-5.5');
		assert.deepEqual(choice?.message, { role: 'assistant', content: 'Echo: say größer 🎉', refusal: null });
		assert.equal(choice.finish_reason, 'stop');
		const { prompt_tokens = 0, completion_tokens = 0, total_tokens } = completion.usage ?? {};
		assert.ok(prompt_tokens > 0 && completion_tokens > 0);
		assert.equal(total_tokens, prompt_tokens + completion_tokens);
		assert.deepEqual([sent()['stream'], sent()['store']], [true, false]);
		const [row] = (await pool.control.state()).recentRequests;
		assert.deepEqual([row?.route, row?.outcome], ['/v1/chat/completions', 'succeeded']);
	});

	it('are streamed in order: the role, the text, the end, the tokens', async () => {
		Object.assign(pool.upstream.style, { chunking: 'torture', noise: true });

		const stream = await openai.chat.completions.create({
			...ask('größer 🎉'),
			stream: true,
			stream_options: { include_usage: true },
		});
		const chunks = await allOf(stream);

		assert.deepEqual(chunks[0]?.choices[0]?.delta, { role: 'assistant', content: '' });
		assert.equal(textOf(chunks), 'Echo: größer 🎉');
		assert.equal(chunks.at(-2)?.choices[0]?.finish_reason, 'stop');
		assert.deepEqual(chunks.at(-1)?.choices, []);
		assert.ok((chunks.at(-1)?.usage?.total_tokens ?? 0) > 0);
		assert.ok(chunks.slice(0, -1).every(({ usage }) => usage === null));
		assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
	});

	it('end with [DONE], and tell no tokens unless asked', async () => {
		const { text, headers } = await send(`${pool.owner.openaiBaseUrl}/chat/completions`, {
			method: 'POST',
			headers: { authorization: `Bearer ${pool.key}` },
			body: JSON.stringify({ ...ask('hello'), stream: true }),
		});

		assert.equal(headers['content-type'], 'text/event-stream');
		assert.ok(text.endsWith('\n\ndata: [DONE]\n\n'));
		assert.equal(text.includes('usage'), false);
	});

	it('can use the stream helper', async () => {
		const seen: string[] = [];

		const runner = openai.chat.completions.stream({ ...ask('hello there'), stream_options: { include_usage: true } });
		runner.on('content', delta => seen.push(delta));
		const final = await runner.finalChatCompletion();

		assert.equal(seen.join(''), 'Echo: hello there');
		assert.equal(final.choices[0]?.message.content, 'Echo: hello there');
		assert.ok((await runner.totalUsage()).total_tokens > 0);
	});

	for (const stream of [false, true]) {
		it(`run tools until there is an answer, ${stream ? 'streamed' : 'whole'}`, async () => {
			const commands: string[] = [];
			const run = ({ command }: { command: string }): string => {
				commands.push(command);
				return `result of ${command}`;
			};
			const tools = [
				{
					type: 'function' as const,
					function: { ...shell.function, parse: JSON.parse as (text: string) => { command: string }, function: run },
				},
			];

			const question = ask('please [[tool:ls]] [[tool:pwd]]');
			const runner = stream
				? openai.chat.completions.runTools({ ...question, tools, stream: true })
				: openai.chat.completions.runTools({ ...question, tools });
			const answer = await runner.finalContent();

			assert.deepEqual(commands, ['ls', 'pwd']);
			assert.equal(answer, 'Echo: please [[tool:ls]] [[tool:pwd]] | tool: result of pwd');
			assert.deepEqual(sent()['tools'], [{ type: 'function', ...shell.function, strict: false }]);
		});
	}

	it('may call several tools at once', async () => {
		const call = (id: string, command: string): JsonObject[] => {
			const item = {
				id,
				type: 'function_call',
				name: 'shell',
				call_id: `call_${id}`,
				arguments: `{"command":"${command}"}`,
			};
			return [
				{ type: 'response.output_item.added', item: { ...item, arguments: '' } },
				{ type: 'response.function_call_arguments.delta', item_id: id, delta: '{"command":' },
				{ type: 'response.function_call_arguments.delta', item_id: id, delta: `"${command}"}` },
				{ type: 'response.output_item.done', item },
			];
		};
		const events = [...call('a', 'ls'), ...call('b', 'pwd')];
		const response = { id: 'resp_1', created_at: 7, model: 'gpt-5.5', status: 'completed', output: [] };
		pool.upstream.script(
			{ kind: 'finish', after: 'lead', events: [...events, { type: 'response.completed', response }] },
			{ when: isTurn, times: 2 },
		);
		const question = { ...ask('both'), tools: [shell], parallel_tool_calls: true };

		const whole = await openai.chat.completions.create(question);
		const streamed = await openai.chat.completions.stream(question).finalChatCompletion();

		const expected = [
			{ id: 'call_a', type: 'function', function: { name: 'shell', arguments: '{"command":"ls"}' } },
			{ id: 'call_b', type: 'function', function: { name: 'shell', arguments: '{"command":"pwd"}' } },
		];
		assert.equal(whole.choices[0]?.finish_reason, 'tool_calls');
		assert.equal(whole.choices[0].message.content, null);
		assert.deepEqual(whole.choices[0].message.tool_calls, expected);
		const told = streamed.choices[0]?.message.tool_calls?.map(({ id, type, function: { name, arguments: args } }) => ({
			id,
			type,
			function: { name, arguments: args },
		}));
		assert.deepEqual(told, expected);
		assert.equal(streamed.choices[0]?.finish_reason, 'tool_calls');
	});

	it('are parsed into what a schema says', async () => {
		const schema = z.object({ echo: z.string() });

		const completion = await openai.chat.completions.parse({
			...ask('as JSON'),
			response_format: zodResponseFormat(schema, 'answer'),
			verbosity: 'low',
		});

		assert.deepEqual(completion.choices[0]?.message.parsed, { echo: 'as JSON' });
		const text = sent()['text'];
		assert.ok(isJsonObject(text) && isJsonObject(text['format']));
		assert.deepEqual(
			[text['verbosity'], text['format']['type'], text['format']['name'], text['format']['strict']],
			['low', 'json_schema', 'answer', true],
		);
	});

	it('may show images and files, and think as much as they are told', async () => {
		const url = `data:image/png;base64,${Buffer.alloc(2_000_000, 7).toString('base64')}`;

		const completion = await openai.chat.completions.create({
			model: 'gpt-5.5-fast',
			reasoning_effort: 'minimal',
			messages: [
				{ role: 'system', content: 'Be brief.' },
				{
					role: 'user',
					content: [
						{ type: 'text', text: 'What is this?' },
						{ type: 'image_url', image_url: { url } },
						{ type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' } },
					],
				},
			],
		});

		assert.match(completion.choices[0]?.message.content ?? '', /^Echo: What is this\?/);
		const { model, reasoning, service_tier, input } = sent();
		assert.deepEqual([model, reasoning, service_tier], ['gpt-5.5', { effort: 'low' }, 'priority']);
		assert.deepEqual(input, [
			{ type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
			{
				type: 'message',
				role: 'user',
				content: [
					{ type: 'input_text', text: 'What is this?' },
					{ type: 'input_image', image_url: url, detail: 'auto' },
					{ type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
				],
			},
		]);
	});

	it('hear what was left out', async () => {
		const older = { temperature: 0.2, max_tokens: 100, seed: 1, user: 'someone' };

		const { data, response } = await openai.chat.completions
			.create({ ...ask('hello'), ...older, store: false, n: 1 })
			.withResponse();

		assert.equal(data.choices[0]?.message.content, 'Echo: hello');
		assert.equal(response.headers.get('x-codex-pool-dropped'), 'temperature, max_tokens, seed, user');
	});

	it('are answered although a header cannot hold the name of what was left out', async () => {
		const odd = { ...ask('hello'), seed: 1, 漢字: 1, 'a\r\nb': 1, ['x'.repeat(20_000)]: 1 };

		const { data, response } = await openai.chat.completions.create(odd).withResponse();
		const streamed = await allOf(await openai.chat.completions.create({ ...odd, stream: true }));

		assert.deepEqual([data.choices[0]?.message.content, textOf(streamed)], ['Echo: hello', 'Echo: hello']);
		assert.equal(response.headers.get('x-codex-pool-dropped'), 'seed');
	});

	it('end at a stop text, in whatever pieces it comes', async () => {
		const question = { ...ask('one two three four'), stop: ['three', 'o th'] };

		const whole = await openai.chat.completions.create(question);
		const streamed = await allOf(await openai.chat.completions.create({ ...question, stream: true }));

		assert.deepEqual([whole.choices[0]?.message.content, whole.choices[0]?.finish_reason], ['Echo: one tw', 'stop']);
		assert.equal(textOf(streamed), 'Echo: one tw');
		assert.equal(streamed.at(-1)?.choices[0]?.finish_reason, 'stop');
	});

	for (const [reason, finish] of [
		['max_output_tokens', 'length'],
		['content_filter', 'content_filter'],
	] as const) {
		it(`say ${finish} at an answer that ended for ${reason}`, async () => {
			pool.upstream.script(incompleteStream(reason), { when: isTurn, times: 2 });

			const whole = await openai.chat.completions.create(ask('hello'));
			const streamed = await allOf(await openai.chat.completions.create({ ...ask('hello'), stream: true }));

			assert.equal(whole.choices[0]?.finish_reason, finish);
			assert.equal(streamed.at(-1)?.choices[0]?.finish_reason, finish);
		});
	}

	it('stay on one account when they name a prompt cache or a session', async () => {
		for (let time = 0; time < 3; time++) {
			await openai.chat.completions.create({ ...ask('hello'), prompt_cache_key: 'chat-1' });
			await openai.chat.completions.create(ask('hello'), { headers: { 'session-id': 'chat-2' } });
		}

		const turns = pool.upstream.requests.filter(isTurn);
		const accountsOf = (parity: number) =>
			new Set(turns.filter((_, at) => at % 2 === parity).map(turn => turn.account));
		assert.deepEqual([accountsOf(0).size, accountsOf(1).size], [1, 1]);
		assert.equal((await pool.control.listSessions()).length, 2);
	});
});
