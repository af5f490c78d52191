import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { codexHeaders } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { htmlReply, type Fault } from '../support/upstream/faults.js';
import type { RecordedRequest } from '../support/upstream/record.js';
import { send, type WholeAnswer } from '../support/upstream/turn.js';

describe('what a client asks for beside responses', () => {
	let pool: PoolUnderTest;

	beforeEach(async () => {
		pool = await PoolUnderTest.start();
	});
	afterEach(() => closeWithoutViolations(pool));

	const isDocument = ({ method, path }: RecordedRequest): boolean => method === 'POST' && !path.endsWith('/responses');
	const asked = (): RecordedRequest[] => pool.upstream.requests.filter(isDocument);
	const ask = (path: string, body: string): Promise<WholeAnswer> =>
		send(`${pool.owner.codexBaseUrl}${path}`, {
			method: 'POST',
			body,
			headers: { ...codexHeaders, accept: '*/*', authorization: `Bearer ${pool.key}`, 'thread-id': 't' },
		});

	it('is an image for an SDK', async () => {
		const openai = new OpenAI({ baseURL: pool.owner.openaiBaseUrl, apiKey: pool.key, maxRetries: 0 });

		const { data } = await openai.images.generate({ model: 'gpt-image-2', prompt: 'a cat' });

		assert.equal(Buffer.from(data?.[0]?.b64_json ?? '', 'base64').toString(), 'picture of a cat');
		const [row] = (await pool.control.state()).recentRequests;
		assert.deepEqual([row?.route, row?.model, row?.outcome], ['/v1/images/generations', 'gpt-image-2', 'succeeded']);
	});

	for (const path of ['/images/generations', '/images/edits', '/alpha/search', '/memories/trace_summarize']) {
		it(`goes out byte for byte under the same name: ${path}`, async () => {
			const body = '{ "query" : "größer", "n":1.50 }';

			const answer = await ask(path, body);

			assert.deepEqual(JSON.parse(answer.text), { echo: { query: 'größer', n: 1.5 } });
			const [request] = asked();
			assert.deepEqual([request?.path, request?.bytes.toString()], [`/backend-api/codex${path}`, body]);
			assert.equal(request?.header('originator'), 'codex_exec');
		});
	}

	const failures: readonly (readonly [name: string, fault: Fault, verdict: string])[] = [
		['is spent', { kind: 'reply', status: 429, body: { error: { type: 'usage_limit_reached' } } }, 'quota'],
		['shows a page', htmlReply(503), 'overload'],
		['answers with half a document', { kind: 'reply', status: 200, body: '{"data":[' }, 'overload'],
		['hangs up', { kind: 'refuse' }, 'overload'],
	];
	for (const [name, fault, verdict] of failures) {
		it(`moves on from an account that ${name}`, async () => {
			pool.upstream.script(fault, { when: isDocument });

			const answer = await ask('/images/generations', '{"prompt":"a dog"}');

			assert.equal(answer.status, 200);
			const [row] = (await pool.control.state()).recentRequests;
			assert.deepEqual(
				row?.attempts.map(each => each.verdict),
				[verdict, 'succeeded'],
			);
		});
	}

	it('fails as the account says when none can serve', async () => {
		for (const account of pool.upstream.accounts) account.spend('5h', 100);

		const answer = await ask('/images/generations', '{"prompt":"a dog"}');

		assert.equal(answer.status, 429);
		assert.match(answer.text, /usage_limit_reached/);
	});

	it('ends for the caller who leaves, and upstream at once', async () => {
		pool.upstream.script({ kind: 'slow', wait: new Promise(() => undefined) }, { when: isDocument });
		const leaving = new AbortController();

		const left = assert.rejects(
			send(`${pool.owner.codexBaseUrl}/images/generations`, {
				method: 'POST',
				body: '{"prompt":"a cat"}',
				headers: { authorization: `Bearer ${pool.key}` },
				signal: leaving.signal,
			}),
		);
		const request = await pool.upstream.waitForRequest(isDocument);
		leaving.abort();

		await left;
		await request.settled;
		assert.equal(request.answer.outcome, 'client_left');
	});
});
