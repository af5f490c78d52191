import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Candidate } from '../../src/core/routing/chooseAccount.js';
import { strategySchema } from '../../src/shared/routingApi.js';
import type { Exclusion } from '../../src/shared/requestApi.js';
import { candidate, choose, chosen, cooldown, now, type ChoiceOverrides } from '../support/choices.js';

const minute = 60_000;

describe('chooseAccount', () => {
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
			const reason = (owner: Partial<Candidate>, context: ChoiceOverrides = {}) => {
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
		const cases: readonly [Exclusion, Partial<Candidate>, ChoiceOverrides?][] = [
			['not_for_key', {}, { keyAccounts: new Set(['b']) }],
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
