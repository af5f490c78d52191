import assert from 'node:assert/strict';
import {
	answer,
	CoreConversation,
	created,
	delta,
	errorEvent,
	message,
	usageLimit,
} from '../support/coreConversation.js';
import { fieldOf } from '../../src/core/untrusted.js';
import { encodeFrame, opcodes } from '../../src/core/socket/webSocketFrames.js';

const second = 1_000;
const failed = (code: string) => ({ type: 'response.failed', response: { id: 'r', error: { code, message: 'No.' } } });
const errorOf = (frame: unknown) => fieldOf(frame, 'error');

describe('a WebSocket conversation whose account', () => {
	const verdicts = (talk: CoreConversation, row = 0) =>
		talk.rows[row]?.attempts.map(({ accountId, verdict }) => [accountId, verdict]);

	const refusals: readonly (readonly [name: string, event: object, verdict: string])[] = [
		['is spent', usageLimit, 'quota'],
		['is spent, said as a failed response', failed('usage_limit_reached'), 'quota'],
		['is overloaded', errorEvent(503, { code: 'server_is_overloaded', message: 'Busy' }), 'overload'],
		['fails', failed('server_error'), 'overload'],
		['has been closed', errorEvent(402, { code: 'deactivated_workspace', message: 'Off' }), 'disabled'],
	];
	for (const [name, event, verdict] of refusals) {
		it(`${name} before any output is left for another, unseen`, async () => {
			const talk = await CoreConversation.of('a', 'b');
			const spent = await talk.open();
			spent.events(created, event);
			const other = await talk.accept(await talk.untilUpgrade(2));
			other.events(...answer);
			await talk.untilSettled(1);

			assert.deepEqual(talk.client.messages, [...answer]);
			assert.deepEqual(other.messages, spent.messages);
			assert.deepEqual(verdicts(talk), [
				['a', verdict],
				['b', 'succeeded'],
			]);
			assert.equal(spent.state, 'ended');
			assert.equal(talk.pool.accounts.inFlight, 0);
		});

		it(`${name} in the middle of a chain makes the client say everything again`, async () => {
			const talk = await CoreConversation.of('a', 'b');
			const socket = await talk.turn();
			talk.client.send(message({ previous_response_id: 'resp_1' }));
			await socket.until(() => socket.messages.length === 2);
			socket.events(created, event);
			const row = await talk.untilSettled(2);

			const last = talk.client.messages.at(-1);
			assert.equal(talk.client.messages.length, 4);
			assert.deepEqual([fieldOf(last, 'type'), fieldOf(last, 'status')], ['error', 400]);
			assert.equal(fieldOf(errorOf(last), 'code'), 'previous_response_not_found');
			assert.deepEqual([row.outcome, verdicts(talk, 1)], ['cancelled', [['a', verdict]]]);
			assert.equal(talk.upgrades.length, 1);
		});
	}

	it('refuses after output was seen is heard as it is', async () => {
		const talk = await CoreConversation.of('a', 'b');
		const socket = await talk.open();
		socket.events(created, delta, failed('server_error'));
		const row = await talk.untilSettled(1);
		assert.deepEqual(talk.client.messages, [created, delta, failed('server_error')]);
		assert.deepEqual([row.outcome, talk.upgrades.length], ['failed', 1]);
	});

	it("finds the request itself at fault says so in the provider's own words", async () => {
		const talk = await CoreConversation.of('a', 'b');
		const error = errorEvent(400, { code: 'context_length_exceeded', message: 'Too long' });
		(await talk.open()).events(error);
		await talk.untilSettled(1);
		assert.deepEqual(talk.client.messages, [error]);
	});

	it('says no tells the client nothing of its own quota, which the pool keeps in mind', async () => {
		const talk = await CoreConversation.of('a');
		const own = { 'x-codex-primary-used-percent': '40', 'X-Codex-Primary-Window-Minutes': 300 };
		const error = errorEvent(400, { code: 'invalid_prompt', message: 'No.' }, { ...own, 'x-request-id': 'r' });
		(await talk.open()).events(error);
		await talk.untilSettled(1);
		assert.deepEqual(talk.client.messages, [{ ...error, headers: { 'x-request-id': 'r' } }]);
		assert.deepEqual(
			talk.pool.accounts.views()[0]?.windows.map(({ durationMinutes, usedPercent }) => [durationMinutes, usedPercent]),
			[[300, 40]],
		);
	});

	it('does not have the model says so when no other has it, as over HTTP', async () => {
		const talk = await CoreConversation.of('a', 'b');
		const message = "The 'gpt-none' model is not supported when using Codex with a ChatGPT account.";
		const refusal = { type: 'error', status: 400, detail: message };
		(await talk.open()).events(refusal);
		(await talk.accept(await talk.untilUpgrade(2))).events(refusal);
		const row = await talk.untilSettled(1);
		const [frame] = talk.client.messages;
		assert.deepEqual([fieldOf(frame, 'status'), fieldOf(errorOf(frame), 'message')], [400, message]);
		assert.deepEqual([row.status, row.error], [400, 'model_missing']);
	});

	it('is the last to be spent says when the first is back', async () => {
		const talk = await CoreConversation.of('a', 'b');
		(await talk.open()).events(usageLimit);
		(await talk.accept(await talk.untilUpgrade(2))).events(usageLimit);
		const row = await talk.untilSettled(1);

		const [frame] = talk.client.messages;
		assert.deepEqual([fieldOf(frame, 'type'), fieldOf(frame, 'status')], ['error', 429]);
		assert.equal(fieldOf(errorOf(frame), 'type'), 'usage_limit_reached');
		assert.equal(fieldOf(errorOf(frame), 'resets_at'), talk.pool.clock.now() / 1000 + 3600);
		assert.deepEqual([row.status, row.error], [429, 'usage_limit_reached']);
		assert.equal(talk.client.state, 'open');
	});

	it('is rate limited for a moment is waited for on the same connection', async () => {
		const talk = await CoreConversation.of('a');
		const socket = await talk.turn();
		talk.client.send(message({ previous_response_id: 'resp_1' }));
		await socket.until(() => socket.messages.length === 2);
		socket.events(errorEvent(429, { code: 'rate_limit_exceeded', message: 'Slow' }, { 'retry-after': '2' }));
		await talk.pool.clock.untilWaiting(4);
		await talk.pool.clock.advance(2 * second);
		await socket.until(() => socket.messages.length === 3);
		socket.events(...answer);
		const row = await talk.untilSettled(2);
		assert.deepEqual([row.outcome, talk.upgrades.length], ['succeeded', 1]);
	});

	it('refuses its token gets a new one, and a new connection with it', async () => {
		const talk = await CoreConversation.of('a');
		const tokens = { accessToken: talk.pool.jwt(), refreshToken: 'rt-2' };
		talk.pool.issuer.onRefresh = () => ({ kind: 'rotated', tokens });
		const upgrade = await talk.begin();
		upgrade.refuse(401, { error: { code: 'token_expired', message: 'Expired' } });
		const renewed = await talk.untilUpgrade(2);
		assert.notEqual(renewed.header('authorization'), upgrade.header('authorization'));
		(await talk.accept(renewed)).events(...answer);
		await talk.untilSettled(1);
		assert.deepEqual(verdicts(talk), [
			['a', 'credential'],
			['a', 'succeeded'],
		]);
	});

	it('refuses the upgrade is left for another, never with a 429 for the client', async () => {
		const talk = await CoreConversation.of('a', 'b');
		(await talk.begin()).refuse(429, { error: { type: 'usage_limit_reached', resets_in_seconds: 60 } });
		(await talk.accept(await talk.untilUpgrade(2))).events(...answer);
		await talk.untilSettled(1);
		assert.deepEqual(talk.client.messages, [...answer]);
		assert.deepEqual(verdicts(talk), [
			['a', 'quota'],
			['b', 'succeeded'],
		]);
	});

	it('cannot be reached is left for another', async () => {
		const talk = await CoreConversation.of('a', 'b');
		(await talk.begin()).fault({ kind: 'reset', code: 'ECONNRESET' });
		(await talk.accept(await talk.untilUpgrade(2))).events(...answer);
		const row = await talk.untilSettled(1);
		assert.equal(row.accountId, 'b');
	});

	it('breaks off before any output is left for another', async () => {
		const talk = await CoreConversation.of('a', 'b');
		const socket = await talk.open();
		socket.events(created);
		socket.gone();
		(await talk.accept(await talk.untilUpgrade(2))).events(...answer);
		await talk.untilSettled(1);
		assert.deepEqual(talk.client.messages, [...answer]);
	});

	it('breaks off in the middle of an answer breaks it off for the client too, so that it asks again', async () => {
		const talk = await CoreConversation.of('a', 'b');
		const socket = await talk.open();
		socket.events(created, delta);
		socket.gone();
		const row = await talk.untilSettled(1);
		assert.deepEqual([talk.client.state, talk.client.closeCode], ['ended', undefined]);
		assert.deepEqual([row.outcome, row.error], ['failed', 'stream_cut']);
	});

	it('closes the connection between responses has the client open another', async () => {
		const talk = await CoreConversation.of('a');
		const socket = await talk.turn();
		socket.say(encodeFrame(opcodes.close, Buffer.from([0x03, 0xe8])));
		await talk.client.until(() => talk.client.state === 'ended');
		assert.equal(talk.client.closeCode, 1000);
	});

	it('is taken away by the user is left after the response under way', async () => {
		const talk = await CoreConversation.of('a', 'b');
		const socket = await talk.open();
		talk.pool.accounts.change('a', { selected: false });
		socket.events(...answer);
		await talk.untilSettled(1);
		assert.deepEqual([talk.client.messages.length, talk.client.closeCode], [3, 1000]);
	});

	it('has had its connection for nearly an hour is asked over a new one before the provider ends it', async () => {
		const talk = await CoreConversation.of('a');
		const socket = await talk.open();
		for (let minutes = 0; minutes < 55; minutes++) {
			await talk.pool.clock.advance(60 * second);
			for (const each of [socket, talk.client])
				each.say(each === socket ? unmasked(opcodes.pong) : masked(opcodes.pong));
			socket.events({ type: 'response.in_progress' });
		}
		socket.events(...answer);
		const row = await talk.untilSettled(1);
		assert.deepEqual([row.outcome, talk.client.closeCode], ['succeeded', 1000]);
	});

	it('stays when only the place on it is wanted by others', async () => {
		const talk = await CoreConversation.of('a', 'b');
		talk.pool.settings.change({ routing: { inFlightLimit: 1 } });
		await talk.turn();
		assert.equal(talk.client.state, 'open');
	});

	it('keeps quiet but is there is given five minutes, while the client is kept alive', async () => {
		const talk = await CoreConversation.of('a', 'b');
		const socket = await talk.open();
		for (let beat = 0; beat < 10; beat++) {
			await talk.pool.clock.advance(30 * second);
			for (const each of [socket, talk.client])
				each.say(each === socket ? unmasked(opcodes.pong) : masked(opcodes.pong));
		}
		assert.equal(talk.upgrades.length, 1);
		assert.ok(talk.client.messages.length >= 9);
		assert.deepEqual(talk.client.messages[0], { type: 'keepalive' });
		await talk.pool.clock.advance(30 * second);
		const row = await talk.untilSettled(1);
		assert.equal(socket.state, 'destroyed');
		// Codex asks again after this frame, by itself.
		assert.deepEqual([row.status, fieldOf(talk.client.messages.at(-1), 'status')], [502, 502]);
	});

	it('is only half there is found out by its pings', async () => {
		const talk = await CoreConversation.of('a', 'b');
		const socket = await talk.open();
		socket.events(created);
		await talk.pool.clock.advance(60 * second);
		talk.client.say(masked(opcodes.pong));
		await talk.pool.clock.advance(30 * second);
		assert.equal(socket.state, 'destroyed');
		await talk.untilUpgrade(2);
	});
});

function unmasked(opcode: number): Buffer {
	return encodeFrame(opcode, Buffer.alloc(0));
}

function masked(opcode: number): Buffer {
	return encodeFrame(opcode, Buffer.alloc(0), Buffer.from([1, 2, 3, 4]));
}
