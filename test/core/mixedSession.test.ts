import assert from 'node:assert/strict';
import { CorePool } from '../support/corePool.js';
import { refuse, success } from '../support/scriptedUpstream.js';

const message = '{"type":"message","role":"user","content":[]}';
const reasoning = '{"type":"reasoning","id":"rs_1","encrypted_content":"for a alone"}';
const compaction = '{"type":"compaction","encrypted_content":"for b alone"}';
const foreign = refuse(400, { error: { code: 'invalid_encrypted_content', message: 'Cannot be verified.' } });

function body(...items: string[]): Buffer {
	return Buffer.from(`{"model":"gpt-5.5","input":[${items.join(',')}],"stream":true}`);
}

describe('a session that had to leave its account', () => {
	async function moved(): Promise<CorePool> {
		const pool = await CorePool.of('a', 'b');
		pool.upstream.answerFor('a', success);
		await pool.forward({ body: body(message) });
		pool.accounts.change('a', { state: 'paused' });
		pool.upstream.answerFor('b', foreign, success);
		await pool.forward({ body: body(message, reasoning) });
		return pool;
	}
	const sent = (pool: CorePool) => pool.upstream.calls.map(call => call.request.body?.toString());

	it('is refused once, and goes on without what only the other account can read', async () => {
		const pool = await moved();
		assert.deepEqual(pool.asked, ['a', 'b', 'b']);
		assert.deepEqual(sent(pool).slice(1), [body(message, reasoning).toString(), body(message).toString()]);
	});

	it('is not refused again: its next turns begin with the lighter copy', async () => {
		const pool = await moved();
		pool.upstream.answerFor('b', success);
		await pool.forward({ body: body(message, reasoning, message) });
		assert.deepEqual(sent(pool).slice(3), [body(message, message).toString()]);
	});

	it('sends everything again once its history has been compacted by its new account', async () => {
		const pool = await moved();
		pool.upstream.answerFor('b', success, success);
		await pool.forward({ body: body(compaction, message) });
		await pool.forward({ body: body(compaction, message, reasoning) });
		assert.deepEqual(
			sent(pool).slice(3),
			[body(compaction, message), body(compaction, message, reasoning)].map(String),
		);
	});
});
