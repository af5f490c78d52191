import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { closeWithoutViolations, type PoolUnderTest } from '../support/poolUnderTest.js';
import { isTurn } from '../support/turns.js';
import { allOf, rejection, startWithSdk } from '../support/sdk.js';
import { failedStream } from '../support/upstream/faults.js';

describe('chat completions that fail', () => {
	let pool: PoolUnderTest;
	let openai: OpenAI;

	beforeEach(async () => ({ pool, openai } = await startWithSdk()));
	afterEach(() => closeWithoutViolations(pool));

	const ask = (content: string) => ({ model: 'gpt-5.5', messages: [{ role: 'user' as const, content }] });

	const refused: readonly (readonly [what: object, message: RegExp])[] = [
		[{ n: 2 }, /"n" can only be 1/],
		[{ logprobs: true }, /"logprobs" is not offered/],
		[{ modalities: ['text', 'audio'] }, /"modalities" can only be \["text"\]/],
		[{ functions: [{ name: 'f' }] }, /"functions" is not offered\. Use "tools"/],
		[{ messages: [] }, /"messages" must not be empty/],
		[
			{ messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }] }] },
			/"messages\[0\]\.content\[0\]" is audio/,
		],
		[
			{ messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] },
			/"messages\[0\]\.content\[0\]\.file" must hold "file_data"/,
		],
		[{ messages: [{ role: 'function', name: 'f', content: '1' }] }, /old role "function"/],
	];
	for (const [what, message] of refused) {
		it(`are refused with ${JSON.stringify(what)}`, async () => {
			const error = await rejection(openai.chat.completions.create({ ...ask('hello'), ...what, stream: false }));

			assert.ok(error instanceof OpenAI.BadRequestError);
			assert.match(error.message, message);
			assert.deepEqual(pool.upstream.requests.filter(isTurn), []);
		});
	}

	it('never show half an answer as a whole', async () => {
		pool.upstream.script({ kind: 'cut', after: 'output', how: 'end' }, { when: isTurn, times: 2 });

		const whole = await rejection(openai.chat.completions.create(ask('hello')));
		const streamed = await rejection(
			(async () => allOf(await openai.chat.completions.create({ ...ask('hello'), stream: true })))(),
		);

		assert.ok(whole instanceof OpenAI.InternalServerError);
		assert.ok(streamed instanceof OpenAI.APIError);
		assert.match(streamed.message, /broke off before it was complete/);
	});

	it('tell of a failure in the middle of a stream', async () => {
		pool.upstream.script(failedStream('server_error', 'It went wrong.', 'output'), { when: isTurn });

		const error = await rejection(
			(async () => allOf(await openai.chat.completions.create({ ...ask('hello'), stream: true })))(),
		);

		assert.ok(error instanceof OpenAI.APIError);
		assert.deepEqual([error.code, error.message], ['server_error', 'It went wrong.']);
	});

	it('are moved to another account when the first is spent or fails', async () => {
		pool.upstream.accounts[0]?.spend('5h', 100);
		pool.upstream.script(failedStream('server_is_overloaded'), { when: isTurn });
		const third = pool.upstream.addAccount();
		await pool.add([third]);

		const completion = await openai.chat.completions.create(ask('hello'));

		assert.equal(completion.choices[0]?.message.content, 'Echo: hello');
	});

	it('read a spent pool as a rate limit error', async () => {
		for (const account of pool.upstream.accounts) account.spend('5h', 100);

		for (const stream of [false, true]) {
			const error = await rejection(openai.chat.completions.create({ ...ask('hello'), stream }));

			assert.ok(error instanceof OpenAI.RateLimitError);
			assert.equal(error.code, 'usage_limit_reached');
		}
	});

	it('free the upstream at once when they abort', async () => {
		pool.upstream.script({ kind: 'silence', after: 'output' }, { when: isTurn });
		const abort = new AbortController();

		const stream = await openai.chat.completions.create({ ...ask('long'), stream: true }, { signal: abort.signal });
		for await (const chunk of stream) if (chunk.choices[0]?.delta.content) abort.abort();

		const turn = await pool.upstream.waitForRequest(isTurn);
		await turn.settled;
		assert.equal(turn.answer.outcome, 'client_left');
	});
});
