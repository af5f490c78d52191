import assert from 'node:assert/strict';
import { CorePool } from '../support/corePool.js';
import { refuse, success, whole } from '../support/scriptedUpstream.js';

describe('credentials', () => {
	const refused = refuse(401, { error: { code: 'token_expired' } });

	it('are renewed once, and the request is repeated on the same account', async () => {
		const pool = await CorePool.of('a', 'b');
		pool.issuer.onRefresh = pool.rotate;
		pool.upstream.answer(refused, success);
		assert.equal((await pool.forward()).text, whole);
		assert.deepEqual(pool.asked, ['a', 'a']);
		assert.deepEqual(pool.attempts, [
			['a', 'credential', 401],
			['a', 'succeeded', 200],
		]);
		const [first, second] = pool.upstream.calls.map(call => call.header('authorization'));
		assert.notEqual(first, second);
	});

	it('that are refused again send the user to sign in and the request to the next account', async () => {
		const pool = await CorePool.of('a', 'b');
		pool.issuer.onRefresh = pool.rotate;
		pool.upstream.answer(refused, refused, success);
		assert.equal((await pool.forward()).text, whole);
		assert.deepEqual([pool.asked, pool.accounts.get('a').state], [['a', 'a', 'b'], 'needs_sign_in']);
	});

	it('that cannot be renewed send the request to the next account', async () => {
		const pool = await CorePool.of('a', 'b');
		pool.issuer.onRefresh = () => ({ kind: 'permanent', code: 'refresh_token_expired' });
		pool.upstream.answer(refused, success);
		assert.equal((await pool.forward()).text, whole);
		assert.deepEqual([pool.asked, pool.accounts.get('a').state], [['a', 'b'], 'needs_sign_in']);
	});

	it('that cannot be renewed just now are no reason to sign in again', async () => {
		const pool = await CorePool.of('a');
		pool.issuer.onRefresh = () => ({ kind: 'transient', code: 'ECONNREFUSED', sent: false });
		pool.upstream.answer(refused);
		const reply = await pool.forward();
		assert.deepEqual(
			[reply.status, reply.error.code, pool.accounts.get('a').state],
			[502, 'upstream_failed', 'active'],
		);
	});
});
