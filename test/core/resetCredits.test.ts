import assert from 'node:assert/strict';
import { needsList, withListedCredits } from '../../src/core/quota/resetCredits.js';
import type { ResetCredits } from '../../src/shared/accountApi.js';

const now = Date.UTC(2026, 10, 20, 12);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const inSeconds = (ms: number): number => (now + ms) / 1000;

function resets(fields: Partial<ResetCredits> = {}): ResetCredits {
	const none = { applicable: null, credits: [], listedAt: null };
	return { available: 1, ...none, source: 'poll', observedAt: now, ...fields };
}

describe('withListedCredits', () => {
	const entry = (fields: object = {}) => ({
		id: 'crd_1',
		reset_type: 'usage_limit',
		status: 'available',
		granted_at: '2026-11-01T00:00:00Z',
		expires_at: '2026-12-01T00:00:00Z',
		title: 'Full reset',
		description: 'Empties your windows',
		...fields,
	});
	const list = (...entries: unknown[]) => withListedCredits(resets(), { credits: entries }, now)?.credits;

	it('reads the reply that Codex accepts', () => {
		assert.deepEqual(withListedCredits(resets(), { credits: [entry()], available_count: 1 }, now), {
			...resets(),
			credits: [
				{
					id: 'crd_1',
					title: 'Full reset',
					description: 'Empties your windows',
					expiresAt: Date.UTC(2026, 11, 1),
				},
			],
			listedAt: now,
		});
	});

	it('puts the one that expires first in front, and leaves out those that are gone', () => {
		const found = list(
			entry({ id: 'never', expires_at: null }),
			entry({ id: 'later' }),
			entry({ id: 'soon', expires_at: inSeconds(hour) }),
			entry({ id: 'over', expires_at: '2026-11-20T11:59:59Z' }),
			entry({ id: 'used', redeemed_at: '2026-11-02T00:00:00Z' }),
			entry({ id: 'spent', status: 'redeemed' }),
		);
		assert.deepEqual(
			found?.map(({ id }) => id),
			['soon', 'later', 'never'],
		);
	});

	it('survives whatever is listed', () => {
		assert.deepEqual(list(null, 5, 'x', {}, entry({ id: '' }), entry({ id: 7 }), entry({ id: 'x'.repeat(500) })), []);
		assert.equal(list(...Array.from({ length: 5000 }, (_, at) => entry({ id: `crd_${at}` })))?.length, 20);
		assert.equal(list(entry({ title: 'x'.repeat(900) }))?.[0]?.title?.length, 200);
		for (const expires_at of ['soon 5', 'NaN', -5, 0, 1e300, {}, true])
			assert.equal(list(entry({ expires_at }))?.[0]?.expiresAt, null, JSON.stringify(expires_at));
		for (const reply of [null, {}, [], { credits: {} }, 'x'])
			assert.equal(withListedCredits(resets(), reply, now), undefined);
	});

	it('is wanted when there are some, and asked for again only after hours', () => {
		assert.equal(needsList(null, now), false);
		assert.equal(needsList(resets({ available: 0 }), now), false);
		assert.equal(needsList(resets(), now), true);
		assert.equal(needsList(resets({ listedAt: now - 5 * hour }), now), false);
		assert.equal(needsList(resets({ listedAt: now - 6 * hour }), now), true);
		assert.equal(needsList(resets({ listedAt: now + day }), now), true);
	});
});
