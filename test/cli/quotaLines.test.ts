import assert from 'node:assert/strict';
import { quotaLines } from '../../src/cli/quotaLines.js';
import { noQuota, type AccountQuota } from '../../src/shared/accountApi.js';
import { redeemWarning } from '../../src/shared/resetWords.js';

const now = Date.UTC(2026, 10, 20, 12);
const sighting = { source: 'poll', observedAt: now - 60_000 } as const;
const lines = (quota: Partial<AccountQuota>) => quotaLines({ ...noQuota, ...quota }, now);

describe('quotaLines', () => {
	for (const [hasCredits, unlimited, balance, words] of [
		[true, true, null, 'unlimited'],
		[true, false, 4.5, '4.5 left'],
		[false, false, 0, 'none'],
		[null, null, 0, 'none'],
		[null, false, null, 'not told'],
		[true, false, 0, 'some left'],
		[true, false, null, 'some left'],
		[false, false, null, 'none'],
		[null, null, -3, '-3 left'],
	] as const) {
		it(`says "${words}" of credits`, () => {
			const credits = { hasCredits, unlimited, balance, ...sighting };
			assert.deepEqual(lines({ credits }), [`Credits: ${words} (poll, 1 m ago)`]);
		});
	}

	it('says nothing of what was not told', () => {
		assert.deepEqual(lines({}), []);
		const none = { limit: null, used: null, usedPercent: null, resetsAt: now - 1 };
		assert.deepEqual(lines({ spendLimit: { reached: false, remaining: 5, ...none, ...sighting } }), [
			'Spend limit: 5 left (poll, 1 m ago)',
		]);
		assert.deepEqual(
			lines({ resetCredits: { available: 2, applicable: null, credits: [], listedAt: null, ...sighting } }),
			['Banked resets: 2 (poll, 1 m ago)'],
		);
	});
});

describe('redeemWarning', () => {
	const reset = { id: 'crd_1', title: 'Full reset', description: null, expiresAt: now };
	const warning = (change: object) =>
		redeemWarning(
			{ available: 1, applicable: null, credits: [], listedAt: null, ...sighting, ...change },
			() => 'Tuesday',
		);

	it('says what is spent, when it would expire and that it cannot be undone', () => {
		assert.equal(
			warning({ credits: [reset] }),
			'This spends the only banked reset of the account: usage windows that are in use begin anew at once. ' +
				'“Full reset” expires first, on Tuesday. It cannot be undone.',
		);
		assert.doesNotMatch(warning({ credits: [{ ...reset, expiresAt: null }] }), /expires/);
		assert.match(warning({ available: 3 }), /^This spends one of 3 banked resets of the account/);
	});

	it('warns when there is nothing to reset', () => {
		assert.match(warning({ applicable: 0 }), /no window needs one just now\./);
		assert.doesNotMatch(warning({ applicable: 1 }), /needs one/);
	});
});
