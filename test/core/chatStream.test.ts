import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ChatStreamReply } from '../../src/core/chat/chatStreamReply.js';
import { TextUntilStop } from '../../src/core/chat/chatStops.js';
import { RecordingReply } from '../support/recordingReply.js';

interface Told {
	readonly choices?: readonly {
		readonly delta: { readonly content?: string; readonly tool_calls?: readonly { readonly index: number }[] };
		readonly finish_reason: string | null;
	}[];
	readonly error?: { readonly message: string; readonly code: string | null };
}

/** The stream of these events, cut at these places, as a client gets it. The bytes are only lent. */
function tell(stream: string, cuts: readonly number[] = [], end: 'end' | 'cut' = 'end'): RecordingReply {
	const client = new RecordingReply();
	const reply = new ChatStreamReply(client, { includeUsage: true, stops: [] });
	reply.start(200, { 'content-type': 'text/event-stream' });
	const whole = Buffer.from(stream);
	const at = [...new Set(cuts.map(cut => cut % (whole.length + 1)))].sort((a, b) => a - b);
	for (const [index, from] of [0, ...at].entries()) {
		const lent = Buffer.from(whole.subarray(from, at[index] ?? whole.length));
		reply.write(lent);
		lent.fill(0x21);
	}
	reply[end]();
	return client;
}

const dataOf = ({ text }: RecordingReply): string[] =>
	text.split('\n\n').flatMap(frame => (frame.startsWith('data: ') ? [frame.slice('data: '.length)] : []));
const chunksOf = (client: RecordingReply): Told[] =>
	dataOf(client).flatMap(data => (data === '[DONE]' ? [] : [JSON.parse(data) as Told]));
const textOf = (client: RecordingReply): string =>
	chunksOf(client)
		.map(({ choices }) => choices?.[0]?.delta.content ?? '')
		.join('');
const frame = (event: object, end = '\n'): string => `event: x${end}data: ${JSON.stringify(event)}${end}${end}`;
const completed = {
	type: 'response.completed',
	response: { id: 'resp_1', status: 'completed', usage: { input_tokens: 3 } },
};

describe('a streamed chat completion', () => {
	it('is the same in whatever pieces the backend sends its events', () => {
		const delta = fc
			.string({ unit: 'binary', maxLength: 30 })
			.map(text => ({ type: 'response.output_text.delta', item_id: 'm', delta: text }));
		const other = fc.constantFrom(
			{ type: 'codex.rate_limits' },
			{ type: 'response.reasoning_summary_text.delta', delta: 'hm' },
		);
		const property = fc.property(
			fc.array(fc.oneof(delta, other), { maxLength: 8 }),
			fc.constantFrom('\n', '\r\n'),
			fc.array(fc.nat(), { maxLength: 20 }),
			(events, end, cuts) => {
				const stream = [...events, completed].map(event => frame(event, end)).join('');

				const client = tell(stream, cuts);

				const told = events.map(event => ('item_id' in event ? event.delta : '')).join('');
				assert.equal(textOf(client), told);
				assert.deepEqual(dataOf(client), dataOf(tell(stream)));
				assert.equal(dataOf(client).at(-1), '[DONE]');
			},
		);
		fc.assert(property, { numRuns: 200 });
	});

	it('keeps its client alive while the backend thinks', () => {
		const client = tell(frame({ type: 'response.reasoning_summary_text.delta', delta: 'hm' }) + frame(completed), [75]);

		assert.match(client.text, /^: thinking\n\n/);
		assert.equal(textOf(client), '');
	});

	it('tells items that the backend sends only as a whole, and none twice', () => {
		const message = { id: 'm', type: 'message', content: [{ type: 'output_text', text: 'Hello world' }] };
		const call = { id: 'f', type: 'function_call', call_id: 'c', name: 'shell', arguments: '{}' };
		const done = (item: object) => ({ type: 'response.output_item.done', item });
		const half = { type: 'response.output_text.delta', item_id: 'm', delta: 'Hello' };

		const client = tell([half, done(message), done(call), done(call), completed].map(event => frame(event)).join(''));

		assert.equal(textOf(client), 'Hello world');
		const calls = chunksOf(client).flatMap(({ choices }) => choices?.[0]?.delta.tool_calls ?? []);
		assert.deepEqual(calls, [
			{ index: 0, id: 'c', type: 'function', function: { name: 'shell', arguments: '' } },
			{ index: 0, function: { arguments: '{}' } },
		]);
		assert.equal(chunksOf(client).at(-2)?.choices?.[0]?.finish_reason, 'tool_calls');
	});

	it('tells custom tool calls and refusals', () => {
		const call = { id: 'p', type: 'custom_tool_call', call_id: 'c', name: 'patch', input: '' };
		const events = [
			{ type: 'response.refusal.delta', delta: 'No.' },
			{ type: 'response.output_item.added', item: call },
			{ type: 'response.custom_tool_call_input.delta', item_id: 'p', delta: '*** Begin' },
			completed,
		];

		const deltas = chunksOf(tell(events.map(event => frame(event)).join(''))).map(({ choices }) => choices?.[0]?.delta);

		assert.deepEqual(deltas.slice(0, 4), [
			{ role: 'assistant', content: '' },
			{ refusal: 'No.' },
			{ tool_calls: [{ index: 0, id: 'c', type: 'custom', custom: { name: 'patch', input: '' } }] },
			{ tool_calls: [{ index: 0, custom: { input: '*** Begin' } }] },
		]);
	});

	for (const end of ['end', 'cut'] as const) {
		it(`is a failure when its events ${end === 'end' ? 'end' : 'break off'} without an end of the answer`, () => {
			const client = tell(frame({ type: 'response.output_text.delta', item_id: 'm', delta: 'Hel' }), [], end);

			assert.match(chunksOf(client).at(-1)?.error?.message ?? '', /broke off/);
			assert.equal(client.text.includes('[DONE]'), false);
			assert.equal(client.state, end === 'end' ? 'ended' : 'cut');
		});
	}

	it('says nothing more after its end', () => {
		const client = tell(frame(completed) + frame({ type: 'response.output_text.delta', item_id: 'm', delta: 'more' }));

		assert.equal(dataOf(client).at(-1), '[DONE]');
		assert.equal(textOf(client), '');
	});

	it('leaves an answer that is no stream as it is', () => {
		const client = new RecordingReply();
		const reply = new ChatStreamReply(client, { includeUsage: false, stops: [] });

		reply.start(429, {});
		reply.write(Buffer.from('{"error":{}}'));
		reply.end();

		assert.deepEqual([client.status, client.text, client.state], [429, '{"error":{}}', 'ended']);
	});
});

describe('a text with stop texts', () => {
	it('ends before the one that is complete first, in whatever pieces it comes', () => {
		const letters = fc.string({ unit: fc.constantFrom('a', 'b', '🎉'), maxLength: 12 });
		const stop = fc.string({ unit: fc.constantFrom('a', 'b', '🎉'), minLength: 1, maxLength: 3 });
		const property = fc.property(
			fc.array(letters, { maxLength: 6 }),
			fc.array(stop, { maxLength: 3 }),
			(pieces, stops) => {
				const [inPieces, atOnce] = [new TextUntilStop(stops), new TextUntilStop(stops)];
				const whole = pieces.join('');

				const out = pieces.map(piece => inPieces.push(piece)).join('') + inPieces.flush();

				assert.equal(out, atOnce.push(whole) + atOnce.flush());
				assert.ok(whole.startsWith(out));
				assert.ok(stops.every(each => !out.includes(each)));
				assert.equal(
					inPieces.hasStopped,
					stops.some(each => whole.includes(each)),
				);
			},
		);
		fc.assert(property, { numRuns: 1000 });
	});
});
