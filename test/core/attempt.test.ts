import assert from 'node:assert/strict';
import { Attempt, type AttemptEnd, type AttemptListener } from '../../src/core/attempt/attempt.js';
import { judgeRefusal } from '../../src/core/attempt/verdict.js';
import { FakeClock, settle } from '../support/fakeClock.js';
import { RecordingReply } from '../support/recordingReply.js';
import {
	completed,
	created,
	delta,
	failed,
	ScriptedUpstream,
	sse,
	whole,
	type ScriptedCall,
} from '../support/scriptedUpstream.js';

const eventStream = { 'content-type': 'text/event-stream; charset=utf-8' };

describe('Attempt', () => {
	let clock: FakeClock;
	let upstream: ScriptedUpstream;
	let client: RecordingReply;
	let rateLimits: unknown[];
	let ends: AttemptEnd[];

	beforeEach(() => {
		clock = new FakeClock();
		upstream = new ScriptedUpstream();
		client = new RecordingReply();
		rateLimits = [];
		ends = [];
	});

	/** Starts an attempt; the call is the upstream's side of it. */
	function start(): ScriptedCall {
		const listener: AttemptListener = {
			headArrived: () => undefined,
			rateLimitsArrived: event => {
				rateLimits.push(event);
				return '{"type":"codex.rate_limits","of":"the pool"}';
			},
			metadataArrived: (data: Buffer) => data,
			isCallersFault: refusal => judgeRefusal(refusal, clock.now()).kind === 'caller',
			replyHeaders: () => ({ 'x-marked': 'yes' }),
			replyStarted: () => undefined,
		};
		const request = { accountId: 'a', method: 'POST', path: '/codex/responses', headers: [], body: null } as const;
		void new Attempt(client, clock, listener).run(upstream, request).then(end => ends.push(end));
		return upstream.last;
	}

	const end = async (): Promise<AttemptEnd> => {
		await settle();
		assert.equal(ends.length, 1, 'settled exactly once');
		const [only] = ends;
		assert.ok(only);
		return only;
	};

	describe('holding', () => {
		it('shows the client nothing before the first visible event, then everything in order', async () => {
			const call = start().head(200, eventStream);
			call.chunk(created);
			call.chunk(sse({ type: 'codex.rate_limits', rate_limits: {} }));
			assert.deepEqual([client.starts, client.text, rateLimits.length], [0, '', 1]);
			call.chunk(delta);
			assert.deepEqual([client.status, client.headers], [200, { 'x-marked': 'yes' }]);
			call.chunk(completed);
			call.end();
			assert.equal((await end()).kind, 'answered');
			assert.equal(client.text, created + sse({ type: 'codex.rate_limits', of: 'the pool' }) + delta + completed);
			assert.deepEqual([client.starts, client.state, clock.waiting], [1, 'ended', 0]);
		});

		it('keeps copies: the upstream may use its bytes again', async () => {
			const call = start().head(200, eventStream);
			const lent = Buffer.from(created);
			call.chunk(lent);
			lent.fill(0x21);
			call.chunk(delta + completed);
			call.end();
			await end();
			assert.equal(client.text, whole);
		});

		it('ends when 64 KiB are held', () => {
			const call = start().head(200, eventStream);
			const lead = sse({ type: 'response.in_progress', padding: 'x'.repeat(32_000) });
			call.chunk(lead);
			call.chunk(lead);
			assert.equal(client.starts, 0);
			call.chunk(lead);
			assert.equal(client.text, lead.repeat(3));
		});

		it('ends two minutes after the first lead event', async () => {
			const call = start().head(200, eventStream);
			await clock.advance(60_000);
			call.chunk(created);
			await clock.advance(119_999);
			assert.equal(client.starts, 0);
			await clock.advance(1);
			assert.equal(client.text, created);
			call.chunk(failed('server_error'));
			call.end();
			const ended = await end();
			assert.equal(ended.kind === 'answered' && ended.terminal, 'failed');
		});
	});

	describe('refusals', () => {
		it('gives back the status, the headers and the body as it came', async () => {
			const call = start().head(429, { 'content-type': 'application/json', 'retry-after': '3' });
			call.chunk('{"error":');
			call.chunk('{"code":"slow_down"}}');
			call.end();
			assert.deepEqual(await end(), {
				kind: 'refused',
				refusal: {
					status: 429,
					headers: { 'content-type': 'application/json', 'retry-after': '3' },
					body: { error: { code: 'slow_down' } },
				},
				raw: Buffer.from('{"error":{"code":"slow_down"}}'),
			});
			assert.equal(client.starts, 0);
		});

		it('does not wait for the end of a body that has none: what is there tells enough', async () => {
			const call = start().head(503, { 'content-type': 'application/json' });
			call.chunk('{"error":');
			await clock.advance(14_999);
			assert.equal(ends.length, 0);
			await clock.advance(1);
			const ended = await end();
			assert.deepEqual(
				[ended.kind === 'refused' && ended.refusal.status, ended.kind === 'refused' && ended.raw.toString('utf8')],
				[503, '{"error":'],
			);
			assert.deepEqual([call.isAborted, clock.waiting], [true, 0]);
		});

		it('finds one hidden in a 200 before anything visible, and lets go of the call', async () => {
			const call = start().head(200, eventStream);
			call.chunk(created + failed('server_is_overloaded'));
			const ended = await end();
			assert.equal(ended.kind, 'refused');
			assert.deepEqual([client.starts, call.isAborted], [0, true]);
		});

		it("passes on a failure that is the caller's own", async () => {
			const call = start().head(200, eventStream);
			call.chunk(created + failed('context_length_exceeded'));
			call.end();
			const ended = await end();
			assert.equal(ended.kind === 'answered' && ended.terminal, 'failed');
			assert.deepEqual([client.text, client.state], [created + failed('context_length_exceeded'), 'ended']);
		});

		it('takes a 200 that is no event stream for one', async () => {
			const call = start().head(200, { 'content-type': 'text/html' });
			call.chunk('<html>');
			call.end();
			assert.equal((await end()).kind, 'refused');
		});

		it('keeps a bounded part of an endless body, and lets go of the call', async () => {
			const call = start().head(500, {});
			for (let part = 0; part < 100; part++) call.chunk(Buffer.alloc(16_384));
			const ended = await end();
			assert.ok(ended.kind === 'refused' && ended.raw.length <= 300_000);
			assert.deepEqual([call.isAborted, clock.waiting], [true, 0]);
		});
	});

	describe('ends', () => {
		it('cuts the connection when the stream ends without a terminal event', async () => {
			const call = start().head(200, eventStream);
			call.chunk(created + delta);
			call.end();
			const ended = await end();
			assert.deepEqual([ended.kind === 'answered' && ended.terminal, client.state], ['cut', 'cut']);
		});

		it('cuts the connection when it breaks after something visible', async () => {
			const call = start().head(200, eventStream);
			call.chunk(delta);
			call.fault({ kind: 'reset', code: 'ECONNRESET' });
			const ended = await end();
			assert.deepEqual([ended.kind === 'answered' && ended.terminal, client.state], ['cut', 'cut']);
		});

		it('is a fault when the stream ends or breaks before anything visible', async () => {
			const call = start().head(200, eventStream);
			call.chunk(created);
			call.end();
			assert.deepEqual([(await end()).kind, client.starts, clock.waiting], ['faulted', 0, 0]);
		});

		it('is whole when the connection breaks behind the terminal event', async () => {
			const call = start().head(200, eventStream);
			call.chunk(delta + completed);
			call.fault({ kind: 'reset', code: 'ECONNRESET' });
			const ended = await end();
			assert.deepEqual([ended.kind === 'answered' && ended.terminal, client.state], ['completed', 'ended']);
		});
	});

	describe('a client that leaves', () => {
		it('aborts the upstream at once, whatever the state', async () => {
			for (const before of ['', created, created + delta]) {
				ends = [];
				client = new RecordingReply();
				const call = start();
				if (before !== '') call.head(200, eventStream).chunk(before);
				client.leave();
				assert.deepEqual([(await end()).kind, call.isAborted, clock.waiting], ['left', true, 0]);
			}
		});

		it('is never sent upstream when it has left already', async () => {
			client.leave();
			assert.throws(start);
			assert.deepEqual([(await end()).kind, upstream.calls.length], ['left', 0]);
		});

		it('has its answer when it goes as soon as it saw the terminal event', async () => {
			const call = start().head(200, eventStream);
			call.chunk(delta + completed);
			client.leave();
			const ended = await end();
			assert.equal(ended.kind === 'answered' && ended.terminal, 'completed');
			assert.equal(ended.kind === 'answered' && ended.usage?.inputTokens, 100);
			assert.ok(call.isAborted);
		});
	});

	it('pauses the upstream while the client is slow, and resumes it', () => {
		const call = start().head(200, eventStream);
		call.chunk(created);
		client.hasRoom = false;
		assert.equal(call.chunk(delta), false);
		client.drain();
		assert.deepEqual([call.resumes, call.chunk(delta)], [1, true]);
	});
});
