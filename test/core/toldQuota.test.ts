import assert from 'node:assert/strict';
import { windowsFromEvent, windowsFromHeaders, windowsFromUsage } from '../../src/core/quota/usageWindows.js';
import type { UsageWindow } from '../../src/shared/accountApi.js';
import { CorePool } from '../support/corePool.js';
import { created, delta, completed, refuse, sse, stream, usageLimit } from '../support/scriptedUpstream.js';

const hour = 3_600_000;

describe('ToldQuota', () => {
	let pool: CorePool;

	beforeEach(async () => {
		pool = await CorePool.of('a', 'b');
	});

	const window = (usedPercent: number, fields: Partial<UsageWindow> = {}): UsageWindow => ({
		limit: 'codex',
		durationMinutes: 300,
		usedPercent,
		resetsAt: pool.clock.now() + hour,
		source: 'poll',
		observedAt: pool.clock.now(),
		...fields,
	});
	const learn = (accountId: string, ...windows: UsageWindow[]): void => pool.accounts.recordWindows(accountId, windows);
	/** The figures of one form, as the pool itself would read them of a provider. */
	const told = (windows: readonly UsageWindow[]) =>
		windows.map(({ limit, durationMinutes, usedPercent, resetsAt }) => [limit, durationMinutes, usedPercent, resetsAt]);
	const quotaHeaders = () => pool.context.quota.headers('key_1');
	const forms = (keyId = 'key_1') => {
		const { quota } = pool.context;
		const now = pool.clock.now();
		return [
			told(windowsFromHeaders(quota.headers(keyId), now)),
			told(windowsFromEvent(JSON.parse(quota.event(keyId) ?? 'null'), now)),
			told(windowsFromUsage(quota.usage(keyId, 'own'), now)),
		] as const;
	};

	it('says the same in every form: headers, event and report', () => {
		learn('a', window(95.7));
		learn(
			'b',
			window(40.4),
			window(12, { durationMinutes: 10_080, resetsAt: pool.clock.now() + 50 * hour }),
			window(100, { limit: 'codex_bengalfox', name: 'GPT Spark', durationMinutes: 10_080 }),
			window(3, { limit: 'premium' }),
		);

		const [headers, event, report] = forms();

		assert.deepEqual(headers, [
			['codex', 300, 40, pool.clock.now() + hour],
			['codex', 10_080, 12, pool.clock.now() + 50 * hour],
			['codex_bengalfox', 10_080, 100, pool.clock.now() + hour],
			['premium', 300, 3, pool.clock.now() + hour],
		]);
		assert.deepEqual(event, headers);
		assert.deepEqual(report, headers);
		assert.equal(quotaHeaders()['x-codex-bengalfox-limit-name'], 'GPT Spark');
	});

	it('says nothing when no account serves, now or later by itself', () => {
		for (const id of ['a', 'b']) pool.accounts.change(id, { state: 'needs_sign_in' });
		const { quota } = pool.context;
		assert.deepEqual(
			[quota.headers('key_1'), quota.event('key_1'), quota.usage('key_1', null)],
			[{}, undefined, undefined],
		);
	});

	it('says in every form that all are spent', () => {
		learn('a', window(100));
		learn('b', window(100, { resetsAt: pool.clock.now() + 2 * hour }));
		pool.accounts.limit('a', pool.clock.now() + hour, 'usage_limit_reached');
		pool.accounts.limit('b', pool.clock.now() + 2 * hour, 'usage_limit_reached');

		const [headers, event, report] = forms();

		assert.deepEqual(headers, [['codex', 300, 100, pool.clock.now() + hour]]);
		assert.deepEqual([event, report], [headers, headers]);
		assert.equal(quotaHeaders()['x-codex-rate-limit-reached-type'], 'rate_limit_reached');
		assert.match(pool.context.quota.event('key_1') ?? '', /"allowed":false,"limit_reached":true/);
	});

	it('makes no header of a name that is none', () => {
		learn('b', window(40), window(1, { limit: 'x\r\nset-cookie: evil' }), window(2, { limit: 'Größe' }));
		assert.deepEqual(Object.keys(quotaHeaders()), [
			'x-codex-plan-type',
			'x-codex-primary-used-percent',
			'x-codex-primary-window-minutes',
			'x-codex-primary-reset-at',
		]);
	});

	it('tells a key with accounts of its own what those have left, in every form, and of the others nothing', () => {
		learn('a', window(10));
		learn('b', window(60));
		pool.keyAccounts.set('key_b', new Set(['b']));
		pool.keyAccounts.set('key_gone', new Set(['gone']));

		const all = forms();
		const [headers, event, report] = forms('key_b');

		assert.deepEqual(all[0], [['codex', 300, 10, pool.clock.now() + hour]]);
		assert.deepEqual(headers, [['codex', 300, 60, pool.clock.now() + hour]]);
		assert.deepEqual([event, report], [headers, headers]);
		assert.deepEqual(forms('key_gone'), [[], [], []]);
	});

	it('tells a key at once what its accounts have left when they are others', () => {
		learn('a', window(10));
		learn('b', window(60));
		const used = () => quotaHeaders()['x-codex-primary-used-percent'];
		assert.equal(used(), '10');
		pool.keyAccounts.set('key_1', new Set(['b']));
		assert.equal(used(), '60');
	});

	describe('is made anew', () => {
		it('not for a request that comes and goes', () => {
			learn('a', window(10));
			const headers = quotaHeaders();
			pool.accounts.begin('a');
			pool.accounts.end('a');
			assert.equal(quotaHeaders(), headers);
		});

		it('when figures change', () => {
			learn('a', window(10));
			assert.equal(quotaHeaders()['x-codex-primary-used-percent'], '10');
			learn('a', window(11));
			assert.equal(quotaHeaders()['x-codex-primary-used-percent'], '11');
		});

		it('when the user decides otherwise', () => {
			learn('a', window(10));
			learn('b', window(50));
			const used = () => quotaHeaders()['x-codex-primary-used-percent'];
			assert.equal(used(), '10');
			pool.accounts.change('a', { selected: false });
			assert.equal(used(), '50');
			pool.accounts.change('a', { selected: true });
			pool.settings.change({ routing: { strategy: 'single_account', singleAccountId: 'b' } });
			assert.equal(used(), '50');
		});

		it('after a second, because rests and windows end by themselves', async () => {
			learn('a', window(90, { resetsAt: pool.clock.now() + 500 }));
			learn('b', window(95));
			const used = () => quotaHeaders()['x-codex-primary-used-percent'];
			assert.equal(used(), '90');
			await pool.clock.advance(1_000);
			assert.equal(used(), '0');
		});
	});

	describe('with a reply', () => {
		const rateLimits = (used: number) =>
			sse({ type: 'codex.rate_limits', rate_limits: { primary: { used_percent: used, window_minutes: 300 } } });

		it('stands in for what the serving account was told, which the pool has read first', async () => {
			learn('b', window(30));
			pool.upstream.answer(call => {
				call.head(200, {
					'content-type': 'text/event-stream',
					'x-codex-primary-used-percent': '88',
					'x-codex-primary-window-minutes': '300',
					'x-codex-credits-balance': '5',
				});
				for (const frame of [created, rateLimits(90), delta, rateLimits(91), completed]) call.chunk(frame);
				call.end();
			});
			pool.accounts.change('b', { priority: 9 });

			const reply = await pool.forward();

			assert.deepEqual(pool.asked, ['a']);
			assert.equal(reply.headers['x-codex-primary-used-percent'], '30');
			assert.equal(reply.headers['x-codex-credits-balance'], undefined);
			assert.deepEqual(
				[...reply.text.matchAll(/"used_percent":(\d+)/g)].map(([, used]) => used),
				['30', '30'],
			);
			const [ofA] = pool.accounts.views();
			assert.equal(ofA?.windows[0]?.usedPercent, 91);
		});

		it('is that very reply’s when its account has the most left', async () => {
			pool.upstream.answer(stream(created, rateLimits(7), delta, completed));
			const reply = await pool.forward();
			assert.match(reply.text, /"primary":\{"used_percent":7,"window_minutes":300/);
		});

		it('stands in for it in a refusal too', async () => {
			learn('a', window(30));
			learn('b', window(60));
			pool.upstream.answer(refuse(400, { detail: 'no' }, { 'x-codex-primary-used-percent': '12' }));
			const reply = await pool.forward();
			assert.deepEqual([reply.status, reply.headers['x-codex-primary-used-percent']], [400, '30']);
		});

		it('says that everything is spent when it says so', async () => {
			learn('a', window(100));
			learn('b', window(100));
			pool.upstream.answer(usageLimit(pool.clock.now() + hour), usageLimit(pool.clock.now() + hour));
			const reply = await pool.forward();
			assert.deepEqual([reply.status, reply.headers['x-codex-primary-used-percent']], [429, '100']);
		});
	});
});
