import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chooseAccount, type Candidate, type ChoiceContext, type Consideration } from '../../src/core/chooseAccount.js';

const now = 1_800_000_000_000;
const minute = 60_000;

function candidate(id: string, fields: Partial<Candidate> = {}): Candidate {
	return {
		id,
		selected: true,
		state: 'active',
		limitedUntil: null,
		usedPercent: 0,
		inFlight: 0,
		chosenAt: 0,
		avoidUntil: 0,
		restUntil: 0,
		...fields,
	};
}

function choose(candidates: readonly Candidate[], context: Partial<ChoiceContext> = {}) {
	return chooseAccount(candidates, {
		strategy: 'least_used',
		ownerId: undefined,
		tried: new Set(),
		now,
		tieBreak: 0,
		...context,
	});
}

function chosen(candidates: readonly Candidate[], context: Partial<ChoiceContext> = {}): string | undefined {
	const choice = choose(candidates, context);
	return choice.kind === 'chosen' ? choice.accountId : undefined;
}

describe('chooseAccount', () => {
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
			const accounts = new Map(['a', 'b', 'c', 'd', 'e'].map(id => [id, candidate(id)]));
			for (let session = 0; session < 50; session++) {
				const id = chosen([...accounts.values()], { tieBreak: (session % 10) / 10 }) ?? '';
				const before = accounts.get(id);
				assert.ok(before);
				accounts.set(id, { ...before, inFlight: before.inFlight + 1, chosenAt: now });
			}
			assert.deepEqual(
				[...accounts.values()].map(account => account.inFlight),
				[10, 10, 10, 10, 10],
			);
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
			const candidates = [candidate('a', { avoidUntil: now + 1 }), candidate('b', { chosenAt: now })];
			assert.equal(chosen(candidates, { strategy: 'round_robin' }), 'b');
		});
	});

	describe('sessions', () => {
		it('keeps a session on its account although another has more room', () => {
			const candidates = [candidate('a', { usedPercent: 90, inFlight: 4 }), candidate('b')];
			const choice = choose(candidates, { ownerId: 'a' });
			assert.deepEqual(
				[choice.kind === 'chosen' && choice.accountId, 'reason' in choice && choice.reason],
				['a', 'session'],
			);
		});

		it('leaves a nearly spent owner for a clearly emptier account', () => {
			const candidates = [candidate('a', { usedPercent: 95 }), candidate('b', { usedPercent: 84 })];
			const choice = choose(candidates, { ownerId: 'a' });
			assert.deepEqual(
				[choice.kind === 'chosen' && choice.accountId, 'reason' in choice && choice.reason],
				['b', 'session_moved'],
			);
		});

		it('stays with a nearly spent owner when nobody is clearly emptier', () => {
			const candidates = [candidate('a', { usedPercent: 97 }), candidate('b', { usedPercent: 85 })];
			assert.equal(chosen(candidates, { ownerId: 'a' }), 'a');
		});

		it('moves to a clearly emptier account only, however idle a fuller one is', () => {
			const candidates = [
				candidate('a', { usedPercent: 97 }),
				candidate('full', { usedPercent: 94 }),
				candidate('empty', { usedPercent: 80, inFlight: 20 }),
			];
			assert.equal(chosen(candidates, { ownerId: 'a' }), 'empty');
		});

		it('moves for the moment while the owner is avoided, but not onto another avoided account', () => {
			const owner = candidate('a', { avoidUntil: now + minute });
			assert.equal(chosen([owner, candidate('b', { usedPercent: 50 })], { ownerId: 'a' }), 'b');
			assert.equal(chosen([owner, candidate('b', { avoidUntil: now + 1 })], { ownerId: 'a' }), 'a');
		});

		it('chooses anew when the owner is out or gone', () => {
			const candidates = [candidate('a', { state: 'paused' }), candidate('b')];
			const choice = choose(candidates, { ownerId: 'a' });
			assert.deepEqual(
				[choice.kind === 'chosen' && choice.accountId, 'reason' in choice && choice.reason],
				['b', 'least_used'],
			);
			assert.equal(chosen(candidates, { ownerId: 'removed' }), 'b');
		});
	});

	describe('who is out', () => {
		const cases: readonly [Consideration['out'], Partial<Candidate>][] = [
			['not_selected', { selected: false }],
			['paused', { state: 'paused' }],
			['needs_sign_in', { state: 'needs_sign_in' }],
			['disabled', { state: 'disabled' }],
			['limited', { state: 'limited', limitedUntil: now + 1 }],
			['resting', { restUntil: now + 1 }],
		];
		for (const [out, fields] of cases) {
			it(`explains that an account is out because it is ${String(out)}`, () => {
				const choice = choose([candidate('a', fields), candidate('b')]);
				assert.equal(choice.kind, 'chosen');
				assert.deepEqual(choice.considered[0], { accountId: 'a', score: null, out });
				assert.equal(choice.considered[1]?.out, null);
			});
		}

		it('explains that an account has been tried already', () => {
			const choice = choose([candidate('a'), candidate('b')], { tried: new Set(['a']) });
			assert.deepEqual(
				choice.considered.map(({ out }) => out),
				['tried', null],
			);
		});

		it('lets an account back in at the moment its limit or rest is over', () => {
			assert.equal(chosen([candidate('a', { state: 'limited', limitedUntil: now, restUntil: now })]), 'a');
		});
	});

	describe('nobody', () => {
		it('says when the first account frees itself', () => {
			const choice = choose([
				candidate('a', { state: 'limited', limitedUntil: now + 3 * minute }),
				candidate('b', { restUntil: now + 2 * minute }),
				candidate('c', { state: 'limited', limitedUntil: now + minute, selected: false }),
				candidate('d', { state: 'needs_sign_in', restUntil: now + 1 }),
			]);
			assert.equal(choice.kind === 'none' && choice.retryAt, now + 2 * minute);
		});

		it('says that waiting does not help when nobody frees itself', () => {
			const choice = choose([candidate('a', { state: 'disabled' }), candidate('b', { state: 'paused' })]);
			assert.equal(choice.kind === 'none' && choice.retryAt, undefined);
			assert.deepEqual(choose([]), { kind: 'none', retryAt: undefined, considered: [] });
		});
	});

	it('never chooses an account that is out, and always chooses when one is not', () => {
		const anyCandidate = fc.record({
			id: fc.string({ minLength: 1, maxLength: 4 }),
			selected: fc.boolean(),
			state: fc.constantFrom('active', 'paused', 'limited', 'needs_sign_in', 'disabled'),
			limitedUntil: fc.option(fc.integer({ min: now - 5, max: now + 5 })),
			usedPercent: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
			inFlight: fc.nat(100),
			chosenAt: fc.integer({ min: 0, max: now }),
			avoidUntil: fc.integer({ min: now - 5, max: now + 5 }),
			restUntil: fc.integer({ min: now - 5, max: now + 5 }),
		} as const);
		const property = fc.property(
			fc.uniqueArray(anyCandidate, { selector: ({ id }) => id, maxLength: 12 }),
			fc.constantFrom('least_used', 'round_robin'),
			fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
			fc.nat(12),
			(candidates, strategy, tieBreak, ownerAt) => {
				const choice = choose(candidates, { strategy, tieBreak, ownerId: candidates[ownerAt]?.id });
				const ready = choice.considered.filter(({ out }) => out === null).map(({ accountId }) => accountId);
				if (choice.kind === 'chosen') assert.ok(ready.includes(choice.accountId));
				else assert.deepEqual(ready, []);
			},
		);
		fc.assert(property, { numRuns: 300 });
	});
});
