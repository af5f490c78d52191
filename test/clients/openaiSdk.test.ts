import assert from 'node:assert/strict';
import OpenAI from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { closeWithoutViolations, type PoolUnderTest } from '../support/poolUnderTest.js';
import { isTurn, lastTurnBody } from '../support/turns.js';
import { rejection, startWithSdk } from '../support/sdk.js';
import { failedStream } from '../support/upstream/faults.js';

describe('the OpenAI SDK on the pool', () => {
	let pool: PoolUnderTest;
	let openai: OpenAI;

	beforeEach(async () => ({ pool, openai } = await startWithSdk()));
	afterEach(() => closeWithoutViolations(pool));

	const sent = () => lastTurnBody(pool.upstream);

	it('gets a whole response for a plain question', async () => {
		const response = await openai.responses.create({ model: 'gpt-5.5', input: 'say größer 🎉' });

		assert.equal(response.output_text, 'Echo: say größer 🎉');
		assert.equal(response.status, 'completed');
		assert.equal(response.model, 'gpt-5.5');
		assert.ok((response.usage?.input_tokens ?? 0) > 0);
	});

	it('gets every event of a stream, in order', async () => {
		pool.upstream.style.chunking = 'torture';
		pool.upstream.style.noise = true;
		const events: ResponseStreamEvent[] = [];

		const stream = await openai.responses.create({ model: 'gpt-5.5', input: 'größer 🎉', stream: true });
		for await (const event of stream) events.push(event);

		const deltas = events.flatMap(event => (event.type === 'response.output_text.delta' ? [event.delta] : []));
		assert.equal(deltas.join(''), 'Echo: größer 🎉');
		assert.equal(events[0]?.type, 'response.created');
		const numbers = events.flatMap(event => ('sequence_number' in event ? [event.sequence_number] : []));
		assert.deepEqual(
			numbers,
			[...numbers].sort((a, b) => a - b),
		);
		assert.equal(events.at(-1)?.type, 'response.completed');
	});

	it('can use the stream helper, which knows only public events, and tools', async () => {
		pool.upstream.style.noise = true;
		const shell = {
			type: 'function',
			name: 'shell',
			description: 'Runs a command',
			strict: false,
			parameters: { type: 'object', properties: { command: { type: 'string' } } },
		} as const;
		const question = { role: 'user', content: 'please [[tool:ls]]' } as const;

		const first = await openai.responses
			.stream({ model: 'gpt-5.5', input: [question], tools: [shell] })
			.finalResponse();
		const call = first.output.find(item => item.type === 'function_call');
		assert.ok(call);
		const answered = { type: 'function_call_output', call_id: call.call_id, output: 'README.md' } as const;
		const second = await openai.responses.create({
			model: 'gpt-5.5',
			tools: [shell],
			input: [
				question,
				{ type: 'function_call', call_id: call.call_id, name: call.name, arguments: call.arguments },
				answered,
			],
		});

		assert.deepEqual(JSON.parse(call.arguments), { command: 'ls' });
		assert.equal(second.output_text, 'Echo: please [[tool:ls]] | tool: README.md');
	});

	it('may use what the backend refuses, and hears what was left out', async () => {
		const refused = {
			temperature: 0.2,
			top_p: 0.9,
			max_output_tokens: 100,
			metadata: { purpose: 'test' },
			truncation: 'auto',
			user: 'someone',
		} as const;
		const { data, response } = await openai.responses
			.create({
				model: 'gpt-5.5',
				input: [
					{ role: 'system', content: 'Be brief.' },
					{ role: 'user', content: 'hello' },
					{ role: 'assistant', content: 'Yes?' },
					{ role: 'user', content: [{ type: 'input_text', text: 'and again' }] },
				],
				...refused,
				service_tier: 'auto',
				store: true,
			})
			.withResponse();

		assert.equal(data.output_text, 'Echo: and again');
		const dropped = response.headers.get('x-codex-pool-dropped')?.split(', ').sort();
		assert.deepEqual(dropped, ['max_output_tokens', 'metadata', 'temperature', 'top_p', 'truncation', 'user']);
		assert.equal(sent()['store'], false);
		assert.equal(sent()['stream'], true);
	});

	it('need not know that an older model insists on instructions', async () => {
		const model = 'gpt-5.2-codex';
		for (const given of [{}, { instructions: null }, { instructions: '' }]) {
			const { output_text } = await openai.responses.create({ model, input: 'hello', ...given });
			assert.equal(output_text, 'Echo: hello');
			assert.match(String(sent()['instructions']), /\w/);
		}
		const { choices } = await openai.chat.completions.create({ model, messages: [{ role: 'user', content: 'hello' }] });
		assert.equal(choices[0]?.message.content, 'Echo: hello');

		await openai.responses.create({ model, input: 'hello', instructions: 'Be brief.' });
		assert.equal(sent()['instructions'], 'Be brief.');
		await openai.responses.create({ model: 'gpt-5.5', input: 'hello' });
		assert.equal(sent()['instructions'], undefined, 'nobody is told what to say without need');
	});

	it('passes an image on as it is', async () => {
		const image_url = `data:image/png;base64,${Buffer.alloc(3_000_000, 7).toString('base64')}`;

		const response = await openai.responses.create({
			model: 'gpt-5.5',
			input: [
				{
					role: 'user',
					content: [
						{ type: 'input_text', text: 'What is this?' },
						{ type: 'input_image', image_url, detail: 'auto' },
					],
				},
			],
		});

		assert.match(response.output_text, /^Echo: What is this\?/);
		assert.ok(JSON.stringify(sent()['input']).includes(image_url));
	});

	it('lists the models of the pool', async () => {
		const listed: string[] = [];
		for await (const model of openai.models.list()) listed.push(model.id);

		assert.ok(listed.includes('gpt-5.5'));
		assert.ok(listed.includes('gpt-6-luna'));
		assert.equal(listed.includes('codex-auto-review'), false, 'A hidden model is not offered');
	});

	it('frees the upstream at once when it aborts', async () => {
		pool.upstream.script({ kind: 'silence', after: 'output' }, { when: isTurn });
		const abort = new AbortController();

		const stream = await openai.responses.create(
			{ model: 'gpt-5.5', input: 'a long story', stream: true },
			{ signal: abort.signal },
		);
		for await (const event of stream) if (event.type === 'response.output_text.delta') abort.abort();

		const turn = await pool.upstream.waitForRequest(isTurn);
		await turn.settled;
		assert.equal(turn.answer.outcome, 'client_left');
	});

	it('frees the upstream as well when nothing has arrived yet', async () => {
		pool.upstream.script({ kind: 'silence', after: 0 }, { when: isTurn });
		const abort = new AbortController();

		const asking = rejection(openai.responses.create({ model: 'gpt-5.5', input: 'hello' }, { signal: abort.signal }));
		const turn = await pool.upstream.waitForRequest(isTurn);
		abort.abort();

		assert.ok((await asking) instanceof OpenAI.APIUserAbortError);
		await turn.settled;
		assert.equal(turn.answer.outcome, 'client_left');
	});

	it('reads a wrong key as an authentication error', async () => {
		const stranger = new OpenAI({ baseURL: pool.owner.openaiBaseUrl, apiKey: 'cpk_wrong', maxRetries: 0 });

		const asked = await rejection(stranger.responses.create({ model: 'gpt-5.5', input: 'hello' }));
		const listed = await rejection(stranger.models.list());

		for (const error of [asked, listed]) {
			assert.ok(error instanceof OpenAI.AuthenticationError);
			assert.equal(error.code, 'pool_key_rejected');
			assert.match(error.message, /This pool key is not known here/);
		}
		assert.deepEqual(pool.upstream.requests, []);
	});

	it('reads a spent pool as a rate limit error', async () => {
		for (const account of pool.upstream.accounts) account.spend('5h', 100);

		for (const stream of [false, true]) {
			const error = await rejection(openai.responses.create({ model: 'gpt-5.5', input: 'hello', stream }));

			assert.ok(error instanceof OpenAI.RateLimitError);
			assert.equal(error.code, 'usage_limit_reached');
			assert.match(error.message, /Every account in the pool has reached its usage limit/);
		}
	});

	describe('when only one account has the plan for a model', () => {
		const ask = () => openai.responses.create({ model: 'gpt-6.1-sol', input: 'hello' });

		beforeEach(async () => {
			await pool.close();
			({ pool, openai } = await startWithSdk({ accounts: [{ plan: 'free' }, { plan: 'plus' }, { plan: 'go' }] }));
		});

		it('is answered by that account', async () => {
			for (let time = 0; time < 4; time++) assert.equal((await ask()).output_text, 'Echo: hello');

			const served = pool.upstream.requests.filter(request => isTurn(request) && request.answer.status === 200);
			assert.deepEqual(new Set(served.map(({ account }) => account?.plan)), new Set(['plus']));
		});

		it('is told of the limit of that account, not that there is no such model', async () => {
			pool.upstream.accounts[1]?.spend('5h', 100);

			const error = await rejection(ask());

			assert.ok(error instanceof OpenAI.RateLimitError);
			assert.equal(error.code, 'usage_limit_reached');
		});
	});

	it('reads what the backend refuses as a bad request', async () => {
		const error = await rejection(openai.responses.create({ model: 'gpt-unknown', input: 'hello' }));

		assert.ok(error instanceof OpenAI.BadRequestError);
		assert.match(error.message, /'gpt-unknown' model is not supported/);
	});

	it('is told when to come back, and by which name to ask about it, whatever form the refusal has', async () => {
		const headers = { 'retry-after': '7', 'x-request-id': 'req_of_theirs' };
		pool.upstream.script({ kind: 'reply', status: 400, headers, body: { detail: 'No.' } }, { when: isTurn });

		const error = await rejection(openai.responses.create({ model: 'gpt-5.5', input: 'hello' }));

		assert.ok(error instanceof OpenAI.BadRequestError);
		assert.deepEqual([error.requestID, error.headers.get('retry-after')], ['req_of_theirs', '7']);
		assert.match(error.headers.get('x-codex-pool-request') ?? '', /^req_/);
	});

	it('reads a failure of every account as a server error, and may try again by itself', async () => {
		const overload = { kind: 'reply', status: 503, body: { error: { message: 'Busy', code: 'server_is_overloaded' } } };
		pool.upstream.script({ ...overload, kind: 'reply' }, { when: isTurn, times: 2 });

		const error = await rejection(openai.responses.create({ model: 'gpt-5.5', input: 'hello' }));
		const retried = await openai.responses.create({ model: 'gpt-5.5', input: 'hello' }, { maxRetries: 2 });

		assert.ok(error instanceof OpenAI.InternalServerError);
		assert.equal(error.status, 503);
		assert.equal(retried.output_text, 'Echo: hello');
	});

	it('does not take half an answer for a whole', async () => {
		pool.upstream.script({ kind: 'cut', after: 'output', how: 'reset' }, { when: isTurn, times: 2 });

		const whole = await rejection(openai.responses.create({ model: 'gpt-5.5', input: 'hello' }));
		const streamed = await rejection(
			(async () => {
				const stream = await openai.responses.create({ model: 'gpt-5.5', input: 'hello', stream: true });
				for await (const event of stream) assert.ok(event);
			})(),
		);

		assert.ok(whole instanceof OpenAI.InternalServerError);
		assert.match(whole.message, /broke off/);
		assert.ok(streamed instanceof Error);
	});

	it('is moved to another account when the first fails inside its stream', async () => {
		pool.upstream.script(failedStream('server_is_overloaded'), { when: isTurn });

		const response = await openai.responses.create({ model: 'gpt-5.5', input: 'hello' });

		assert.equal(response.output_text, 'Echo: hello');
		const [first, second] = pool.upstream.requests.filter(isTurn);
		assert.notEqual(first?.account, second?.account);
	});
});
