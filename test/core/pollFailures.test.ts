import assert from 'node:assert/strict';
import type { UsagePoller } from '../../src/core/quota/usagePoller.js';
import type { JsonReply } from '../../src/core/upstreamPort.js';
import { PoolError } from '../../src/shared/poolError.js';
import type { CorePool } from '../support/corePool.js';
import { PolledPool } from '../support/polledPool.js';
import { json } from '../support/scriptedUpstream.js';

const minute = 60_000;

describe('a question for usage figures that fails', () => {
	let pool: CorePool;
	let poller: UsagePoller;
	let asked: string[];

	beforeEach(async () => ({ pool, poller, asked } = await PolledPool.start()));
	afterEach(() => poller.stop());

	const answers = (...replies: JsonReply[]) => {
		pool.upstream.usage = access => {
			asked.push(access.accountId);
			return Promise.resolve(replies.shift() ?? json(500, {}));
		};
	};
	const timesAsked = async (minutes: number) => {
		asked = [];
		for (let at = 0; at < minutes; at++) {
			pool.use('a');
			await pool.clock.advance(minute);
		}
		return asked.filter(id => id === 'a').length;
	};

	it('is asked for less and less often, down to twice an hour, and at once as before when it works again', async () => {
		answers();
		poller.start();
		assert.equal(await timesAsked(36), 4);
		assert.equal(await timesAsked(120), 4);
		answers(...Array.from({ length: 99 }, () => json(200, {})));
		await timesAsked(30);
		assert.equal(await timesAsked(20), 4);
	});

	it('rests as long as the provider wants', async () => {
		answers({ status: 429, headers: { 'retry-after': '2400' }, body: {} });
		await poller.refresh('a');
		poller.start();
		assert.equal(await timesAsked(39), 0);
		assert.equal(await timesAsked(3), 1);
	});

	it('does not count while this machine is offline', async () => {
		pool.upstream.usage = access => {
			asked.push(access.accountId);
			const cause = { kind: 'offline', code: 'ENETUNREACH' };
			return Promise.reject(new PoolError('upstream_failed', 'It did not answer.', { cause }));
		};
		for (let at = 0; at < 9; at++) await poller.refresh('a');
		poller.start();
		assert.ok((await timesAsked(12)) >= 2);
	});

	for (const [what, reply, state] of [
		['a closed workspace', json(402, { detail: { code: 'deactivated_workspace' } }), 'disabled'],
		['a deactivated account', json(403, { detail: 'Your account has been deactivated.' }), 'disabled'],
		['a refusal without a reason', json(403, { detail: 'Forbidden' }), 'active'],
		['a route that is gone', json(404, { detail: 'Not Found' }), 'active'],
		['a page in front of the backend', json(402, undefined), 'active'],
		['a spent limit', json(429, { error: { type: 'usage_limit_reached' } }), 'active'],
		['a failure', json(503, {}), 'active'],
		['rubbish', json(200, 'hello'), 'active'],
	] as const) {
		it(`leaves the account ${state} after ${what}`, async () => {
			answers(reply);
			assert.equal(await poller.refresh('a'), false);
			assert.equal(pool.accounts.get('a').state, state);
		});
	}
});
