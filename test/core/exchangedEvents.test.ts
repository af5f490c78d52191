import assert from 'node:assert/strict';
import fc from 'fast-check';
import { forwardRequest } from '../../src/core/forwardRequest.js';
import { ProviderFrames } from '../../src/core/socket/providerFrames.js';
import { SseTap } from '../../src/core/reply/sseTap.js';
import { encodeFrame, encodeText, opcodes } from '../../src/core/socket/webSocketFrames.js';
import { CorePool } from '../support/corePool.js';
import { cutAt } from '../support/cutAt.js';
import { RecordingReply } from '../support/recordingReply.js';
import { completed, created, delta, sse, stream } from '../support/scriptedUpstream.js';

const told = '{"type":"codex.rate_limits","of":"the pool"}';
const places = fc.array(fc.nat(4000), { maxLength: 14 });

/** The pieces are lent: whoever keeps one without a copy reads rubbish. */
function lend(pieces: readonly Buffer[], take: (piece: Buffer) => Buffer): Buffer[] {
	return pieces.map(piece => {
		const lent = Buffer.from(piece);
		const given = Buffer.from(take(lent));
		lent.fill(0x21);
		return given;
	});
}

describe('SseTap, between the provider and a client', () => {
	function pass(pieces: readonly Buffer[], answer: string | null = told) {
		const heard: unknown[] = [];
		const tap = new SseTap(
			event => {
				heard.push(event);
				return answer ?? undefined;
			},
			data => Buffer.from(data.toString('utf8').replace('"theirs"', '"ours"')),
		);
		const passed = lend(pieces, piece => tap.observe(piece));
		return { text: Buffer.concat([...passed, tap.rest()]).toString('utf8'), heard, tap };
	}

	const frame = fc
		.record({
			type: fc.constantFrom(
				'response.created',
				'response.output_text.delta',
				'codex.rate_limits',
				'codex.rate_limits_of_old',
				'codex.r',
				'response.metadata',
				'codex.response.metadata',
				'response.metadata_of_old',
				'response.completed',
				'error',
			),
			text: fc.oneof(
				fc.string({ unit: 'binary', maxLength: 200 }),
				fc.constant('event: codex.rate_limits\n\ndata: {"type":"codex.rate_limits"}\n\n'),
				fc.constant('theirs'),
			),
			end: fc.constantFrom('\n', '\r\n'),
			isNamed: fc.boolean(),
			isTypeFirst: fc.boolean(),
			before: fc.constantFrom('', ': comment', 'id: 7', ':', ': event: codex.rate_limits'),
		})
		.map(({ type, text, end, isNamed, isTypeFirst, before }) => {
			const data = JSON.stringify(isTypeFirst ? { type, text } : { text, type });
			const event = `${isNamed ? `event: ${type}${end}` : ''}data: ${data}${end}${end}`;
			const lead = before === '' ? '' : `${before}${end}`;
			const isLimits = type === 'codex.rate_limits';
			const isMetadata = /^(codex\.)?response\.metadata$/.test(type);
			const metadata = `event: ${type}${end}data: ${data.replace('"theirs"', '"ours"')}${end}${end}`;
			const limits = `event: codex.rate_limits\ndata: ${told}\n\n`;
			return {
				given: lead + event,
				expected: lead + (isLimits ? limits : isMetadata ? metadata : event),
				heard: isLimits ? [JSON.parse(data) as unknown] : [],
			};
		});

	it('exchanges rate limits and metadata and not a byte else, wherever the bytes are cut', () => {
		fc.assert(
			fc.property(fc.array(frame, { maxLength: 8 }), places, (frames, cuts) => {
				const whole = Buffer.from(frames.map(({ given }) => given).join(''));
				const { text, heard } = pass(cutAt(whole, cuts));
				assert.equal(text, frames.map(({ expected }) => expected).join(''));
				assert.deepEqual(
					heard,
					frames.flatMap(each => each.heard),
				);
			}),
			{ numRuns: 500 },
		);
	});

	it('leaves the event out, byte by byte too, when there is nothing to tell', () => {
		const event = 'event: codex.rate_limits\r\ndata: {"type":"codex.rate_limits","n":1}\r\n\r\n';
		const [before, after] = ['data: {"type":"response.created"}\n\n', ': done\n\n'];
		const bytes = Buffer.from(before + event + after);
		const { text, heard } = pass(cutAt(bytes, [...bytes.keys()]), null);
		assert.equal(text, before + after);
		assert.equal(heard.length, 1);
	});

	it('passes metadata that nobody can read under its name', () => {
		const event = 'event: response.metadata\ndata: {broken\n\n';
		assert.equal(pass([Buffer.from(event)]).text, event);
	});

	it('passes the very chunk when nothing is exchanged', () => {
		const tap = new SseTap(() => told);
		for (const text of ['event: response.output_text.delta\ndata: {"type":', '"x"}\n\nevent: response.c', 'reated\n']) {
			const chunk = Buffer.from(text);
			assert.equal(tap.observe(chunk), chunk);
		}
	});

	it('passes what a broken stream leaves unfinished, but no half of the event', () => {
		for (const end of [
			'event: resp',
			'event: cod',
			'data: {"typ',
			'e',
			': com',
			'event: response.created\ndata: {"a',
		]) {
			assert.equal(pass([Buffer.from(`data: {"type":"error"}\n\n${end}`)]).text.split('\n\n')[1], end);
		}
		for (const half of ['event: codex.rate_limits\n', 'data: {"type":"codex.rate_limits","rate_limits":{"allowed"']) {
			const padded = half.endsWith('\n') ? half : half + ' '.repeat(100);
			assert.equal(pass([Buffer.from(`data: {"type":"error"}\n\n${padded}`)]).text, 'data: {"type":"error"}\n\n');
		}
	});

	it('never holds back a line that cannot be of the event', () => {
		for (const begun of ['event: response.c', ': ', 'id: 4', 'event:  c', 'retry']) {
			const tap = new SseTap(() => told);
			assert.equal(tap.observe(Buffer.from(begun)).toString(), begun);
		}
	});

	it('leaves out an event of many megabytes without keeping it', () => {
		const begin = Buffer.from('event: codex.rate_limits\ndata: {"type":"codex.rate_limits","x":"');
		const padding = Buffer.alloc(1024 * 1024, 0x61);
		const end = Buffer.from('"}\n\ndata: {"type":"keepalive"}\n\n');
		const { text, heard } = pass([begin, ...Array.from({ length: 18 }, () => padding), end]);
		assert.deepEqual([text, heard], ['data: {"type":"keepalive"}\n\n', []]);
	});
});

describe('ProviderFrames, between the provider and a client', () => {
	function pass(pieces: readonly Buffer[], answer = told) {
		const heard: string[] = [];
		const frames = new ProviderFrames({
			event: () => undefined,
			exchange: (kind, data) => {
				if (kind === 'metadata' && data.includes('"ours"')) return Buffer.from('{"type":"response.metadata"}');
				if (kind !== 'rateLimits') return data;
				heard.push(data.toString('utf8'));
				return Buffer.from(answer);
			},
			control: () => undefined,
		});
		frames.isHeard = true;
		return { passed: Buffer.concat(lend(pieces, piece => frames.read(piece))), heard };
	}

	const message = fc
		.record({
			type: fc.constantFrom(
				'response.created',
				'response.output_text.delta',
				'response.metadata',
				'response.completed',
				'codex.rate_limits',
				'codex.other',
				'error',
			),
			text: fc.oneof(
				fc.string({ unit: 'binary', maxLength: 200 }),
				fc.constant('ours'),
				fc.constant('x'.repeat(70_000)),
			),
			isTypeFirst: fc.boolean(),
		})
		.map(({ type, text, isTypeFirst }) => {
			const data = JSON.stringify(isTypeFirst ? { type, text } : { text, type });
			const isSmall = data.length <= 65_536;
			const isLimits = type === 'codex.rate_limits' && isSmall;
			const isOurs = type === 'response.metadata' && text === 'ours';
			// One too large to be exchanged is left out, when it can be told at its beginning.
			const isDropped = type === 'codex.rate_limits' && !isSmall && isTypeFirst;
			const expected = isLimits ? told : isOurs ? '{"type":"response.metadata"}' : data;
			return {
				given: encodeText(data),
				expected: isDropped ? Buffer.alloc(0) : encodeText(expected),
				heard: isLimits ? [data] : [],
			};
		});

	it('exchanges rate limits and metadata and not a byte else, wherever the bytes are cut', () => {
		fc.assert(
			fc.property(fc.array(message, { maxLength: 6 }), places, (messages, cuts) => {
				const { passed, heard } = pass(cutAt(Buffer.concat(messages.map(({ given }) => given)), cuts));
				assert.ok(passed.equals(Buffer.concat(messages.map(({ expected }) => expected))));
				assert.deepEqual(
					heard,
					messages.flatMap(each => each.heard),
				);
			}),
			{ numRuns: 300 },
		);
	});

	it('leaves the event out when there is nothing to tell, and when it comes in pieces', () => {
		const [before, after] = [encodeText('{"type":"response.created"}'), encodeText('{"type":"keepalive"}')];
		const event = '{"type":"codex.rate_limits","n":1}';
		const begin = encodeFrame(opcodes.text, Buffer.from(event.slice(0, 28)));
		begin[0] = opcodes.text;
		const end = encodeFrame(opcodes.continuation, Buffer.from(event.slice(28)));
		for (const given of [[encodeText(event)], [begin, end]]) {
			const bytes = Buffer.concat([before, ...given, after]);
			for (let at = 0; at <= bytes.length; at++) {
				assert.ok(pass(cutAt(bytes, [at]), '').passed.equals(Buffer.concat([before, after])), `cut at ${at}`);
			}
		}
	});
});

describe('metadata in the event stream of a request', () => {
	it('is learnt of its account and told in the words of the pool, as the head of a reply is', async () => {
		const pool = await CorePool.of('a');
		const headers = {
			'x-codex-turn-state': 'ts-a',
			'X-Models-Etag': '"theirs"',
			'x-codex-primary-used-percent': '42',
			'x-codex-primary-window-minutes': '300',
			'openai-model': 'gpt-5.5',
		};
		pool.upstream.answer(stream(created, sse({ type: 'response.metadata', headers }), delta, completed));
		const reply = new RecordingReply();

		await forwardRequest({ ...pool.context, modelsEtag: () => '"ours"' }, pool.request(), reply);

		const [told] = /(?<=^data:).*"response\.metadata".*$/m.exec(reply.text) ?? [];
		assert.deepEqual(JSON.parse(told ?? 'null'), {
			type: 'response.metadata',
			headers: { 'x-codex-turn-state': 'ts-a', 'X-Models-Etag': '"ours"', 'openai-model': 'gpt-5.5' },
		});
		assert.equal(pool.accounts.views()[0]?.windows[0]?.usedPercent, 42);
	});
});
