import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PublicEventsReply } from '../../src/core/reply/publicEventsReply.js';
import { RecordingReply } from '../support/recordingReply.js';

function pass(chunks: readonly Buffer[], status = 200): RecordingReply {
	const client = new RecordingReply();
	const reply = new PublicEventsReply(client);
	reply.start(status, {});
	for (const chunk of chunks) {
		const lent = Buffer.from(chunk);
		reply.write(lent);
		lent.fill(0x21);
	}
	reply.end();
	return client;
}

describe('PublicEventsReply', () => {
	const isOwn = (type: string): boolean => type === 'response.metadata' || /^(codex|responsesapi)\./.test(type);

	it('leaves out whole frames of the backend and not a byte else, in whatever pieces they arrive', () => {
		const frame = fc
			.record({
				type: fc.constantFrom(
					'response.created',
					'response.output_text.delta',
					'error',
					'codex.rate_limits',
					'response.metadata',
					'responsesapi.x',
				),
				delta: fc.string({ unit: 'binary', maxLength: 40 }),
				end: fc.constantFrom('\n', '\r\n'),
				named: fc.boolean(),
				comment: fc.boolean(),
			})
			.map(({ type, delta, end, named, comment }) => ({
				type,
				text: `${comment ? `: note${end}` : ''}${named ? `event: ${type}${end}` : ''}data: ${JSON.stringify({ type, delta })}${end}${end}`,
			}));
		const property = fc.property(
			fc.array(frame, { maxLength: 6 }),
			fc.array(fc.nat(), { maxLength: 20 }),
			(frames, cuts) => {
				const whole = Buffer.from(frames.map(({ text }) => text).join(''));
				const expected = frames.flatMap(({ type, text }) => (isOwn(type) ? [] : [text])).join('');
				const at = [...new Set(cuts.map(cut => cut % (whole.length + 1)))].sort((a, b) => a - b);
				const pieces = [0, ...at].map((from, index) => whole.subarray(from, at[index] ?? whole.length));
				assert.equal(pass(pieces).text, expected);
			},
		);
		fc.assert(property, { numRuns: 200 });
	});

	it('passes on what is no stream, and what is left at the end', () => {
		assert.equal(pass([Buffer.from('event: codex.x\n\n')], 400).text, 'event: codex.x\n\n');
		assert.equal(pass([Buffer.from('event: response.created\ndata: {')]).text, 'event: response.created\ndata: {');
		assert.equal(pass([Buffer.from('event: codex.x\ndata: {')]).text, '');
	});
});
