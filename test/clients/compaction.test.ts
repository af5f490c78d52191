import assert from 'node:assert/strict';
import type OpenAI from 'openai';
import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import { codexHeaders } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { startWithSdk } from '../support/sdk.js';
import { isTurn, lastTurnBody } from '../support/turns.js';
import { failedStream } from '../support/upstream/faults.js';
import type { JsonObject } from '../support/upstream/json.js';
import { send, turnBody, userMessage, type WholeAnswer } from '../support/upstream/turn.js';

describe('compaction in one request', () => {
	let pool: PoolUnderTest;
	let openai: OpenAI;

	beforeEach(async () => ({ pool, openai } = await startWithSdk()));
	afterEach(() => closeWithoutViolations(pool));

	const sent = () => lastTurnBody(pool.upstream);

	it('gives an SDK the messages of its user and what the rest became', async () => {
		const compacted = await openai.responses.compact({
			model: 'gpt-5.5-high',
			instructions: 'Be brief.',
			input: [
				{ role: 'user', content: 'Remember 7.' },
				{ role: 'assistant', content: 'I will.' },
				{ role: 'user', content: 'And 8.' },
			],
		});

		assert.equal(compacted.object, 'response.compaction');
		assert.deepEqual(
			compacted.output.map(item => ('role' in item ? item.role : item.type)),
			['user', 'user', 'compaction'],
		);
		assert.ok(compacted.usage.total_tokens > 0);
		const { model, reasoning, instructions, input } = sent();
		assert.deepEqual([model, reasoning, instructions], ['gpt-5.5', { effort: 'high' }, 'Be brief.']);
		assert.ok(Array.isArray(input));
		assert.deepEqual([input.length, input.at(-1)], [4, { type: 'compaction_trigger' }]);
	});

	it('takes a history that is one text', async () => {
		const compacted = await openai.responses.compact({ model: 'gpt-5.5', input: 'Remember größer 🎉.' });

		assert.equal(JSON.stringify(compacted.output[0]).includes('Remember größer 🎉.'), true);
	});

	it('can be answered on with the compacted history, on the same account', async () => {
		const { output } = await openai.responses.compact({
			model: 'gpt-5.5',
			input: 'Remember 7.',
			prompt_cache_key: 'k',
		});
		const history = JSON.parse(JSON.stringify(output)) as OpenAI.Responses.ResponseInput;

		const answer = await openai.responses.create({
			model: 'gpt-5.5',
			input: [...history, { role: 'user', content: 'Which number?' }],
			prompt_cache_key: 'k',
		});

		assert.equal(answer.output_text, 'Echo: Which number?');
	});

	it('serves older Codex clients, compressed too', async () => {
		const body = { ...turnBody('Remember 7.'), stream: null, tools: [{ type: 'function', name: 'shell' }] };
		const packed = await promisify<Buffer, Buffer>(zstdCompress)(Buffer.from(JSON.stringify(body)));
		const compact = (bytes: Buffer, headers: object): Promise<WholeAnswer> =>
			send(`${pool.owner.codexBaseUrl}/responses/compact`, {
				method: 'POST',
				body: bytes,
				headers: { ...codexHeaders, authorization: `Bearer ${pool.key}`, 'thread-id': 't', ...headers },
			});

		for (const answer of [
			await compact(Buffer.from(JSON.stringify(body)), {}),
			await compact(packed, { 'content-encoding': 'zstd' }),
		]) {
			const { output } = JSON.parse(answer.text) as { output: JsonObject[] };
			assert.deepEqual(output[0], userMessage('Remember 7.'));
			assert.deepEqual([output.length, output[1]?.['type']], [2, 'compaction']);
		}

		const turn = pool.upstream.requests.findLast(isTurn);
		assert.equal(turn?.header('originator'), 'codex_exec');
		assert.deepEqual([sent()['tools'], sent()['parallel_tool_calls']], [undefined, false]);
	});

	it('moves to another account, and never takes another answer for a compaction', async () => {
		pool.upstream.script(failedStream('server_is_overloaded'), { when: isTurn });
		const compacted = await openai.responses.compact({ model: 'gpt-5.5', input: 'Remember 7.' });
		assert.equal(compacted.output.length, 2);

		const response = { id: 'resp_1', status: 'completed', output: [] };
		pool.upstream.script({ kind: 'finish', after: 'lead', events: [{ type: 'response.completed', response }] });
		await assert.rejects(openai.responses.compact({ model: 'gpt-5.5', input: 'Remember 7.' }), {
			status: 502,
			code: 'upstream_failed',
		});
	});

	it('cannot go on from a response that nobody kept', async () => {
		const asked = openai.responses.compact({ model: 'gpt-5.5', previous_response_id: 'resp_1' });

		await assert.rejects(asked, { status: 400, code: 'invalid_request' });
	});
});

describe('what the pool does not offer', () => {
	let pool: PoolUnderTest;

	before(async () => {
		pool = await PoolUnderTest.start({ accounts: 1 });
	});
	after(() => closeWithoutViolations(pool));

	const paths: readonly (readonly [method: string, path: string, reason: RegExp])[] = [
		['POST', '/v1/embeddings', /does not offer embeddings/],
		['POST', '/v1/completions', /Use \/v1\/chat\/completions/],
		['POST', '/v1/audio/transcriptions', /does not offer audio/],
		['GET', '/v1/files?limit=1', /keeps no files/],
		['GET', '/v1/responses/resp_1', /keeps no responses/],
		['POST', '/v1/responses/input_tokens', /counts no tokens ahead/],
	];
	for (const [method, path, reason] of paths) {
		it(`is said of ${method} ${path}`, async () => {
			const headers = { authorization: `Bearer ${pool.key}` };
			const answer = await send(`${pool.owner.baseUrl}${path}`, { method, headers });

			assert.equal(answer.status, 404);
			const { error } = JSON.parse(answer.text) as { error: JsonObject };
			assert.deepEqual([error['code'], error['type']], ['not_found', 'invalid_request_error']);
			assert.match(String(error['message']), reason);
		});
	}

	it('is said to nobody without a key', async () => {
		assert.equal((await send(`${pool.owner.baseUrl}/v1/embeddings`, { method: 'POST' })).status, 401);
	});

	it('is not confused with what is unknown', async () => {
		const headers = { authorization: `Bearer ${pool.key}` };
		const answer = await send(`${pool.owner.baseUrl}/v1/filesystem`, { headers });

		assert.match(answer.text, /There is no GET \/v1\/filesystem here/);
	});
});
