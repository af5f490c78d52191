import assert from 'node:assert/strict';
import OpenAI, { toFile } from 'openai';
import { codexHeaders } from '../support/poolRequests.js';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';
import { htmlReply, type Fault } from '../support/upstream/faults.js';
import { objectAt, textAt } from '../support/upstream/json.js';
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
		assert.equal(asked()[0]?.header('accept'), 'application/json');
	});

	it('is an image of the model that is named behind a long prompt', async () => {
		const openai = new OpenAI({ baseURL: pool.owner.openaiBaseUrl, apiKey: pool.key, maxRetries: 0 });

		await openai.images.generate({ prompt: 'a cat '.repeat(1_000), model: 'gpt-image-2' });

		assert.equal((await pool.control.state()).recentRequests[0]?.model, 'gpt-image-2');
	});

	it('is no image piece by piece', async () => {
		const openai = new OpenAI({ baseURL: pool.owner.openaiBaseUrl, apiKey: pool.key, maxRetries: 0 });
		const image = await toFile(Buffer.from('\x89PNG', 'latin1'), 'a.png');
		const wanted = { model: 'gpt-image-2', prompt: 'a cat', stream: true } as const;

		for (const ask of [() => openai.images.generate(wanted), () => openai.images.edit({ ...wanted, image })]) {
			await assert.rejects(ask, { status: 400, code: 'invalid_request' });
		}
		assert.equal(asked().length, 0);
	});

	it('is an image made of others, which an SDK sends as a form', async () => {
		const openai = new OpenAI({ baseURL: pool.owner.openaiBaseUrl, apiKey: pool.key, maxRetries: 0 });
		const [png, jpeg] = [Buffer.from('\x89PNG größer', 'latin1'), Buffer.from('\xff\xd8\xff\r\n--', 'latin1')];

		const { data } = await openai.images.edit({
			model: 'gpt-image-2',
			prompt: 'größer 🎉',
			n: 2,
			image: [await toFile(png, 'a.png'), await toFile(jpeg, 'b.jpg', { type: 'text/plain' })],
			mask: await toFile(Buffer.from('x'), 'm', { type: 'image/x-mask' }),
		});

		assert.equal(Buffer.from(data?.[0]?.b64_json ?? '', 'base64').toString(), 'picture of größer 🎉');
		const url = (type: string, bytes: Buffer) => ({ image_url: `data:${type};base64,${bytes.toString('base64')}` });
		assert.deepEqual(asked()[0]?.body, {
			model: 'gpt-image-2',
			prompt: 'größer 🎉',
			n: 2,
			mask: url('image/x-mask', Buffer.from('x')),
			images: [url('image/png', png), url('image/jpeg', jpeg)],
		});
		assert.equal(asked()[0]?.header('content-type'), 'application/json');
		const [row] = (await pool.control.state()).recentRequests;
		assert.deepEqual([row?.route, row?.model, row?.outcome], ['/v1/images/edits', 'gpt-image-2', 'succeeded']);
	});

	const forms: readonly (readonly [what: string, path: string, form: FormData | string, message: RegExp])[] = [
		['without an image', '/images/edits', formOf({ prompt: 'a cat' }), /no file "image"/],
		['with another file', '/images/edits', formOf({ voice: new Blob(['x']) }), /"voice"/],
		['that was cut off', '/images/edits', '--b\r\ncontent-disposition: form-data; name="prom', /not a complete form/],
		['for anything else', '/images/generations', formOf({ prompt: 'a cat' }), /JSON object, not a form/],
	];
	for (const [what, path, body, message] of forms) {
		it(`is refused in words to who sends a form ${what}`, async () => {
			const answer = await fetch(`${pool.owner.openaiBaseUrl}${path}`, {
				method: 'POST',
				headers: {
					authorization: `Bearer ${pool.key}`,
					...(typeof body === 'string' && { 'content-type': 'multipart/form-data; boundary=b' }),
				},
				body,
			});

			const error = objectAt(await answer.json(), 'error');
			assert.deepEqual([answer.status, error['code']], [400, 'invalid_request']);
			assert.match(textAt(error, 'message') ?? '', message);
			assert.equal(asked().length, 0);
		});
	}

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

function formOf(fields: Readonly<Record<string, string | Blob>>): FormData {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) form.set(name, value);
	return form;
}
