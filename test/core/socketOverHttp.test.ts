import assert from 'node:assert/strict';
import { answer, completed, CoreConversation, created, delta, message } from '../support/coreConversation.js';
import { refuse, stream, success, sse } from '../support/scriptedUpstream.js';
import { fieldOf } from '../../src/core/untrusted.js';

describe('a WebSocket conversation whose provider speaks only HTTP', () => {
	for (const status of [426, 404]) {
		it(`is carried there after a ${status}, and told to begin anew`, async () => {
			const talk = await CoreConversation.of('a');
			talk.pool.upstream.answer(stream(sse(created).replaceAll('\n', '\r\n'), sse(delta), sse(completed)));
			(await talk.begin({ generate: true })).refuse(status);
			const row = await talk.untilSettled(1);

			const { last } = talk.pool.upstream;
			const body: unknown = JSON.parse(last.request.body?.toString('utf8') ?? '');
			assert.deepEqual({ type: 'response.create', ...(body as object) }, message());
			assert.deepEqual([last.header('openai-beta'), last.header('accept')], [undefined, 'text/event-stream']);
			assert.deepEqual(talk.client.messages, [...answer]);
			assert.deepEqual([talk.client.closeCode, row.outcome, row.inputTokens], [1000, 'succeeded', 100]);
		});
	}

	it('remembers that for the account', async () => {
		const talk = await CoreConversation.of('a');
		talk.pool.upstream.answer(success, success);
		(await talk.begin()).refuse(426);
		await talk.untilSettled(1);
		talk.another().client.send(message());
		await talk.untilSettled(2);
		assert.deepEqual([talk.upgrades.length, talk.pool.upstream.calls.length], [1, 2]);
	});

	it('is shown the turn state that it gave in the head of its reply', async () => {
		const talk = await CoreConversation.of('a');
		const head = {
			'x-codex-turn-state': 'ts_1',
			'openai-model': 'gpt-5.5',
			'x-models-etag': '"theirs"',
			'x-other': '1',
		};
		talk.pool.upstream.answer(call => {
			call
				.head(200, { 'content-type': 'text/event-stream', ...head })
				.chunk(sse(created) + sse(delta) + sse(completed));
			call.end();
		}, success);
		(await talk.begin()).refuse(426);
		await talk.untilSettled(1);
		const headers = { 'openai-model': 'gpt-5.5', 'x-codex-turn-state': 'ts_1', 'x-models-etag': '"ours"' };
		assert.deepEqual(talk.client.messages, [{ type: 'response.metadata', headers }, ...answer]);

		talk.another().client.send(message({ client_metadata: { 'x-codex-turn-state': 'ts_1' } }));
		await talk.untilSettled(2);
		assert.equal(talk.pool.upstream.last.header('x-codex-turn-state'), 'ts_1');
	});

	it('is not asked for what would only warm a connection', async () => {
		const talk = await CoreConversation.of('a');
		(await talk.begin({ generate: false })).refuse(426);
		const row = await talk.untilSettled(1);
		assert.equal(talk.pool.upstream.calls.length, 0);
		assert.deepEqual(
			talk.client.messages.map(frame => fieldOf(frame, 'type')),
			['response.created', 'response.completed'],
		);
		assert.deepEqual([row.outcome, talk.client.closeCode], ['succeeded', 1000]);
	});

	it('says no in frames', async () => {
		const talk = await CoreConversation.of('a');
		talk.pool.upstream.answer(refuse(400, { detail: 'Unsupported parameter: x' }));
		(await talk.begin()).refuse(426);
		await talk.untilSettled(1);
		const [frame] = talk.client.messages;
		assert.deepEqual(
			[fieldOf(frame, 'status'), fieldOf(fieldOf(frame, 'error'), 'message')],
			[400, 'Unsupported parameter: x'],
		);
	});
});
