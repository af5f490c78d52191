import assert from 'node:assert/strict';
import type { Candidate } from '../../src/core/routing/chooseAccount.js';
import { strategySchema, type Strategy } from '../../src/shared/routingApi.js';
import { candidate, choose, chosen, cooldown, now } from '../support/choices.js';

const minute = 60_000;

/** How many of a burst each account gets, when every choice is followed by the next at the same moment. */
function burst(size: number, candidates: readonly Candidate[], strategy: Strategy): Map<string, number> {
	const accounts = new Map(candidates.map(each => [each.id, each]));
	for (let session = 0; session < size; session++) {
		const id = chosen([...accounts.values()], { strategy, tieBreak: session / size });
		const before = accounts.get(id ?? '');
		assert.ok(before);
		accounts.set(before.id, { ...before, inFlight: before.inFlight + 1, chosenAt: now });
	}
	return new Map([...accounts.values()].map(({ id, inFlight }) => [id, inFlight]));
}

describe('strategies', () => {
	describe('least used', () => {
		it('takes the account with the most room', () => {
			const candidates = [
				candidate('a', { usedPercent: 60 }),
				candidate('b', { usedPercent: 20 }),
				candidate('c', { usedPercent: 40 }),
			];
			assert.equal(chosen(candidates), 'b');
		});

		it('counts every running request as use that the figures do not show yet', () => {
			const candidates = [candidate('a', { usedPercent: 20, inFlight: 5 }), candidate('b', { usedPercent: 30 })];
			assert.equal(chosen(candidates), 'b');
		});

		it('tries an account whose figures are unknown', () => {
			assert.equal(chosen([candidate('a', { usedPercent: 1 }), candidate('b', { usedPercent: null })]), 'b');
		});

		it('still tries an account that is full by the figures: the upstream decides', () => {
			assert.equal(chosen([candidate('a', { usedPercent: 100 })]), 'a');
		});

		it('breaks ties by the given number, so that no account is preferred for its place in the list', () => {
			const candidates = ['a', 'b', 'c', 'd'].map(id => candidate(id));
			const picks = [0, 0.25, 0.5, 0.75, 0.999].map(tieBreak => chosen(candidates, { tieBreak }));
			assert.deepEqual(picks, ['a', 'b', 'c', 'd', 'd']);
		});

		it('spreads a burst of 50 cold sessions that arrive together evenly over the accounts', () => {
			const counts = burst(
				50,
				['a', 'b', 'c', 'd', 'e'].map(id => candidate(id)),
				'least_used',
			);
			assert.deepEqual([...counts.values()], [10, 10, 10, 10, 10]);
		});
	});

	describe('round robin', () => {
		it('takes the account that was chosen longest ago, whatever is used', () => {
			const candidates = [
				candidate('a', { chosenAt: now - 1 }),
				candidate('b', { chosenAt: now - 2, usedPercent: 99, inFlight: 40 }),
				candidate('c', { chosenAt: now }),
			];
			assert.equal(chosen(candidates, { strategy: 'round_robin' }), 'b');
		});

		it('comes to an avoided account last', () => {
			const candidates = [candidate('a', { ...cooldown('overload', now + 1) }), candidate('b', { chosenAt: now })];
			assert.equal(chosen(candidates, { strategy: 'round_robin' }), 'b');
		});
	});

	describe('capacity weighted', () => {
		it('lets a larger plan take more at a time', () => {
			const candidates = [candidate('plus', { inFlight: 1 }), candidate('pro', { capacity: 6.7, inFlight: 5 })];
			assert.equal(chosen(candidates, { strategy: 'capacity_weighted' }), 'pro');
			assert.equal(chosen(candidates, { strategy: 'least_used' }), 'plus');
		});

		it('does not burn a larger plan that is fuller', () => {
			const candidates = [candidate('plus', { usedPercent: 10 }), candidate('pro', { capacity: 6.7, usedPercent: 60 })];
			assert.equal(chosen(candidates, { strategy: 'capacity_weighted' }), 'plus');
		});

		it('gives cold sessions that arrive together to the plans by their size', () => {
			const counts = burst(46, [candidate('plus'), candidate('pro', { capacity: 6.7 })], 'capacity_weighted');
			assert.ok((counts.get('pro') ?? 0) >= 5 * (counts.get('plus') ?? 0), String([...counts]));
		});
	});

	describe('soonest reset', () => {
		it('takes what would be lost first', () => {
			const candidates = [
				candidate('a', { usedPercent: 5, resetsAt: now + 3 * 24 * 60 * minute }),
				candidate('b', { usedPercent: 90, resetsAt: now + 60 * minute }),
				candidate('c', { usedPercent: 0 }),
			];
			assert.equal(chosen(candidates, { strategy: 'soonest_reset' }), 'b');
		});

		it('takes an unknown reset to be a week away', () => {
			const candidates = [candidate('a'), candidate('b', { resetsAt: now + 8 * 24 * 60 * minute })];
			assert.equal(chosen(candidates, { strategy: 'soonest_reset' }), 'a');
		});
	});

	it('fill first takes the fullest that can still serve', () => {
		const candidates = [
			candidate('a', { usedPercent: 60 }),
			candidate('b', { usedPercent: 97, state: 'limited', limitedUntil: now + 1 }),
			candidate('c', { usedPercent: 80 }),
		];
		assert.equal(chosen(candidates, { strategy: 'fill_first' }), 'c');
	});

	it('single account never falls back to another', () => {
		const candidates = [candidate('a', { state: 'limited', limitedUntil: now + minute }), candidate('b')];
		const choice = choose(candidates, { strategy: 'single_account', singleAccountId: 'a', ownerId: 'b' });
		assert.deepEqual([choice.kind, 'back' in choice && choice.back?.at], ['none', now + minute]);
	});

	describe('priorities', () => {
		for (const strategy of strategySchema.options.filter(each => each !== 'single_account')) {
			it(`go before ${strategy}`, () => {
				const worst = { usedPercent: 99, inFlight: 200, chosenAt: now, resetsAt: now + 300 * 24 * 60 * minute };
				const candidates = [
					candidate('preserved', { priority: 9 }),
					candidate('normal', strategy === 'fill_first' ? { usedPercent: 100 } : {}),
					candidate('first', { ...worst, priority: 1, usedPercent: strategy === 'fill_first' ? 0 : 99 }),
				];
				assert.equal(chosen(candidates, { strategy }), 'first');
			});
		}

		it('give way to an account without trouble', () => {
			const candidates = [
				candidate('a', { priority: 1, ...cooldown('overload', now + 1) }),
				candidate('b', { priority: 9 }),
			];
			assert.equal(chosen(candidates), 'b');
		});

		it('do not take a session from its account', () => {
			assert.equal(chosen([candidate('a'), candidate('b', { priority: 1 })], { ownerId: 'a' }), 'a');
		});
	});
});
