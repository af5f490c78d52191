import assert from 'node:assert/strict';
import { zstdCompressSync } from 'node:zlib';
import { sessionIdOf } from '../../src/core/routing/sessionTable.js';
import { CoreConversation, message } from '../support/coreConversation.js';
import { CorePool } from '../support/corePool.js';
import { refuse, success } from '../support/scriptedUpstream.js';

describe('the requests of a session', () => {
	const thread = sessionIdOf('thread-1');

	it('are known by it, whichever way they come', async () => {
		const pool = await CorePool.of('a');
		pool.upstream.answer(success, success);
		await pool.forward();
		const body = { model: 'gpt-5.5', input: [], prompt_cache_key: 'thread-1' };
		await pool.forward({ route: '/v1/responses', headers: {}, body: Buffer.from(JSON.stringify(body)) });
		const talk = await CoreConversation.of('a');
		await talk.turn(message({ client_metadata: { thread_id: 'thread-1' } }));

		assert.deepEqual(
			[...pool.store.requests, ...talk.pool.store.requests].map(({ sessionId }) => sessionId),
			[thread, thread, thread],
		);
	});

	it('are of none where the client named none', async () => {
		const pool = await CorePool.of('a');
		pool.upstream.answer(success);
		await pool.forward({ headers: { 'user-agent': 'codex_exec/0.169.0', originator: 'codex_exec' } });

		assert.equal(pool.record.sessionId, null);
	});

	it('are known by it too when they fail, but make no session then', async () => {
		const pool = await CorePool.of('a');
		pool.upstream.answer(refuse(400));
		await pool.forward();

		assert.deepEqual([pool.record.sessionId, pool.sessions.size], [thread, 0]);
	});

	it('add up to what the session has used', async () => {
		const pool = await CorePool.of('a');
		pool.upstream.answer(success, success);
		await pool.forward();
		await pool.forward();

		const [session] = pool.sessions.list();
		const sum = (of: 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'costNanoUsd'): number =>
			pool.store.requests.reduce((total, request) => total + (request[of] ?? 0), 0);
		assert.ok(sum('costNanoUsd') > 0);
		assert.deepEqual(session, {
			...pool.store.loadSessions(1)[0],
			...{ client: 'codex_exec', model: 'gpt-5.5', turns: 2, unpriced: 0 },
			...{ inputTokens: sum('inputTokens'), cachedTokens: sum('cachedTokens') },
			...{ outputTokens: sum('outputTokens'), costNanoUsd: sum('costNanoUsd') },
		});
	});

	it('count with the tier that is only known when a compressed body has been decoded', async () => {
		const body = JSON.stringify({ model: 'gpt-5.5', stream: true, store: false, input: [], service_tier: 'priority' });
		const pool = await CorePool.of('a');
		pool.upstream.answer(success);
		const { headers } = pool.request();
		await pool.forward({
			body: zstdCompressSync(body),
			encoding: 'zstd',
			decode: () => Promise.resolve(Buffer.from(body)),
			headers: { ...headers, 'x-codex-routing-hint': 'model=gpt-5.5' },
		});

		const { tier, costNanoUsd } = pool.record;
		assert.deepEqual([tier, pool.sessions.list()[0]?.costNanoUsd], ['priority', costNanoUsd]);
	});
});
