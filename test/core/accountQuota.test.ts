import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
	hasCreditsLeft,
	hasFreshMeans,
	mergeQuota,
	quotaFromEvent,
	quotaFromHeaders,
	quotaFromUsage,
	type QuotaReading,
} from '../../src/core/accounts/accountQuota.js';
import {
	accountQuotaSchema,
	noQuota,
	type AccountQuota,
	type Credits,
	type ResetCredits,
	type SpendLimit,
} from '../../src/shared/accountApi.js';

const now = Date.UTC(2026, 10, 20, 12);
const minute = 60_000;
const hour = 60 * minute;
const inSeconds = (ms: number): number => (now + ms) / 1000;

function credits(fields: Partial<Credits> = {}): Credits {
	return { hasCredits: false, unlimited: false, balance: 0, source: 'poll', observedAt: now, ...fields };
}

function resets(fields: Partial<ResetCredits> = {}): ResetCredits {
	const none = { applicable: null, credits: [], listedAt: null };
	return { available: 1, ...none, source: 'poll', observedAt: now, ...fields };
}

function spendLimit(fields: Partial<SpendLimit> = {}): SpendLimit {
	const figures = { limit: null, used: null, remaining: null, usedPercent: null, resetsAt: null };
	return { reached: false, ...figures, source: 'poll', observedAt: now, ...fields };
}

function quota(fields: Partial<AccountQuota> = {}): AccountQuota {
	return { ...noQuota, ...fields };
}

describe('quotaFromHeaders', () => {
	const read = (hasCredits: string, unlimited: string, balance: string) =>
		quotaFromHeaders(
			{
				'x-codex-credits-has-credits': hasCredits,
				'x-codex-credits-unlimited': unlimited,
				'x-codex-credits-balance': balance,
			},
			now,
		).credits;

	for (const [told, means] of [
		['False', false],
		['True', true],
		['false', false],
		['TRUE', true],
		['1', true],
		['0', false],
		['', null],
		['yes', null],
		['null', null],
	] as const) {
		it(`reads the boolean ${JSON.stringify(told)}`, () => {
			assert.deepEqual(
				read(told, told, '5'),
				credits({ hasCredits: means, unlimited: means, balance: 5, source: 'header' }),
			);
		});
	}

	for (const [told, balance] of [
		['0', 0],
		['12.50', 12.5],
		['-3', -3],
		['', null],
		['NaN', null],
		['1e300', null],
		['plenty', null],
	] as const) {
		it(`reads the balance ${JSON.stringify(told)}`, () => {
			assert.equal(read('False', 'False', told)?.balance, balance);
		});
	}

	it('knows nothing of credits where nothing legible is said of them', () => {
		assert.deepEqual(quotaFromHeaders({ 'x-codex-primary-used-percent': '5' }, now), {});
		assert.equal(read('', ' ', ''), undefined);
	});

	it('reads why the account was stopped, if that is a code', () => {
		const type = (told: string) =>
			quotaFromHeaders({ 'x-codex-rate-limit-reached-type': told }, now).reachedLimit?.type;
		assert.equal(type('workspace_member_usage_limit_reached'), 'workspace_member_usage_limit_reached');
		assert.deepEqual([type(''), type('a b'), type('x'.repeat(65))], [undefined, undefined, undefined]);
	});
});

describe('quotaFromEvent', () => {
	it('reads credits, and takes null for silence', () => {
		const event = { credits: { has_credits: true, unlimited: false, balance: '4.25' } };
		assert.deepEqual(quotaFromEvent(event, now), {
			credits: credits({ hasCredits: true, balance: 4.25, source: 'event' }),
		});
		for (const silent of [null, undefined, {}, [], 'x', 5])
			assert.deepEqual(quotaFromEvent({ credits: silent }, now), {});
	});
});

describe('quotaFromUsage', () => {
	it('reads a live reply', () => {
		const reply = {
			plan_type: 'business',
			credits: { has_credits: false, unlimited: false, balance: '0', approx_local_messages: [0, 0] },
			spend_control: {
				reached: true,
				individual_limit: {
					source: 'workspace',
					limit: '25.00',
					used: '25.10',
					remaining: '0',
					used_percent: 100,
					remaining_percent: 0,
					reset_after_seconds: 3600,
					reset_at: inSeconds(hour),
				},
			},
			rate_limit_reached_type: { type: 'workspace_member_usage_limit_reached' },
			rate_limit_reset_credits: { available_count: 2, applicable_available_count: 1 },
		};
		assert.deepEqual(quotaFromUsage(reply, now), {
			credits: credits(),
			spendLimit: spendLimit({
				reached: true,
				limit: 25,
				used: 25.1,
				remaining: 0,
				usedPercent: 100,
				resetsAt: now + hour,
			}),
			reachedLimit: { type: 'workspace_member_usage_limit_reached', source: 'poll', observedAt: now },
			resetCredits: resets({ available: 2, applicable: 1 }),
		});
	});

	it('takes null for "there is none", and what is not there for silence', () => {
		const none = { credits: null, spend_control: null, rate_limit_reached_type: null, rate_limit_reset_credits: null };
		assert.deepEqual(quotaFromUsage(none, now), noQuota);
		assert.deepEqual(quotaFromUsage({}, now), {});
	});

	for (const [what, told, expected] of [
		['a cap that is told by what is left of it', { reached: false, individual_limit: { remaining_percent: '25' } }, 75],
		['a cap without a share', { reached: false, individual_limit: { limit: '10', used_percent: 'x' } }, null],
		['a share below 0', { reached: false, individual_limit: { limit: '10', used_percent: -4 } }, null],
	] as const) {
		it(`reads ${what}`, () => {
			assert.equal(quotaFromUsage({ spend_control: told }, now).spendLimit?.usedPercent, expected);
		});
	}

	it('knows no cap where none is set', () => {
		for (const told of [{}, { reached: false, individual_limit: null }, { reached: 'maybe' }, 'x', [1]])
			assert.equal(quotaFromUsage({ spend_control: told }, now).spendLimit, null, JSON.stringify(told));
		assert.equal(quotaFromUsage({ spend_control: { reached: true } }, now).spendLimit?.reached, true);
	});

	it('counts only what can be counted', () => {
		const count = (told: unknown) =>
			quotaFromUsage({ rate_limit_reset_credits: { available_count: told } }, now).resetCredits?.available;
		assert.deepEqual([0, 3, '2'].map(count), [0, 3, 2]);
		assert.deepEqual([-1, 1.5, NaN, 1e9, null, true, 'x'].map(count), Array(7).fill(undefined));
	});

	it('gives only what the management API accepts, whatever is sent', () => {
		const property = fc.property(
			fc.oneof(
				fc.anything(),
				fc.record({
					credits: fc.oneof(fc.anything(), fc.record({ has_credits: fc.anything(), balance: fc.anything() })),
					spend_control: fc.record({
						reached: fc.anything(),
						individual_limit: fc.record({ limit: fc.anything(), used_percent: fc.anything(), reset_at: fc.anything() }),
					}),
					rate_limit_reached_type: fc.anything(),
					rate_limit_reset_credits: fc.record({ available_count: fc.anything() }),
				}),
			),
			reply => {
				for (const reading of [quotaFromUsage(reply, now), quotaFromEvent(reply, now)]) {
					const merged = mergeQuota(noQuota, reading, { observedAt: now, now });
					assert.deepEqual(accountQuotaSchema.parse(merged), merged);
				}
			},
		);
		fc.assert(property, { numRuns: 500 });
	});
});

describe('mergeQuota', () => {
	const merge = (known: AccountQuota, fresh: QuotaReading, observedAt = now) =>
		mergeQuota(known, fresh, { observedAt, now });

	it('keeps what is not spoken of', () => {
		const known = quota({ credits: credits(), resetCredits: resets() });
		const fresh = { credits: credits({ balance: 3, hasCredits: true }) };
		assert.deepEqual(merge(known, fresh), { ...known, ...fresh });
	});

	it('lets the newer figure stand, whatever arrives late', () => {
		const known = quota({ credits: credits({ balance: 9 }) });
		assert.equal(merge(known, { credits: credits({ balance: 1, observedAt: now - 1 }) }, now - 1), known);
		assert.equal(merge(known, { credits: null }, now - 1), known);
		assert.equal(merge(known, { credits: null }).credits, null);
	});

	it('does not believe a figure from the future for ever', () => {
		const known = quota({ credits: credits({ balance: 9, observedAt: now + hour }) });
		assert.equal(merge(known, { credits: credits({ balance: 1 }) }).credits?.balance, 1);
	});

	it('is the known one while a busy minute tells the same again', () => {
		const known = quota({ credits: credits({ observedAt: now - minute + 1 }) });
		assert.equal(merge(known, { credits: credits() }), known);
		assert.notEqual(merge(known, { credits: credits({ source: 'header' }) }), known);
		const older = quota({ credits: credits({ observedAt: now - minute }) });
		assert.equal(merge(older, { credits: credits() }).credits?.observedAt, now);
	});

	it('knows the resets by name until their number changes', () => {
		const named = [{ id: 'crd_1', title: 'Full reset', description: null, expiresAt: null }];
		const known = quota({ resetCredits: resets({ credits: named, listedAt: now - hour, observedAt: now - hour }) });
		assert.deepEqual(
			merge(known, { resetCredits: resets() }).resetCredits,
			resets({ credits: named, listedAt: now - hour }),
		);
		for (const available of [0, 2])
			assert.deepEqual(merge(known, { resetCredits: resets({ available }) }).resetCredits, resets({ available }));
	});
});

describe('credits', () => {
	for (const [what, told, left] of [
		['a balance', { balance: 0.5 }, true],
		['no limit', { unlimited: true }, true],
		['the word that there are some', { hasCredits: true, balance: null }, true],
		['nothing', {}, false],
		['a debt', { balance: -2 }, false],
		['nothing that is known', { hasCredits: null, unlimited: null, balance: null }, false],
	] as const) {
		it(`are ${left ? '' : 'not '}left with ${what}`, () => {
			assert.equal(hasCreditsLeft(quota({ credits: credits(told) })), left);
		});
	}

	it('are fresh means when they were known to be none, and a cap when it was lifted', () => {
		const [none, some] = [quota({ credits: credits() }), quota({ credits: credits({ balance: 5 }) })];
		assert.deepEqual(
			[hasFreshMeans(none, some), hasFreshMeans(some, some), hasFreshMeans(noQuota, some), hasFreshMeans(some, none)],
			[true, false, false, false],
		);
		const capped = quota({ spendLimit: spendLimit({ reached: true }) });
		assert.deepEqual(
			[
				hasFreshMeans(capped, quota({ spendLimit: spendLimit() })),
				hasFreshMeans(capped, noQuota),
				hasFreshMeans(capped, capped),
			],
			[true, true, false],
		);
	});
});
