import assert from 'node:assert/strict';
import { KeepAliveReply } from '../../src/core/reply/keepAliveReply.js';
import { FakeClock } from '../support/fakeClock.js';
import { RecordingReply } from '../support/recordingReply.js';

const beat = 'data: {"type":"keepalive"}\n\n';

describe('KeepAliveReply', () => {
	let clock: FakeClock;
	let client: RecordingReply;
	let reply: KeepAliveReply;

	beforeEach(() => {
		clock = new FakeClock();
		client = new RecordingReply();
		reply = new KeepAliveReply(client, clock, 'req_1', true);
	});

	it('does nothing for an answer that comes soon', async () => {
		await clock.advance(29_999);
		reply.start(429, { 'retry-after': '3' });
		reply.write(Buffer.from('limit'));
		reply.end();
		await clock.advance(120_000);
		assert.deepEqual([client.status, client.headers['retry-after'], client.text], [429, '3', 'limit']);
	});

	it('sends Codex an event every half minute until the answer comes', async () => {
		await clock.advance(60_000);
		reply.start(200, { 'x-late': 'lost' });
		reply.write(Buffer.from('data: 1\n\n'));
		reply.end();
		await clock.advance(120_000);
		assert.deepEqual([client.status, client.starts, client.state], [200, 1, 'ended']);
		assert.equal(client.text, `${beat}${beat}data: 1\n\n`);
		assert.equal(client.headers['x-codex-pool-request'], 'req_1');
	});

	it('sends others a comment, which no parser can stumble over', async () => {
		reply.dispose();
		reply = new KeepAliveReply(client, clock, 'req_1', false);
		await clock.advance(30_000);
		assert.equal(client.text, ': keep-alive\n\n');
		reply.dispose();
	});

	it('tells a refusal inside the stream once it has begun one', async () => {
		await clock.advance(30_000);
		reply.start(429, {});
		reply.write(Buffer.from('{"error":{"type":"usage_limit_reached",'));
		reply.write(Buffer.from('"message":"All spent."}}'));
		reply.end();
		const [, event] = client.text.split('event: response.failed\ndata: ');
		assert.deepEqual((JSON.parse(event ?? '') as { response: { error: unknown } }).response.error, {
			code: 'usage_limit_reached',
			message: 'All spent.',
		});
		assert.deepEqual([client.status, client.state], [200, 'ended']);
	});

	it('beats no more after the end of a client that left or was cut off', async () => {
		reply.dispose();
		const other = new KeepAliveReply(client, clock, 'req_2', true);
		other.cut();
		await clock.advance(120_000);
		assert.deepEqual([client.text, client.state, clock.waiting], ['', 'cut', 0]);
	});
});
