import assert from 'node:assert/strict';
import { readRequest, type ReceivedRequest } from '../../src/core/request/readRequest.js';
import { sessionIdOf } from '../../src/core/routing/sessionTable.js';

const turn =
	'{"model":"gpt-5.5","input":["\\"model\\":\\"fooled\\""],"service_tier":"priority","prompt_cache_key":"thread-9","stream":true}';

function read(change: Partial<ReceivedRequest> = {}) {
	return readRequest({
		id: 'req_1',
		route: '/backend-api/codex/responses',
		keyId: 'key_1',
		headers: { originator: 'codex_exec', 'user-agent': 'codex_exec/0.169.0 (Debian)' },
		body: Buffer.from(turn),
		encoding: null,
		decoded: false,
		receivedAt: 0,
		...change,
	});
}

describe('readRequest', () => {
	it('reads what routing needs out of a Codex body without touching it', () => {
		const body = Buffer.from(turn);
		const facts = read({ body });
		assert.equal(facts.body, body);
		const { isCodex, client, model, tier, sessionId, stream, dropped } = facts;
		assert.deepEqual(
			{ isCodex, client, model, tier, sessionId, stream, dropped },
			{
				isCodex: true,
				client: 'codex_exec',
				model: 'gpt-5.5',
				tier: 'priority',
				sessionId: sessionIdOf('thread-9'),
				stream: true,
				dropped: [],
			},
		);
	});

	it('knows a session by its thread, then its session, then its prompt cache', () => {
		const headers = { originator: 'codex_exec', 'thread-id': 't', 'session-id': 's', conversation_id: 'c' };
		assert.equal(read({ headers }).sessionId, sessionIdOf('t'));
		assert.equal(read({ headers: { ...headers, 'thread-id': '' } }).sessionId, sessionIdOf('s'));
		assert.equal(read({ headers: { originator: 'codex_exec', session_id: 'old' } }).sessionId, sessionIdOf('old'));
		assert.equal(read({ body: Buffer.from('{"model":"m"}') }).sessionId, undefined);
	});

	it('reads a compressed turn by its headers alone', () => {
		const headers = {
			originator: 'codex_exec',
			'x-codex-turn-metadata': '{"model":"gpt-6","reasoning_effort":"high"}',
		};
		const body = Buffer.from(turn);
		const { model, effort, tier, sessionId } = read({ encoding: 'zstd', headers, body });
		assert.deepEqual([model, effort, tier, sessionId], ['gpt-6', 'high', null, undefined]);
		const hinted = read({
			encoding: 'zstd',
			headers: { originator: 'codex_exec', 'x-codex-routing-hint': 'model=gpt-7' },
		});
		assert.equal(hinted.model, 'gpt-7');
	});

	it('makes the body of an SDK fit, but not that of Codex on the same route', () => {
		const body = Buffer.from('{"model":"m","input":"hi"}');
		const sdk = read({ route: '/v1/responses', headers: { 'user-agent': 'OpenAI/JS 6.49.0' }, body });
		assert.deepEqual([sdk.stream, sdk.client, sdk.isCodex], [false, 'OpenAI', false]);
		assert.notEqual(sdk.body, body);
		assert.equal(read({ route: '/v1/responses', body }).body, body);
	});

	it('survives headers and bodies of every kind', () => {
		for (const text of [
			'',
			'{}',
			'{"model":7}',
			'{"model":""}',
			'{"service_tier":',
			'\u0000',
			'{"prompt_cache_key":"',
		]) {
			const facts = read({
				headers: { 'user-agent': '(strange)', 'x-codex-turn-metadata': '{"model"' },
				body: Buffer.from(text),
			});
			assert.deepEqual([facts.model, facts.tier, facts.client, facts.sessionId], [null, null, null, undefined], text);
		}
	});
});
