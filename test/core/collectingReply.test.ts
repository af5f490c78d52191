import assert from 'node:assert/strict';
import { CollectingReply, collectResponse } from '../../src/core/reply/collectingReply.js';
import { RecordingReply } from '../support/recordingReply.js';
import { completed, created, delta, failed, sse, whole } from '../support/scriptedUpstream.js';

describe('CollectingReply', () => {
	const item = { type: 'message', content: [{ type: 'output_text', text: 'größer ✓' }] };
	const done = sse({ type: 'response.output_item.done', item });
	const json = (answer: { body: Buffer }): Record<string, unknown> =>
		JSON.parse(answer.body.toString('utf8')) as Record<string, unknown>;

	it('gives the finished response', () => {
		const answer = collectResponse(whole);
		assert.deepEqual([answer.status, json(answer)['id']], [200, 'resp_1']);
	});

	it('rebuilds an output that the terminal event leaves empty, and only then', () => {
		assert.deepEqual(json(collectResponse(done + completed))['output'], [item]);
		const own = sse({ type: 'response.completed', response: { output: ['own'] } });
		assert.deepEqual(json(collectResponse(done + own))['output'], ['own']);
	});

	it('gives an incomplete response too', () => {
		const incomplete = sse({ type: 'response.incomplete', response: { status: 'incomplete', output: [] } });
		assert.deepEqual(
			[collectResponse(incomplete).status, json(collectResponse(incomplete))['status']],
			[200, 'incomplete'],
		);
	});

	it('turns a failure into an error of the right kind', () => {
		const limited = collectResponse(failed('rate_limit_exceeded', 'Slow down'));
		assert.deepEqual(
			[limited.status, json(limited)['error']],
			[429, { message: 'Slow down', type: 'rate_limit_error', code: 'rate_limit_exceeded' }],
		);
		assert.equal(collectResponse(sse({ type: 'error', message: 'x' })).status, 502);
	});

	it("answers what is the caller's own fault so that nobody asks again", () => {
		const tooLong = collectResponse(failed('context_length_exceeded', 'Too long.'));
		assert.deepEqual(
			[tooLong.status, json(tooLong)['error']],
			[400, { message: 'Too long.', type: 'invalid_request_error', code: 'context_length_exceeded' }],
		);
		const statuses = ['invalid_prompt', 'usage_limit_reached', 'server_is_overloaded'].map(
			code => collectResponse(delta + failed(code)).status,
		);
		assert.deepEqual(statuses, [400, 429, 502]);
	});

	it('reads every line end, comments and [DONE], and passes over what is no JSON', () => {
		for (const text of [created + completed, `: hi\n\n${created}data: {oops\n\ndata: [DONE]\n\n${completed}`]) {
			assert.equal(collectResponse(text).status, 200);
			assert.equal(collectResponse(text.replaceAll('\n', '\r\n')).status, 200);
		}
	});

	it('does not take an end without a terminal event for an answer', () => {
		assert.equal(collectResponse(created + delta).status, 502);
		assert.equal(collectResponse('').status, 502);
	});

	it('sends nothing before the end, and characters whole that came in pieces', () => {
		const client = new RecordingReply();
		const reply = new CollectingReply(client);
		reply.start(200, { 'content-type': 'text/event-stream', 'x-request-id': 'r' });
		for (const byte of Buffer.from(done + completed)) assert.equal(reply.write(Buffer.from([byte])), true);
		assert.equal(client.starts, 0);
		reply.end();
		assert.deepEqual((client.json as { output: unknown }).output, [item]);
		assert.deepEqual([client.headers['x-request-id'], client.state, client.starts], ['r', 'ended', 1]);
	});

	it('keeps copies: the bytes are only lent', () => {
		const client = new RecordingReply();
		const reply = new CollectingReply(client);
		reply.start(200, {});
		const lent = Buffer.from(completed);
		reply.write(lent);
		lent.fill(0x21);
		reply.end();
		assert.equal(client.status, 200);
	});

	it('passes on an answer that is no stream', () => {
		const client = new RecordingReply();
		const reply = new CollectingReply(client);
		reply.start(429, { 'retry-after': '1' });
		reply.write(Buffer.from('{}'));
		reply.end();
		assert.deepEqual([client.status, client.text, client.state], [429, '{}', 'ended']);
	});
});
