import assert from 'node:assert/strict';
import { forwardRequest } from '../../src/core/forwardRequest.js';
import { fieldOf } from '../../src/core/untrusted.js';
import { answer, CoreConversation, message } from '../support/coreConversation.js';
import { CorePool } from '../support/corePool.js';
import { settle } from '../support/fakeClock.js';
import { RecordingReply } from '../support/recordingReply.js';
import { refuse, success, usageLimit, whole } from '../support/scriptedUpstream.js';

const hour = 3_600_000;

describe('a request with a key for some accounts', () => {
	let pool: CorePool;

	beforeEach(async () => {
		pool = await CorePool.of('a', 'b', 'c');
		pool.upstream.answer(...Array.from({ length: 9 }, () => success));
	});

	const allow = (keyId: string, ...accountIds: string[]): void => void pool.keyAccounts.set(keyId, new Set(accountIds));
	const lastChoice = () => pool.store.requests.at(-1)?.choices.at(-1);
	const outs = () => lastChoice()?.considered.map(({ accountId, out }) => [accountId, out]);

	it('goes to those alone, and says of the others why', async () => {
		allow('key_1', 'c');
		assert.equal((await pool.forward()).text, whole);
		assert.deepEqual(pool.asked, ['c']);
		assert.deepEqual(outs(), [
			['a', 'not_for_key'],
			['b', 'not_for_key'],
			['c', null],
		]);
	});

	it('never comes to another, whatever happens to them', async () => {
		allow('key_1', 'b', 'c');
		pool.upstream.answerFor('b', usageLimit(pool.clock.now() + 3 * hour));
		pool.upstream.answerFor('c', usageLimit(pool.clock.now() + 2 * hour));

		const reply = await pool.forward();

		assert.deepEqual(pool.asked, ['b', 'c']);
		assert.deepEqual([reply.status, reply.error.code], [429, 'usage_limit_reached']);
		assert.equal(reply.error.resets_at, (pool.clock.now() + 2 * hour) / 1000, 'of its own accounts');
		assert.equal(reply.error.message, 'Every account that the pool key "CI" may use has reached its usage limit.');
	});

	it('moves its session away from an account that is not among them any more', async () => {
		await pool.forward();
		allow('key_1', 'b');
		await pool.forward();
		await pool.forward();
		assert.deepEqual(pool.asked, ['a', 'b', 'b']);
		assert.equal(lastChoice()?.reason, 'session');
	});

	it('keeps its session apart from one of another key that is called the same', async () => {
		allow('key_1', 'a', 'b');
		allow('key_2', 'c');
		for (const keyId of ['key_1', 'key_2', 'key_1', 'key_2']) await pool.forward({ keyId });
		assert.deepEqual(pool.asked, ['a', 'c', 'a', 'c']);
		assert.equal(lastChoice()?.reason, 'session', 'neither has moved the other away');
		assert.equal(pool.sessions.size, 2);
		assert.equal(pool.store.requests.at(-1)?.sessionId, pool.sessions.list()[0]?.id);
	});

	it('is told what to do when none of them can serve', async () => {
		allow('key_1', 'a', 'gone');
		pool.accounts.change('a', { state: 'paused' });
		const reply = await pool.forward();
		assert.deepEqual([reply.status, reply.error.code, pool.asked], [503, 'no_account', []]);
		assert.match(
			reply.error.message,
			/^None of the accounts that the pool key "CI" may use can serve: .*keys accounts/,
		);
	});

	it('is served by nobody when they are all gone from the pool', async () => {
		allow('key_1', 'a');
		pool.accounts.remove('a');
		const reply = await pool.forward();
		assert.deepEqual([reply.status, reply.error.code, pool.asked], [503, 'no_account', []]);
		assert.match(reply.error.message, /^The accounts that the pool key "CI" may use are no longer in the pool\./);
	});

	it('is told that none of them has the model', async () => {
		allow('key_1', 'a');
		pool.lacking.add('a gpt-5.5');
		const reply = await pool.forward();
		assert.deepEqual([reply.status, reply.error.code], [400, 'model_missing']);
		assert.match(reply.error.message, /^No account that the pool key "CI" may use has the model "gpt-5\.5"\./);
	});

	it('goes on from a refusal to one that has become its own meanwhile, and to none that is not any more', async () => {
		allow('key_1', 'a', 'b');
		pool.upstream.answerFor('a', call => {
			allow('key_1', 'a', 'c');
			refuse(500)(call);
		});
		assert.equal((await pool.forward()).status, 200);
		assert.deepEqual(pool.asked, ['a', 'c']);
	});

	it('is not served any more when its key has been revoked while it waited', async () => {
		allow('key_1', 'a');
		pool.settings.change({ routing: { inFlightLimit: 1 } });
		pool.accounts.begin('a');
		let isRevoked = false;
		const { keys } = pool.context;
		const find = (id: string) => (isRevoked ? undefined : keys.find(id));
		const reply = new RecordingReply();
		const done = forwardRequest({ ...pool.context, keys: { ...keys, find } }, pool.request(), reply);
		await settle();

		isRevoked = true;
		pool.accounts.end('a');
		await done;

		assert.deepEqual([reply.status, reply.error.code, pool.asked], [401, 'pool_key_rejected', []]);
	});
});

describe('a WebSocket conversation whose key comes to other accounts', () => {
	it('goes on elsewhere with its next message', async () => {
		const talk = await CoreConversation.of('a', 'b');
		await talk.turn();

		talk.pool.keyAccounts.set('key_1', new Set(['b']));
		talk.client.send(message());
		const other = await talk.accept(await talk.untilUpgrade(2));
		other.events(...answer);
		const row = await talk.untilSettled(2);

		assert.deepEqual([talk.upgrades[0]?.request.accountId, row.accountId], ['a', 'b']);
	});

	it('is asked to say everything again when its message builds on the account it has lost', async () => {
		const talk = await CoreConversation.of('a', 'b');
		const socket = await talk.turn();

		talk.pool.keyAccounts.set('key_1', new Set(['b']));
		talk.client.send(message({ previous_response_id: 'resp_1' }));
		const row = await talk.untilSettled(2);

		assert.equal(fieldOf(fieldOf(talk.client.messages.at(-1), 'error'), 'code'), 'previous_response_not_found');
		assert.deepEqual([row.outcome, row.attempts, socket.messages.length], ['cancelled', [], 1]);
	});

	it('stays on its connection when the account is among them', async () => {
		const talk = await CoreConversation.of('a', 'b');
		const socket = await talk.turn();

		talk.pool.keyAccounts.set('key_1', new Set(['a']));
		talk.client.send(message({ previous_response_id: 'resp_1' }));
		await socket.until(() => socket.messages.length === 2);
		socket.events(...answer);
		const row = await talk.untilSettled(2);

		assert.deepEqual([row.outcome, talk.upgrades.length], ['succeeded', 1]);
	});
});
