import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answer, completed, CoreConversation, created, delta, message } from '../support/coreConversation.js';
import { cutAt } from '../support/cutAt.js';
import { settle } from '../support/fakeClock.js';
import { fieldOf } from '../../src/core/untrusted.js';
import { SocketGreeting } from '../../src/core/socket/socketGreeting.js';
import { encodeFrame, encodeText, opcodes } from '../../src/core/socket/webSocketFrames.js';

const second = 1_000;
const mask = Buffer.from([1, 2, 3, 4]);

describe('SocketConversation', () => {
	it('brings messages and events through byte for byte and writes down what they cost', async () => {
		const talk = await CoreConversation.of('a');
		const text = Buffer.from('{"type":"response.create", "model":"gpt-5.5","n":1.0,"input":[ "größer 🎉" ]}');
		talk.client.say(encodeFrame(opcodes.text, text, mask));
		const socket = await talk.accept(await talk.untilUpgrade(1));

		assert.ok(socket.bytes.equals(encodeFrame(opcodes.text, text, Buffer.from([9, 8, 7, 6]))));
		const frames = answer.map(event => encodeText(JSON.stringify(event, undefined, 1)));
		socket.say(...frames);
		const row = await talk.untilSettled(1);

		assert.ok(talk.client.bytes.equals(Buffer.concat(frames)));
		assert.deepEqual(
			[row.transport, row.outcome, row.status, row.accountId, row.model, row.inputTokens, row.outputTokens],
			['websocket', 'succeeded', 200, 'a', 'gpt-5.5', 100, 7],
		);
		assert.equal(talk.pool.accounts.inFlight, 0);
		assert.deepEqual([talk.client.state, socket.state], ['open', 'open']);
	});

	it('does so wherever the network cuts the bytes of either side', async () => {
		const texts = fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 6 });
		const places = fc.array(fc.nat(3000), { maxLength: 10 });
		await fc.assert(
			fc.asyncProperty(texts, places, places, async (words, above, below) => {
				const talk = await CoreConversation.of('a');
				const asked = Buffer.from(JSON.stringify(message({ instructions: words.join('') })));
				talk.client.say(...cutAt(encodeFrame(opcodes.text, asked, mask), above));
				const socket = await talk.accept(await talk.untilUpgrade(1));
				const deltas = words.map(word => ({ type: 'response.output_text.delta', delta: word }));
				const frames = [created, ...deltas, completed].map(event => encodeText(JSON.stringify(event)));
				socket.say(...cutAt(Buffer.concat(frames), below));
				const row = await talk.untilSettled(1);

				assert.ok(socket.bytes.equals(encodeFrame(opcodes.text, asked, Buffer.from([9, 8, 7, 6]))));
				assert.ok(talk.client.bytes.equals(Buffer.concat(frames)));
				assert.deepEqual([row.outcome, row.inputTokens], ['succeeded', 100]);
			}),
		);
	});

	it("opens with the account's own credentials and the client's identity, and nothing else of the client's", async () => {
		const talk = await CoreConversation.of('a');
		const upgrade = await talk.begin();
		const { accessToken } = await talk.pool.tokens.access('a');

		assert.equal(upgrade.request.path, '/codex/responses');
		assert.equal(upgrade.header('authorization'), `Bearer ${accessToken}`);
		assert.equal(upgrade.header('chatgpt-account-id'), 'workspace-a');
		assert.equal(upgrade.header('originator'), 'codex_exec');
		assert.equal(upgrade.header('openai-beta'), 'responses_websockets=2026-02-06');
		for (const name of ['content-type', 'accept', 'x-codex-pool-key', 'sec-websocket-key'])
			assert.equal(upgrade.header(name), undefined, name);
	});

	it('goes on with the chain over the same connection', async () => {
		const talk = await CoreConversation.of('a', 'b');
		const socket = await talk.turn();

		talk.client.send(message({ previous_response_id: 'resp_1' }));
		await socket.until(() => socket.messages.length === 2);
		socket.events(...answer);
		const row = await talk.untilSettled(2);

		assert.equal(talk.upgrades.length, 1);
		assert.equal(row.outcome, 'succeeded');
		assert.equal(talk.client.messages.length, 6);
	});

	it('passes on what else a client says, and ignores it when nobody is there to hear it', async () => {
		const talk = await CoreConversation.of('a');
		talk.client.send({ type: 'response.processed', response_id: 'resp_0' });
		const socket = await talk.turn();
		talk.client.send({ type: 'response.processed', response_id: 'resp_1' });

		assert.deepEqual(socket.messages.at(-1), { type: 'response.processed', response_id: 'resp_1' });
		assert.equal(talk.rows.length, 1);
	});

	it('answers a message that came too early after the one before it, and refuses a crowd', async () => {
		const talk = await CoreConversation.of('a');
		const socket = await talk.open();
		talk.client.send(message());
		assert.equal(socket.messages.length, 1);
		socket.events(...answer);
		await socket.until(() => socket.messages.length === 2);

		talk.client.send(message());
		talk.client.send(message());
		assert.equal(talk.client.closeCode, 1008);
		await talk.untilSettled(2);
	});

	it('keeps what a client is told about the models consistent', async () => {
		const talk = await CoreConversation.of('a');
		const socket = await talk.open();
		const headers = { 'x-models-etag': '"theirs"', 'x-codex-turn-state': 'ts_1', 'openai-model': 'gpt-5.5' };
		socket.events(created, { type: 'response.metadata', headers }, delta, completed);
		await talk.untilSettled(1);

		assert.deepEqual(fieldOf(talk.client.messages[1], 'headers'), { ...headers, 'x-models-etag': '"ours"' });
		assert.equal(talk.pool.sessions.turnStateOwner('ts_1'), 'a');
	});

	it('reads what the provider says of its response under either name', async () => {
		const talk = await CoreConversation.of('a');
		const headers = { 'x-models-etag': '"theirs"', 'x-codex-turn-state': 'ts_2' };
		(await talk.open()).events({ type: 'codex.response.metadata', headers }, ...answer);
		await talk.untilSettled(1);
		const told = { type: 'codex.response.metadata', headers: { ...headers, 'x-models-etag': '"ours"' } };
		assert.deepEqual(talk.client.messages, [told, ...answer]);
		assert.equal(talk.pool.sessions.turnStateOwner('ts_2'), 'a');
	});

	it('shows a turn state to nobody but its account', async () => {
		const talk = await CoreConversation.of('a', 'b');
		talk.pool.sessions.issueTurnState('ts_a', 'a');
		const metadata = { 'x-codex-turn-state': 'ts_a', n: 1 };

		const own = await talk.open({ client_metadata: metadata });
		assert.deepEqual(fieldOf(own.messages[0], 'client_metadata'), metadata);
		talk.pool.accounts.change('a', { selected: false });
		const foreign = await talk.another().open({ client_metadata: metadata });
		assert.deepEqual(fieldOf(foreign.messages[0], 'client_metadata'), { n: 1 });
	});

	it('fits what an SDK says to the backend, as over HTTP', async () => {
		const talk = await CoreConversation.of('a');
		const sdk = talk.another({ 'user-agent': 'OpenAI/JS 6.49.0' }, '/v1/responses');
		const socket = await sdk.open({ input: 'hello', temperature: 0.2, store: true, stream: undefined });
		const [sent] = socket.messages;
		assert.deepEqual(
			['type', 'store', 'stream', 'temperature'].map(name => fieldOf(sent, name)),
			['response.create', false, true, undefined],
		);
		assert.ok(Array.isArray(fieldOf(sent, 'input')));
		assert.equal(sdk.last.header('openai-beta'), 'responses_websockets=2026-02-06');
		assert.equal(sdk.last.header('originator'), 'codex_account_pool');

		socket.events(...answer);
		await talk.untilSettled(1);
		sdk.client.send(message({ input: 'and then', previous_response_id: 'resp_1' }));
		await socket.until(() => socket.messages.length === 2);
		assert.equal(fieldOf(socket.messages[1], 'previous_response_id'), 'resp_1');
		socket.events(...answer);
		await talk.untilSettled(2);
	});

	it("tells an SDK only what OpenAI's own API says", async () => {
		const talk = await CoreConversation.of('a');
		const ofTheBackend = [
			{ type: 'response.metadata', headers: { 'x-codex-turn-state': 'ts_3' } },
			{ type: 'codex.rate_limits', rate_limits: { primary: { used_percent: 3, window_minutes: 300 } } },
			{ type: 'responsesapi.websocket_timing', ms: 1 },
		];
		const sdk = talk.another({ 'user-agent': 'OpenAI/JS 6.49.0' }, '/v1/responses');
		(await sdk.open({ input: 'hello' })).events(created, ...ofTheBackend, delta, completed);
		await talk.untilSettled(1);
		assert.deepEqual(sdk.client.messages, [...answer]);
		assert.equal(talk.pool.sessions.turnStateOwner('ts_3'), 'a');
		assert.equal(talk.pool.accounts.views()[0]?.windows[0]?.usedPercent, 3);
	});

	it('supplies the instructions that an older model asks an SDK for', async () => {
		const talk = await CoreConversation.of('a');
		const refusal = { type: 'error', status: 400, error: { message: 'Instructions are required' } };
		const sdk = talk.another({ 'user-agent': 'OpenAI/JS 6.49.0' }, '/v1/responses');
		const socket = await sdk.open({ input: 'hello' });
		socket.events(refusal);
		await socket.until(() => socket.messages.length === 2);
		assert.match(String(fieldOf(socket.messages[1], 'instructions')), /\w/);
		socket.events(...answer);
		await talk.untilSettled(1);
		assert.deepEqual(sdk.client.messages, [...answer]);

		const codex = talk.another();
		(await codex.open()).events(refusal);
		await talk.untilSettled(2);
		assert.deepEqual(codex.client.messages, [refusal], 'Codex supplies its own');
	});

	it('tells the next client what the provider said to the last upgrade', async () => {
		const talk = await CoreConversation.of('a');
		assert.deepEqual(talk.context.greeting.headers('key_1'), { 'x-models-etag': '"ours"' });
		await talk.accept(await talk.begin(), { 'x-reasoning-included': 'true', 'x-codex-turn-state': 'ts_9' });
		const told = { 'x-models-etag': '"ours"', 'x-reasoning-included': 'true' };
		assert.deepEqual(talk.context.greeting.headers('key_1'), told);
		// Also when the pool has been started anew.
		assert.deepEqual(new SocketGreeting(() => '"ours"', talk.pool.store).headers('key_1'), told);
	});

	it('answers pings and closes', async () => {
		const talk = await CoreConversation.of('a');
		talk.client.say(encodeFrame(opcodes.ping, Buffer.from('hi'), mask));
		assert.ok(talk.client.bytes.equals(encodeFrame(opcodes.pong, Buffer.from('hi'))));
		talk.client.say(encodeFrame(opcodes.close, Buffer.from([0x03, 0xe8]), mask));
		assert.deepEqual([talk.client.closeCode, talk.client.state], [1000, 'ended']);
	});

	it('asks nobody for what comes behind the close of its client', async () => {
		const talk = await CoreConversation.of('a');
		const close = encodeFrame(opcodes.close, Buffer.from([0x03, 0xe8]), mask);
		const late = encodeFrame(opcodes.text, Buffer.from(JSON.stringify(message())), mask);
		talk.client.say(Buffer.concat([close, late]));
		await settle();
		assert.deepEqual([talk.client.closeCode, talk.upgrades.length, talk.rows.length], [1000, 0, 0]);
	});

	it('refuses what is no message', async () => {
		const talk = await CoreConversation.of('a');
		talk.client.say(encodeFrame(opcodes.text, Buffer.from('hello'), mask));
		assert.equal(fieldOf(talk.client.messages[0], 'status'), 400);
		talk.client.say(encodeText('{}'));
		assert.equal(talk.client.closeCode, 1002);
		const another = talk.another();
		another.client.say(encodeFrame(0xb, Buffer.from('?'), mask));
		assert.equal(another.client.closeCode, 1002);
	});

	it('slows the provider down to the pace of the client', async () => {
		const talk = await CoreConversation.of('a');
		const socket = await talk.open();
		talk.client.hasRoom = false;
		socket.events(created, delta);
		assert.equal(socket.isPaused, true);
		talk.client.drain();
		assert.equal(socket.isPaused, false);
		talk.client.hasRoom = false;
		socket.events(completed);
		await talk.untilSettled(1);
		// What comes between responses concerns the connection: it is read whatever the client does.
		assert.equal(socket.isPaused, false);
	});

	it('finds out that a client is only half there', async () => {
		const talk = await CoreConversation.of('a');
		const socket = await talk.turn();
		await talk.pool.clock.advance(60 * second);
		assert.equal(talk.client.state, 'open');
		socket.say(encodeFrame(opcodes.pong, Buffer.alloc(0)));
		await talk.pool.clock.advance(60 * second);
		assert.deepEqual([talk.client.state, talk.isOver], ['destroyed', true]);
	});

	it('lets go of the provider when the client leaves in the middle of an answer', async () => {
		const talk = await CoreConversation.of('a');
		const socket = await talk.open();
		socket.events(created, delta);
		talk.client.gone();
		const row = await talk.untilSettled(1);

		assert.deepEqual([row.status, row.outcome, socket.state], [499, 'cancelled', 'destroyed']);
		assert.equal(talk.pool.accounts.inFlight, 0);
	});

	it('lets go of an upgrade when the client leaves before it', async () => {
		const talk = await CoreConversation.of('a');
		const upgrade = await talk.begin();
		talk.client.gone();
		const row = await talk.untilSettled(1);
		assert.deepEqual([row.outcome, upgrade.isAborted], ['cancelled', true]);
	});

	it('does not count it as a failure that a client goes as soon as it has its answer', async () => {
		const talk = await CoreConversation.of('a');
		const socket = await talk.open();
		socket.events(...answer);
		talk.client.gone();
		const row = await talk.untilSettled(1);
		assert.equal(row.outcome, 'succeeded');
		assert.equal(socket.state, 'ended');
	});

	it('ends with the response under way when the pool closes', async () => {
		const talk = await CoreConversation.of('a');
		const idle = talk.another();
		const socket = await talk.open();
		for (const each of [talk, idle]) each.conversation.finish();
		assert.deepEqual([idle.client.closeCode, talk.client.closeCode], [1001, undefined]);
		socket.events(...answer);
		await talk.untilSettled(1);
		assert.deepEqual([talk.client.messages.length, talk.client.closeCode], [3, 1001]);
		await settle();
	});
});
