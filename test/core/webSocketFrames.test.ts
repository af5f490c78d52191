import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { MessageReader } from '../../src/core/socket/messageReader.js';
import { ProviderFrames } from '../../src/core/socket/providerFrames.js';
import {
	closeCodeOf,
	encodeClose,
	encodeFrame,
	encodeText,
	FrameError,
	frameHeaderAt,
	opcodes,
} from '../../src/core/socket/webSocketFrames.js';
import { cutAt } from '../support/cutAt.js';

const mask = Buffer.from([0x11, 0x22, 0x33, 0x44]);

/** What a reader hears of these bytes, cut at these places. */
function read(bytes: Buffer, cuts: readonly number[] = [], limit = 1 << 20) {
	const messages: string[] = [];
	const controls: [number, string][] = [];
	const reader = new MessageReader(
		{
			message: text => messages.push(text.toString('utf8')),
			control: (opcode, payload) => controls.push([opcode, payload.toString('latin1')]),
		},
		limit,
	);
	for (const piece of cutAt(bytes, cuts)) reader.read(piece);
	return { messages, controls };
}

/** What goes to a client of these bytes of a provider. */
function pass(bytes: Buffer, cuts: readonly number[] = []) {
	const events: [string, string | undefined][] = [];
	const controls: number[] = [];
	const frames = new ProviderFrames({
		event: (kind, data) => events.push([kind, data?.toString('utf8')]),
		exchange: (_kind, data) => data,
		control: opcode => controls.push(opcode),
	});
	frames.isHeard = true;
	const passed = Buffer.concat(cutAt(bytes, cuts).map(piece => Buffer.from(frames.read(Buffer.from(piece)))));
	return { passed, events, controls };
}

const event = fc.oneof(
	fc
		.constantFrom('response.output_text.delta', 'response.created', 'codex.rate_limits', 'response.completed', 'x')
		.chain(type => fc.record({ type: fc.constant(type), text: fc.string({ unit: 'binary', maxLength: 400 }) })),
	fc.record({ text: fc.string({ maxLength: 20 }), type: fc.constant('response.failed') }),
);
const cuts = fc.array(fc.nat(2000), { maxLength: 12 });

describe('WebSocket frames', () => {
	it('have the length form that their payload needs', () => {
		for (const length of [0, 1, 125, 126, 65_535, 65_536, 70_000]) {
			const frame = encodeFrame(opcodes.text, Buffer.alloc(length, 0x61), mask);
			const header = frameHeaderAt(frame, 0);
			assert.deepEqual([header?.payloadLength, header?.isFinal, header?.opcode], [length, true, opcodes.text]);
			assert.equal(frame.length, (header?.length ?? 0) + length);
			assert.equal(read(frame).messages[0]?.length, length);
		}
	});

	it('say why a connection closes', () => {
		assert.equal(closeCodeOf(encodeClose(1012).subarray(2)), 1012);
		assert.equal(closeCodeOf(Buffer.alloc(0)), 1005);
	});

	it('give a client its message back, wherever the bytes are cut', () => {
		fc.assert(
			fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 5 }), cuts, (texts, places) => {
				const bytes = Buffer.concat(texts.map(text => encodeFrame(opcodes.text, Buffer.from(text), randomBytes(4))));
				assert.deepEqual(
					read(bytes, places).messages,
					texts.map(text => Buffer.from(text).toString('utf8')),
				);
			}),
		);
	});

	it('put a message in pieces together, with a ping between them', () => {
		const whole = Buffer.from('{"type":"größer"}');
		const [first, second] = [whole.subarray(0, 11), whole.subarray(11)];
		const start = encodeFrame(opcodes.text, first, mask);
		start[0] = opcodes.text;
		const bytes = Buffer.concat([
			start,
			encodeFrame(opcodes.ping, Buffer.from('hi'), mask),
			encodeFrame(opcodes.continuation, second, mask),
		]);
		for (let at = 0; at <= bytes.length; at++) {
			const { messages, controls } = read(bytes, [at]);
			assert.deepEqual([messages, controls], [[whole.toString('utf8')], [[opcodes.ping, 'hi']]]);
		}
	});

	const breaches: readonly (readonly [name: string, bytes: Buffer, closeCode: number])[] = [
		['an unmasked frame', encodeText('{}'), 1002],
		['a binary message', encodeFrame(opcodes.binary, Buffer.from('x'), mask), 1003],
		['an extension', Buffer.from([0xc1, 0x80, 1, 2, 3, 4]), 1002],
		['a continuation of nothing', encodeFrame(opcodes.continuation, Buffer.from('x'), mask), 1002],
		['a long ping', encodeFrame(opcodes.ping, Buffer.alloc(126), mask), 1002],
		['a message beyond the limit', encodeFrame(opcodes.text, Buffer.alloc(2000), mask), 1009],
	];
	for (const [name, bytes, closeCode] of breaches) {
		it(`refuse ${name}`, () => {
			assert.throws(
				() => read(bytes, [], 1000),
				(thrown: unknown) => thrown instanceof FrameError && thrown.closeCode === closeCode,
			);
		});
	}
});

describe('ProviderFrames', () => {
	it('passes events byte for byte and takes out what concerns one connection, wherever the bytes are cut', () => {
		const control = fc.constantFrom(opcodes.ping, opcodes.pong);
		const part = fc.oneof(
			event.map(each => ({ text: JSON.stringify(each), control: undefined })),
			control.map(opcode => ({ text: 'ping', control: opcode })),
		);
		fc.assert(
			fc.property(fc.array(part, { maxLength: 12 }), cuts, (parts, places) => {
				const bytes = Buffer.concat(
					parts.map(each => encodeFrame(each.control ?? opcodes.text, Buffer.from(each.text))),
				);
				const expected = parts.filter(each => each.control === undefined).map(each => encodeText(each.text));
				const { passed, events, controls } = pass(bytes, places);
				assert.ok(passed.equals(Buffer.concat(expected)));
				assert.equal(events.length, expected.length);
				assert.equal(controls.length, parts.length - expected.length);
			}),
		);
	});

	it('tells the class of every event, and gives the data of those that steer the pool', () => {
		const texts = [
			'{"type":"response.created"}',
			'{"type":"response.output_text.delta","delta":"{\\"type\\":\\"response.completed\\"}"}',
			'{ "type" : "codex.rate_limits" }',
			'{"error":{"type":"x"},"type":"error"}',
			'{"type":"response.completed"}',
		];
		const { events } = pass(Buffer.concat(texts.map(text => encodeText(text))));
		assert.deepEqual(events, [
			['lead', undefined],
			['output', undefined],
			['rateLimits', undefined],
			['error', texts[3]],
			['completed', texts[4]],
		]);
	});

	it('passes nothing while nobody listens, and begins with a whole event again', () => {
		const frames = new ProviderFrames({
			event: () => undefined,
			exchange: (_kind, data) => data,
			control: () => undefined,
		});
		const stray = encodeText(`{"type":"codex.rate_limits","padding":"${'x'.repeat(200)}"}`);
		const next = encodeText('{"type":"response.created"}');
		assert.equal(frames.read(stray.subarray(0, 150)).length, 0);
		frames.isHeard = true;
		assert.ok(frames.read(Buffer.concat([stray.subarray(150), next])).equals(next));
	});

	it('refuses what no server sends', () => {
		assert.throws(() => pass(encodeFrame(opcodes.text, Buffer.from('{}'), mask)), FrameError);
		assert.throws(() => pass(encodeFrame(opcodes.continuation, Buffer.from('{}'))), FrameError);
	});
});
