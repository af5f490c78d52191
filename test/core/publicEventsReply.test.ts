import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ClientReply } from '../../src/core/ports.js';
import { PublicEventsReply } from '../../src/core/publicEventsReply.js';

describe('the reply to a caller that knows only public events', () => {
	const frames = [
		': a comment ünïcödé 🎉\r\n\r\n',
		'event: response.created\ndata: {"type":"response.created"}\n\n',
		'event: codex.rate_limits\r\ndata: {"type":"codex.rate_limits"}\r\n\r\n',
		': a comment\ndata: { "type": "codex.response.metadata" }\n\n',
		'data: {"type":"response.output_text.delta","delta":"größer 🎉\\n\\n event: codex.x"}\r\n\r\n',
		'data: {"type":"responsesapi.websocket_timing","timing":{}}\n\n',
		'event: response.metadata\ndata: {"type":"response.metadata"}\n\n',
		'event: keepalive\ndata: {"type":"keepalive"}\n\n',
		'event: response.some_new_event\ndata: {"type":"response.some_new_event"}\n\n',
		'event: error\ndata: {"type":"error"}\n\n',
		'data: [DONE]\n\n',
		'data: {"type":"response.completed"}\n\n',
		'data: {"type":"response.unfinished"',
	] as const;
	const leftOut = [2, 3, 5, 6];
	const stream = Buffer.from(frames.join(''));
	const expected = frames.filter((_, index) => !leftOut.includes(index)).join('');

	const passThrough = (chunks: readonly Buffer[], status = 200): string => {
		const written: Buffer[] = [];
		const reply = new PublicEventsReply(collector(written));
		reply.start(status, {});
		for (const chunk of chunks) {
			const borrowed = Buffer.from(chunk);
			reply.write(borrowed);
			borrowed.fill(0); // the upstream takes its buffer back
		}
		reply.end();
		return Buffer.concat(written).toString('utf8');
	};

	it('leaves out what is not public and passes the rest byte for byte, wherever chunks are cut', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(stream.length), { maxLength: 40 }), cuts => {
				const places = [0, ...cuts.sort((a, b) => a - b), stream.length];
				const chunks = places.slice(1).map((end, index) => stream.subarray(places[index], end));
				assert.equal(passThrough(chunks), expected);
			}),
		);
	});

	it('is right when every byte comes alone', () => {
		assert.equal(passThrough([...stream].map(byte => Buffer.of(byte))), expected);
	});

	it('does not touch an answer that is no stream', () => {
		const body = '{"error":{"message":"codex.rate_limits"}}\n\nevent: codex.x\n\n';

		assert.equal(passThrough([Buffer.from(body)], 429), body);
	});

	it('passes a frame on before its last line has come', () => {
		const written: Buffer[] = [];
		const reply = new PublicEventsReply(collector(written));
		reply.start(200, {});

		reply.write(Buffer.from('event: response.created\ndata: {"type":"response.created"}\n'));

		assert.match(Buffer.concat(written).toString(), /data: .*\n$/);
	});
});

function collector(written: Buffer[]): ClientReply {
	return {
		hasLeft: false,
		onLeave: () => undefined,
		onDrain: () => undefined,
		start: () => undefined,
		write: chunk => {
			written.push(Buffer.from(chunk));
			return true;
		},
		end: () => undefined,
		cut: () => undefined,
	};
}
