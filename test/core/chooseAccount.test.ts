import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chooseAccount, type Candidate, type ChoiceContext } from '../../src/core/chooseAccount.js';
import type { Cooldown } from '../../src/core/ports.js';
import { normalPriority } from '../../src/shared/accountApi.js';
import { strategySchema, type Strategy } from '../../src/shared/routingApi.js';
import type { Exclusion } from '../../src/shared/requestApi.js';

const now = 1_800_000_000_000;
const minute = 60_000;

function candidate(id: string, fields: Partial<Candidate> = {}): Candidate {
	return {
		id,
		selected: true,
		state: 'active',
		limitedUntil: null,
		priority: normalPriority,
		capacity: 1,
		usedPercent: 0,
		resetsAt: null,
		reservedUntil: 0,
		inFlight: 0,
		chosenAt: 0,
		cooldowns: [],
		...fields,
	};
}

function cooldown(kind: Cooldown['kind'], until: number, model: string | null = null): { cooldowns: Cooldown[] } {
	return { cooldowns: [{ kind, until, model, times: 1 }] };
}

type Overrides = Partial<Omit<ChoiceContext, 'routing'> & ChoiceContext['routing']>;

function choose(candidates: readonly Candidate[], overrides: Overrides = {}) {
	const { strategy = 'least_used', singleAccountId = null, inFlightLimit = 0, ...context } = overrides;
	return chooseAccount(candidates, {
		routing: { strategy, singleAccountId, inFlightLimit },
		model: 'gpt-5.5',
		lacksModel: () => false,
		ownerId: undefined,
		tried: new Set(),
		isCrowded: false,
		now,
		tieBreak: 0,
		...context,
	});
}

function chosen(candidates: readonly Candidate[], context: Overrides = {}): string | undefined {
	const choice = choose(candidates, context);
	return choice.kind === 'chosen' ? choice.accountId : undefined;
}

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

	describe('cooldowns of one model', () => {
		it('leave the account to the other models', () => {
			for (const kind of ['limit', 'missing'] as const) {
				const candidates = [candidate('a', cooldown(kind, now + 1, 'gpt-6-sol')), candidate('b', { usedPercent: 50 })];
				assert.equal(chosen(candidates), 'a');
				assert.equal(chosen(candidates, { model: 'gpt-6-sol' }), 'b');
			}
		});

		it('make an overloaded account the last one for that model only', () => {
			const candidates = [
				candidate('a', cooldown('overload', now + 1, 'gpt-6-sol')),
				candidate('b', { usedPercent: 50 }),
			];
			assert.equal(chosen(candidates), 'a');
			assert.equal(chosen(candidates, { model: 'gpt-6-sol' }), 'b');
			assert.equal(chosen(candidates.slice(0, 1), { model: 'gpt-6-sol' }), 'a');
		});
	});

	describe('a full house', () => {
		it('says that a place may become free soon', () => {
			const choice = choose([candidate('a', { inFlight: 2 })], { inFlightLimit: 2 });
			assert.equal(choice.kind === 'none' && choice.mayFreeSoon, true);
		});

		it('is shared by those who have waited long enough', () => {
			assert.equal(chosen([candidate('a', { inFlight: 2 })], { inFlightLimit: 2, isCrowded: true }), 'a');
		});

		it('sends a session whose account is full elsewhere', () => {
			const candidates = [candidate('a', { inFlight: 2 }), candidate('b', { usedPercent: 90 })];
			assert.equal(chosen(candidates, { inFlightLimit: 2, ownerId: 'a' }), 'b');
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
			const owner = candidate('a', { ...cooldown('overload', now + minute) });
			assert.equal(chosen([owner, candidate('b', { usedPercent: 50 })], { ownerId: 'a' }), 'b');
			assert.equal(chosen([owner, candidate('b', { ...cooldown('overload', now + 1) })], { ownerId: 'a' }), 'a');
		});

		it('says whether the owner is away for this request or has lost the session', () => {
			const reason = (owner: Partial<Candidate>, context: Overrides = {}) => {
				const choice = choose([candidate('a', owner), candidate('b')], { ownerId: 'a', ...context });
				return choice.kind === 'chosen' && choice.reason;
			};
			assert.equal(reason(cooldown('overload', now + 1)), 'session_away');
			assert.equal(reason(cooldown('rate', now + 1)), 'session_away');
			assert.equal(reason({ inFlight: 3 }, { inFlightLimit: 3 }), 'session_away');
			assert.equal(reason({}, { tried: new Set(['a']) }), 'session_away');
			assert.equal(reason({ usedPercent: 97 }), 'session_moved');
			assert.equal(reason({ state: 'limited', limitedUntil: now + 1 }), 'session_moved');
			assert.equal(reason({ state: 'needs_sign_in' }), 'session_moved');
			assert.equal(reason(cooldown('missing', now + 1, 'gpt-5.5')), 'session_moved');
		});

		it('chooses anew when the owner is out or gone', () => {
			const candidates = [candidate('a', { state: 'paused' }), candidate('b')];
			const choice = choose(candidates, { ownerId: 'a' });
			assert.deepEqual(
				[choice.kind === 'chosen' && choice.accountId, 'reason' in choice && choice.reason],
				['b', 'session_moved'],
			);
			assert.equal(chosen(candidates, { ownerId: 'removed' }), 'b');
		});
	});

	describe('who is out', () => {
		const cases: readonly [Exclusion, Partial<Candidate>, Overrides?][] = [
			['not_selected', { selected: false }],
			['paused', { state: 'paused' }],
			['needs_sign_in', { state: 'needs_sign_in' }],
			['disabled', { state: 'disabled' }],
			['limited', { state: 'limited', limitedUntil: now + 1 }],
			['resting', cooldown('rate', now + 1)],
			['limited', cooldown('limit', now + 1, 'gpt-5.5')],
			['model_missing', cooldown('missing', now + 1, 'gpt-5.5')],
			['model_missing', {}, { lacksModel: id => id === 'a' }],
			['reserved', { reservedUntil: now + 1 }],
			['not_the_single_account', {}, { strategy: 'single_account', singleAccountId: 'b' }],
			['tried', {}, { tried: new Set(['a']) }],
			['busy', { inFlight: 4 }, { inFlightLimit: 4 }],
			['probing', { state: 'limited', limitedUntil: now, inFlight: 1 }],
		];
		for (const [out, fields, context] of cases) {
			it(`explains that an account is out: ${out}, by ${Object.keys({ ...fields, ...context }).join(' and ')}`, () => {
				const choice = choose([candidate('a', fields), candidate('b')], context);
				assert.equal(choice.kind, 'chosen');
				assert.deepEqual(choice.considered[0], { accountId: 'a', score: null, out });
				assert.equal(choice.considered[1]?.out, null);
			});
		}

		it('lets an account back in at the moment its limit or rest is over', () => {
			assert.equal(chosen([candidate('a', { state: 'limited', limitedUntil: now, ...cooldown('rate', now) })]), 'a');
		});
	});

	describe('nobody', () => {
		it('says when the first account frees itself', () => {
			const choice = choose([
				candidate('a', { state: 'limited', limitedUntil: now + 3 * minute }),
				candidate('b', cooldown('rate', now + 2 * minute)),
				candidate('c', { state: 'limited', limitedUntil: now + minute, selected: false }),
				candidate('d', { state: 'needs_sign_in', ...cooldown('rate', now + 1) }),
			]);
			assert.equal(choice.kind === 'none' && choice.back?.at, now + 2 * minute);
		});

		it('says that waiting does not help when nobody frees itself', () => {
			const choice = choose([candidate('a', { state: 'disabled' }), candidate('b', { state: 'paused' })]);
			assert.equal(choice.kind === 'none' && choice.back, undefined);
			assert.deepEqual(choose([]), { kind: 'none', back: undefined, mayFreeSoon: false, considered: [] });
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
			priority: fc.integer({ min: 1, max: 9 }),
			capacity: fc.constantFrom(0.15, 1, 6.7),
			resetsAt: fc.option(fc.integer({ min: now - 5, max: now + 7 * 24 * 60 * minute })),
			reservedUntil: fc.constantFrom(0, now - 1, now + 1),
			cooldowns: fc.array(
				fc.record({
					kind: fc.constantFrom('overload', 'rate', 'limit', 'missing'),
					until: fc.integer({ min: now - 5, max: now + 5 }),
					model: fc.constantFrom(null, 'gpt-5.5', 'gpt-6-sol'),
					times: fc.nat(3),
				} as const),
				{ maxLength: 2 },
			),
		} as const);
		const property = fc.property(
			fc.uniqueArray(anyCandidate, { selector: ({ id }) => id, maxLength: 12 }),
			fc.constantFrom(...strategySchema.options),
			fc.nat(5),
			fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
			fc.nat(12),
			(candidates, strategy, inFlightLimit, tieBreak, ownerAt) => {
				const singleAccountId = candidates[0]?.id ?? null;
				const ownerId = candidates[ownerAt]?.id;
				const choice = choose(candidates, { strategy, singleAccountId, inFlightLimit, tieBreak, ownerId });
				const ready = choice.considered.filter(({ out }) => out === null).map(({ accountId }) => accountId);
				if (choice.kind === 'chosen') assert.ok(ready.includes(choice.accountId));
				else assert.deepEqual(ready, []);
			},
		);
		fc.assert(property, { numRuns: 300 });
	});
});
