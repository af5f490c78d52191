import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SseTap } from '../../src/core/reply/sseTap.js';
import { completed, created, delta, failed, sse } from '../support/scriptedUpstream.js';
import { cutInBadPlaces } from '../support/upstream/sse.js';

interface Heard {
	readonly sawOutput: boolean;
	readonly terminal: SseTap['terminal'];
	readonly failure: unknown;
	readonly usage: SseTap['usage'];
	readonly rateLimits: readonly unknown[];
}

function listen(chunks: Iterable<Buffer>): Heard {
	const rateLimits: unknown[] = [];
	const tap = new SseTap(event => void rateLimits.push(event));
	for (const chunk of chunks) {
		// The bytes are only lent: whoever reads them later reads rubbish.
		const lent = Buffer.from(chunk);
		tap.observe(lent);
		lent.fill(0x21);
	}
	const { sawOutput, terminal, failure, usage } = tap;
	return { sawOutput, terminal, failure, usage, rateLimits };
}

const hear = (...frames: string[]): Heard => listen([Buffer.from(frames.join(''))]);
const bytewise = (text: string): Buffer[] => Array.from(Buffer.from(text), byte => Buffer.from([byte]));
const usage = { inputTokens: 100, cachedTokens: 80, outputTokens: 7, reasoningTokens: 3 };

describe('SseTap', () => {
	it('hears output, the end and what was used', () => {
		const heard = hear(created, delta, completed);
		assert.deepEqual(heard, { sawOutput: true, terminal: 'completed', failure: undefined, usage, rateLimits: [] });
	});

	it('takes lead, vendor and rate-limit events for nothing the user could see', () => {
		const lead = [
			'response.in_progress',
			'response.queued',
			'response.metadata',
			'keepalive',
			'codex.new_thing',
			'responsesapi.timing',
		];
		const heard = hear(created, ...lead.map(type => sse({ type })), sse({ type: 'codex.rate_limits', n: 1 }));
		assert.equal(heard.sawOutput, false);
		assert.deepEqual(heard.rateLimits, [{ type: 'codex.rate_limits', n: 1 }]);
	});

	it('takes an unknown event for something the user could see', () => {
		assert.equal(hear(created, sse({ type: 'response.brand_new.delta' })).sawOutput, true);
	});

	it('keeps what a failed, an incomplete and an error event say', () => {
		for (const [frame, terminal] of [
			[failed('server_error'), 'failed'],
			[
				sse({ type: 'response.incomplete', response: { incomplete_details: { reason: 'max_output_tokens' } } }),
				'incomplete',
			],
			[sse({ type: 'error', code: 'server_error', message: 'x' }), 'error'],
		] as const) {
			const heard = hear(created, frame);
			assert.deepEqual([heard.terminal, heard.sawOutput], [terminal, false]);
			assert.equal((heard.failure as { type: string }).type, terminal === 'error' ? 'error' : `response.${terminal}`);
		}
	});

	it('knows events by their data alone, wherever the type stands', () => {
		const dataOnly = (event: unknown): string => `data: ${JSON.stringify(event)}\n\n`;
		const response = { output: [{ type: 'message', content: 'x'.repeat(200) }], usage: { input_tokens: 1 } };
		const heard = [
			dataOnly({ response, type: 'response.completed' }),
			dataOnly({ type: 'response.completed', response }),
			`data:{ "type" : "response.completed", "response": ${JSON.stringify(response)}}\n\n`,
		].map(frame => [listen([Buffer.from(frame)]), listen(bytewise(frame))]);
		for (const each of heard.flat()) {
			assert.deepEqual([each.terminal, each.sawOutput, each.usage?.inputTokens], ['completed', false, 1]);
		}
	});

	it('is not fooled by text that looks like an event', () => {
		const text = '{"type":"response.completed"}\n\nevent: response.failed\ndata: {"type":"response.failed"}\n\n';
		for (const frame of [
			sse({ type: 'response.output_text.delta', delta: text }),
			`data: ${JSON.stringify({ type: 'response.output_text.delta', delta: text })}\n\n`,
			`data: ${JSON.stringify({ delta: text, type: 'response.output_text.delta' })}\n\n`,
			`data: ${JSON.stringify({ item: { type: 'response.completed' }, type: 'response.output_item.done' })}\n\n`,
		]) {
			for (const heard of [listen([Buffer.from(frame)]), listen(bytewise(frame))]) {
				assert.deepEqual([heard.terminal, heard.sawOutput], [undefined, true]);
			}
		}
	});

	it('ignores comments and fields it does not know', () => {
		const heard = hear(
			': data: {"type":"response.completed"}\n\n',
			'id: 7\nretry: 10\n',
			'dataset: 1\n',
			'x\n\n',
			created,
		);
		assert.deepEqual([heard.terminal, heard.sawOutput], [undefined, false]);
	});

	it('does not take an end that was cut in the middle for an end', () => {
		assert.equal(hear(created, delta, completed.slice(0, -3)).terminal, undefined);
	});

	it('takes usage only from where it belongs', () => {
		const withUsage = (used: unknown, rest: object = {}): Heard =>
			hear(sse({ type: 'response.completed', response: { ...rest, usage: used }, usage: { input_tokens: 9 } }));
		assert.equal(withUsage(null, { metadata: { note: '"usage":{"input_tokens":5}' } }).usage, undefined);
		assert.equal(withUsage(undefined).usage, undefined);
		assert.deepEqual(withUsage({ input_tokens: 1.5, output_tokens: -1, output_tokens_details: null }).usage, {
			inputTokens: null,
			cachedTokens: null,
			outputTokens: null,
			reasoningTokens: null,
		});
		const nested = withUsage({ input_tokens: 3 }, { output: [{ usage: { input_tokens: 8 } }] });
		assert.equal(nested.usage?.inputTokens, 3);
	});

	it('survives a terminal event that is no JSON', () => {
		const heard = hear('event: response.failed\ndata: {oops\n\n');
		assert.deepEqual([heard.terminal, heard.failure], ['failed', undefined]);
	});

	it('reads a whole turn', () => {
		const text = [
			created,
			': a comment\n\n',
			sse({ type: 'response.output_text.delta', delta: 'Grüße ✓' }),
			delta,
			completed,
		].join('');
		const heard = [listen([Buffer.from(text)]), listen(bytewise(text)), listen(cutInBadPlaces(Buffer.from(text)))];
		assert.deepEqual([heard[0]?.terminal, heard[0]?.sawOutput, heard[0]?.usage?.inputTokens], ['completed', true, 100]);
		assert.deepEqual(heard[1], heard[0]);
		assert.deepEqual(heard[2], heard[0]);
	});

	it('hears the same in whatever pieces a stream arrives', () => {
		const types = [
			'response.created',
			'response.output_text.delta',
			'response.completed',
			'response.failed',
			'response.incomplete',
			'error',
			'codex.rate_limits',
			'keepalive',
			'response.new',
		];
		const event = fc.record({
			type: fc.constantFrom(...types),
			delta: fc.string({ unit: 'binary', maxLength: 60 }),
			response: fc.record({
				usage: fc.option(fc.record({ input_tokens: fc.nat() })),
				error: fc.option(fc.jsonValue()),
			}),
		});
		const lineEnd = fc.constantFrom('\n', '\r\n');
		const frame = fc.oneof(
			fc.tuple(event, lineEnd, fc.boolean(), fc.boolean()).map(([{ type, ...rest }, end, named, typeFirst]) => {
				const data = JSON.stringify(typeFirst ? { type, ...rest } : { ...rest, type });
				return `${named ? `event: ${type}${end}` : ''}data: ${data}${end}${end}`;
			}),
			fc.string({ unit: 'binary', maxLength: 120 }).map(text => `: ${text.replaceAll(/[\r\n]/g, ' ')}\n\n`),
			fc.constantFrom('\n', '\r\n', 'data: [DONE]\n\n', 'data:\n\n', 'event: error\n\n', 'data: {"type":1}\n\n'),
		);
		const property = fc.property(
			fc.array(frame, { maxLength: 8 }),
			fc.array(fc.nat(), { maxLength: 30 }),
			(frames, cuts) => {
				const whole = Buffer.from(frames.join(''));
				const at = [...new Set(cuts.map(cut => cut % (whole.length + 1)))].sort((a, b) => a - b);
				const pieces = [0, ...at].map((from, index) => whole.subarray(from, at[index] ?? whole.length));
				const expected = listen([whole]);
				assert.deepEqual(listen(pieces), expected);
				assert.deepEqual(listen(cutInBadPlaces(whole)), expected);
			},
		);
		fc.assert(property, { numRuns: 150 });
	});

	describe('size', () => {
		const chunksOf = function* (text: string, size: number): Generator<Buffer> {
			const bytes = Buffer.from(text);
			for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
		};
		const terminalOf = (bytes: number): string =>
			sse({ type: 'response.completed', response: { output: ['x'.repeat(bytes)], usage: { input_tokens: 5 } } });

		it('reads the usage at the end of a large terminal event', () => {
			const heard = listen(chunksOf(terminalOf(8 * 1024 * 1024), 16_384));
			assert.deepEqual([heard.terminal, heard.usage?.inputTokens], ['completed', 5]);
		});

		it('knows the end of a stream although its terminal event is too large to keep', () => {
			const heard = listen(chunksOf(terminalOf(17 * 1024 * 1024), 65_536));
			assert.deepEqual([heard.terminal, heard.usage], ['completed', undefined]);
		});

		it('takes time in proportion to the bytes, however small the pieces', () => {
			const time = (bytes: number): number => {
				const pieces = [
					...chunksOf(sse({ type: 'response.output_text.delta', delta: 'y'.repeat(bytes) }) + terminalOf(bytes), 64),
				];
				const tap = new SseTap(() => undefined);
				// The processor's time: what else the machine does is not the tap's.
				const before = process.cpuUsage();
				for (const piece of pieces) tap.observe(piece);
				assert.equal(tap.terminal, 'completed');
				return process.cpuUsage(before).user / 1000;
			};
			const small = Math.min(time(500_000), time(500_000), time(500_000));
			const large = Math.min(time(4_000_000), time(4_000_000), time(4_000_000));
			// 8 times the bytes: linear is about 8, quadratic about 64.
			assert.ok(large < Math.max(small, 2) * 30, `${small} ms, then ${large} ms`);
		});
	});
});
