import assert from 'node:assert/strict';
import { ResetRedemptions } from '../../src/core/quota/resetRedemptions.js';
import { UsagePoller } from '../../src/core/quota/usagePoller.js';
import type { JsonReply } from '../../src/core/upstreamPort.js';
import { PoolError } from '../../src/shared/poolError.js';
import { CorePool } from '../support/corePool.js';
import { json } from '../support/scriptedUpstream.js';

const hour = 3_600_000;

describe('ResetRedemptions', () => {
	let pool: CorePool;
	let redemptions: ResetRedemptions;
	let ids: string[];
	let reads: number;

	/** The runtime is started again on the same store. */
	const restart = (): void => {
		const { accounts, tokens, upstream, store, log, clock } = pool;
		const usage = new UsagePoller(accounts, tokens, upstream, clock, log, () => 0.5);
		redemptions = new ResetRedemptions({ accounts, tokens, upstream, usage, store, log });
	};
	const answers = (...replies: (JsonReply | Error)[]): void => {
		pool.upstream.redeem = (_access, id) => {
			ids.push(id);
			const reply = replies.shift() ?? new Error('Nobody should ask again');
			return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
		};
	};

	beforeEach(async () => {
		pool = await CorePool.of('a', 'b');
		ids = [];
		reads = 0;
		pool.upstream.usage = () => {
			reads++;
			return Promise.resolve(json(200, {}));
		};
		restart();
	});

	for (const [code, body, sentence] of [
		['reset', { windows_reset: 2 }, 'The reset is redeemed: 2 usage windows begin anew.'],
		['reset', { windows_reset: 1 }, 'The reset is redeemed: one usage window begins anew.'],
		['reset', { windows_reset: 'all' }, 'The reset is redeemed.'],
		['nothing_to_reset', {}, 'There is nothing to reset just now. No reset was spent.'],
		['no_credit', {}, 'The account has no reset to redeem.'],
		['already_redeemed', {}, 'The reset was redeemed by an earlier try. No second one was spent.'],
	] as const) {
		it(`says in plain words what ${code} means, and reads the usage anew`, async () => {
			answers(json(200, { code, ...body }));
			assert.deepEqual(await redemptions.redeem('a'), { code, sentence });
			assert.deepEqual([ids.length, reads], [1, 1]);
		});
	}

	it('asks once while a redemption runs, and under an id of its own for each', async () => {
		answers(json(200, { code: 'reset' }), json(200, { code: 'reset' }));
		await Promise.all([redemptions.redeem('a'), redemptions.redeem('a')]);
		assert.equal(ids.length, 1);
		await redemptions.redeem('a');
		assert.equal(new Set(ids).size, 2);
		assert.match(ids[0] ?? '', /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
	});

	for (const [what, lost] of [
		['a connection that broke', new PoolError('upstream_failed', 'It did not answer.')],
		['a failure', json(502, {})],
		['a timeout', json(408, {})],
		['an answer that says nothing', json(200, {})],
		['an answer in words we do not know', json(200, { code: 'maybe_later' })],
		['a page', json(200, undefined)],
	] as const) {
		it(`is asked for under the same id by the next click after ${what}, also after a restart`, async () => {
			answers(lost, json(200, { code: 'already_redeemed' }), json(200, { code: 'reset' }));

			await assert.rejects(redemptions.redeem('a'), { code: 'upstream_failed', message: /same redemption/ });
			assert.equal(ids.length, 1);
			restart();
			await redemptions.redeem('a');
			await redemptions.redeem('a');

			assert.equal(ids[1], ids[0]);
			assert.notEqual(ids[2], ids[0]);
		});
	}

	it('says that nothing was spent when the provider refuses', async () => {
		answers(json(403, { detail: 'Forbidden' }), json(200, { code: 'reset' }));
		await assert.rejects(redemptions.redeem('a'), { message: 'The provider refused (HTTP 403). No reset was spent.' });
		await redemptions.redeem('a');
		assert.notEqual(ids[0], ids[1]);
	});

	it('renews a refused token, and asks under the same id', async () => {
		pool.issuer.onRefresh = () => ({ kind: 'rotated', tokens: { accessToken: pool.jwt() } });
		answers(json(401, {}), json(200, { code: 'reset' }));
		assert.equal((await redemptions.redeem('a')).code, 'reset');
		assert.deepEqual([ids.length, new Set(ids).size], [2, 1]);
	});

	it('lets the account serve again at once, whatever limits were known', async () => {
		pool.accounts.limit('a', pool.clock.now() + hour, 'usage_limit_reached');
		pool.accounts.coolDown('a', { kind: 'limit', model: 'gpt-5.5', until: pool.clock.now() + hour });
		pool.accounts.coolDown('a', { kind: 'rate', waitMs: 20_000 });
		answers(json(200, { code: 'reset' }));

		await redemptions.redeem('a');

		assert.equal(pool.accounts.get('a').limitedUntil, pool.clock.now());
		assert.deepEqual(
			pool.accounts.candidates()[0]?.cooldowns.map(({ kind }) => kind),
			['rate'],
		);
	});

	it('leaves limits alone when nothing was reset', async () => {
		pool.accounts.limit('a', pool.clock.now() + hour, 'usage_limit_reached');
		answers(json(200, { code: 'no_credit' }));
		await redemptions.redeem('a');
		assert.equal(pool.accounts.get('a').limitedUntil, pool.clock.now() + hour);
	});

	it('forgets the id of an account that is removed', async () => {
		answers(json(500, {}), json(200, { code: 'reset' }));
		await assert.rejects(redemptions.redeem('a'));
		redemptions.forget('a');
		await redemptions.redeem('a');
		assert.notEqual(ids[0], ids[1]);
	});
});
