import assert from 'node:assert/strict';
import { coolingOf, withCooldown, withoutOverload, type CoolingCause } from '../../src/core/routing/cooldowns.js';
import type { Cooldown } from '../../src/core/storePort.js';

const now = 1_800_000_000_000;
const minute = 60_000;

function lengthOf(cause: CoolingCause, known: readonly Cooldown[] = []): number {
	const model = cause.kind === 'rate' ? null : cause.model;
	return (coolingOf(withCooldown(known, cause, now), cause.kind, model, now)?.until ?? now) - now;
}

describe('withCooldown', () => {
	it('holds an overloaded account back for longer each time it comes back, at most half an hour', () => {
		let known: readonly Cooldown[] = [];
		const steps: number[] = [];
		let at = now;
		for (let time = 0; time < 6; time++) {
			known = withCooldown(known, { kind: 'overload', model: null }, at);
			const until = known[0]?.until ?? at;
			steps.push(until - at);
			at = until + 1;
		}
		assert.deepEqual(steps, [30_000, 2 * minute, 10 * minute, 30 * minute, 30 * minute, 30 * minute]);
	});

	it('counts an overload once for all requests that fail together', () => {
		const once = withCooldown([], { kind: 'overload', model: null }, now);
		assert.equal(withCooldown(once, { kind: 'overload', model: null }, now + 1), once);
	});

	it('forgets a cooldown from before the clock was set back, and begins the next one from now', () => {
		for (const cause of [
			{ kind: 'overload', model: null },
			{ kind: 'rate', waitMs: 20_000 },
			{ kind: 'missing', model: 'gpt-5.5' },
		] as const) {
			const ahead = withCooldown([], cause, now + 8 * 60 * minute);
			assert.equal(coolingOf(ahead, cause.kind, 'gpt-5.5', now), undefined, cause.kind);
			assert.ok(lengthOf(cause, ahead) <= 60 * minute, cause.kind);
		}
	});

	it('keeps the overloads of different models apart', () => {
		const known = withCooldown([], { kind: 'overload', model: 'gpt-5.5' }, now);
		assert.equal(lengthOf({ kind: 'overload', model: 'gpt-6-sol' }, known), 30_000);
		assert.equal(coolingOf(known, 'overload', 'gpt-6-sol', now), undefined);
	});

	it('rests as long as the longest that was asked for, within bounds', () => {
		const known = withCooldown([], { kind: 'rate', waitMs: 20_000 }, now);
		assert.equal(lengthOf({ kind: 'rate', waitMs: 1_000 }, known), 20_000);
		assert.equal(lengthOf({ kind: 'rate', waitMs: 1e15 }), 30 * minute);
	});

	it('ends the limit of a model at its reset, or looks again soon when that is unknown or absurd', () => {
		assert.equal(lengthOf({ kind: 'limit', model: 'm', until: now + 90 * minute }), 90 * minute);
		for (const until of [null, now - 1, now + 400 * 24 * 60 * minute])
			assert.equal(lengthOf({ kind: 'limit', model: 'm', until }), 5 * minute);
	});

	it('asks an account again for a model it did not have', () => {
		assert.equal(lengthOf({ kind: 'missing', model: 'm' }), 60 * minute);
	});

	it('forgets what is over, except how often an overload came', () => {
		const known = withCooldown(
			withCooldown([], { kind: 'rate', waitMs: 1_000 }, now),
			{ kind: 'overload', model: null },
			now,
		);
		const later = withCooldown(known, { kind: 'missing', model: 'm' }, now + 60 * minute);
		assert.deepEqual(
			later.map(({ kind }) => kind),
			['overload', 'missing'],
		);
	});
});

describe('withoutOverload', () => {
	it('clears the account and the model that has just been served, and nothing else', () => {
		const known: readonly Cooldown[] = [
			{ kind: 'overload', model: null, until: now, times: 1 },
			{ kind: 'overload', model: 'served', until: now, times: 1 },
			{ kind: 'overload', model: 'other', until: now, times: 2 },
			{ kind: 'limit', model: 'served', until: now, times: 1 },
		];
		assert.deepEqual(withoutOverload(known, 'served'), known.slice(2));
	});
});
