import assert from 'node:assert/strict';
import type { ReceivedRequest } from '../../src/core/request/readRequest.js';
import { CorePool } from '../support/corePool.js';
import { success } from '../support/scriptedUpstream.js';

type Json = Readonly<Record<string, unknown>>;
type Way = Partial<Pick<ReceivedRequest, 'keyId' | 'route'>>;

const user = (text: string): Json => ({ role: 'user', content: text });
const assistant = (text: string): Json => ({ role: 'assistant', content: text });

describe('a conversation whose client names no session', () => {
	let pool: CorePool;

	/** Turns of one client after another; gives the accounts that were asked. */
	async function ask(turns: readonly Json[], { keyId = 'key_1', route = '/v1/responses' }: Way = {}) {
		const before = pool.asked.length;
		for (const turn of turns) {
			pool.upstream.answer(success);
			const headers = { 'user-agent': 'OpenAI/JS 6' };
			await pool.forward({ route, keyId, headers, body: Buffer.from(JSON.stringify({ model: 'gpt-5.5', ...turn })) });
			await pool.clock.advance(1_000);
		}
		return pool.asked.slice(before);
	}

	beforeEach(async () => {
		pool = await CorePool.of('a', 'b', 'c');
		pool.settings.change({ routing: { strategy: 'round_robin' } });
	});

	const growing = [[user('hi')], [user('hi'), assistant('hello')], [user('hi'), assistant('hello'), user('more')]];

	it('stays on the account of its first turn, in every spelling of it', async () => {
		const asked = await ask([
			{ input: 'hi' },
			{ input: [user('hi'), assistant('hello'), user('and?')] },
			{
				input: [
					{ role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
					{ type: 'reasoning', summary: [] },
				],
			},
		]);
		assert.deepEqual(asked, ['a', 'a', 'a']);
	});

	it('stays there as chat completions, whose system text may change with every turn', async () => {
		const turns = growing.map((messages, at) => ({
			messages: [{ role: 'system', content: `It is ${at} o'clock.` }, ...messages],
		}));
		assert.deepEqual(await ask(turns, { route: '/v1/chat/completions' }), ['a', 'a', 'a']);
	});

	it('becomes a session with its second turn only: most first turns stay alone', async () => {
		await ask([{ input: 'hi' }, { input: 'hi' }]);
		assert.equal(pool.sessions.size, 0);
		await ask([{ input: [user('hi'), assistant('hello'), user('more')] }]);
		assert.equal(pool.sessions.size, 1);
	});

	it('does not hold together what only begins alike', async () => {
		assert.deepEqual(await ask([{ input: 'hi' }, { input: 'hi' }, { input: 'hi' }]), ['a', 'b', 'c']);
	});

	it('is another one with another beginning, and under another key', async () => {
		await ask([{ input: 'hi' }]);
		const later = { input: [user('hello'), assistant('hello'), user('more')] };
		assert.deepEqual(await ask([later]), ['b']);
		assert.deepEqual(await ask([later], { keyId: 'key_2' }), ['c']);
	});

	it('is another one when only its preface is the same', async () => {
		const preface = user('<environment>the same for every conversation of a client</environment>');
		await ask([{ input: [preface, user('hi')] }]);
		assert.deepEqual(await ask([{ input: [preface, user('hello'), assistant('hello'), user('more')] }]), ['b']);
		assert.deepEqual(await ask([{ input: [preface, user('hi'), assistant('hello'), user('more')] }]), ['a']);
	});

	it('begins with the user although the assistant spoke first', async () => {
		const greeting = assistant('How can I help?');
		const turns = [
			[greeting, user('hi')],
			[greeting, user('hi'), assistant('hello'), user('more')],
		];
		assert.deepEqual(await ask(turns.map(input => ({ input }))), ['a', 'a']);
	});

	it('is no conversation without words of a user', async () => {
		await ask([{ input: [] }, { input: [{ role: 'developer', content: 'x' }] }, {}, { input: [1, null, 'x'] }]);
		assert.equal(pool.sessions.size, 0);
	});

	it('goes by the name that its client gives it', async () => {
		await ask([{ input: 'hi', prompt_cache_key: 'mine' }]);
		assert.equal(pool.sessions.size, 1);
		assert.deepEqual(await ask([{ input: [user('hi'), assistant('hello')] }]), ['b'], 'the unnamed one is another');
	});
});
