import assert from 'node:assert/strict';
import { isRepeated, mergeWindows, tightestPercent } from '../../src/core/quota/knownWindows.js';
import { reservedUntil } from '../../src/shared/windowEnds.js';
import { usageWindow } from '../support/usageWindow.js';

const now = Date.UTC(2026, 10, 20, 12);
const hour = 3_600_000;

describe('mergeWindows', () => {
	it('replaces what is newer and keeps the rest, in a stable order', () => {
		const weekly = usageWindow({ durationMinutes: 10_080, usedPercent: 3 });
		const spark = usageWindow({ limit: 'codex_bengalfox' });
		const merged = mergeWindows(
			[spark, weekly, usageWindow({ usedPercent: 50 })],
			[usageWindow({ usedPercent: 60 })],
			now,
		);
		assert.deepEqual(merged, [usageWindow({ usedPercent: 60 }), weekly, spark]);
	});

	for (const [what, slots, used] of [
		['the fuller one', [usageWindow({ usedPercent: 1 }), usageWindow({ usedPercent: 7 })], 7],
		['the fuller one, whatever the order', [usageWindow({ usedPercent: 7 }), usageWindow({ usedPercent: 1 })], 7],
		[
			'the one with a reset',
			[usageWindow({ usedPercent: 3, resetsAt: now + hour }), usageWindow({ usedPercent: 9 })],
			3,
		],
	] as const) {
		it(`keeps ${what} of two windows of one duration in one reply`, () => {
			const merged = mergeWindows([usageWindow({ usedPercent: 50 })], slots, now);
			assert.deepEqual(
				merged.map(({ usedPercent }) => usedPercent),
				[used],
			);
		});
	}

	it('takes the newer word of header and poll, whichever says more', () => {
		const header = usageWindow({ usedPercent: 40, observedAt: now - 1000 });
		const poll = usageWindow({ usedPercent: 30, source: 'poll' });
		assert.deepEqual(mergeWindows([header], [poll], now), [poll]);
		assert.deepEqual(mergeWindows([{ ...poll, observedAt: now - 1000 }], [usageWindow({ usedPercent: 40 })], now), [
			usageWindow({ usedPercent: 40 }),
		]);
	});

	it('does not let an older figure that arrives late take the place of a newer one', () => {
		const known = usageWindow({ usedPercent: 40 });
		assert.deepEqual(mergeWindows([known], [usageWindow({ usedPercent: 39, observedAt: now - 1 })], now), [known]);
	});

	it('lets any figure take the place of one from the future: the clock was set back', () => {
		const known = usageWindow({ usedPercent: 40, observedAt: now + hour });
		const fresh = usageWindow({ usedPercent: 10 });
		assert.deepEqual(mergeWindows([known], [fresh], now), [fresh]);
	});

	it('remembers what a limit is called when the next source does not say', () => {
		const known = usageWindow({ limit: 'codex_bengalfox', name: 'Spark', observedAt: now - 1 });
		const [merged] = mergeWindows([known], [usageWindow({ limit: 'codex_bengalfox', usedPercent: 4 })], now);
		assert.deepEqual(merged, usageWindow({ limit: 'codex_bengalfox', name: 'Spark', usedPercent: 4 }));
	});
});

describe('tightestPercent', () => {
	it('takes the fullest general window', () => {
		const windows = [usageWindow({ usedPercent: 20 }), usageWindow({ durationMinutes: 10_080, usedPercent: 70 })];
		assert.equal(tightestPercent(windows, now), 70);
	});

	it('does not let a model-specific limit speak for the account', () => {
		assert.equal(
			tightestPercent(
				[usageWindow({ usedPercent: 5 }), usageWindow({ limit: 'codex_bengalfox', usedPercent: 100 })],
				now,
			),
			5,
		);
	});

	it('takes a window for empty once its reset has passed', () => {
		assert.equal(tightestPercent([usageWindow({ usedPercent: 100, resetsAt: now + 1 })], now + 2), 0);
	});

	it('takes a window without a reset for empty once its whole length has passed', () => {
		const full = usageWindow({ usedPercent: 100 });
		assert.equal(tightestPercent([full], now + 5 * hour - 1), 100);
		assert.equal(tightestPercent([full], now + 5 * hour), 0);
		assert.equal(reservedUntil([full], 10, now + 5 * hour), 0);
	});

	it('tells unknown from empty', () => {
		assert.equal(tightestPercent([], now), null);
		assert.equal(tightestPercent([usageWindow({ limit: 'codex_bengalfox', usedPercent: 1 })], now), null);
	});
});

describe('isRepeated', () => {
	it('lets the same figures of a busy second pass only once, and not for ever after the clock was set back', () => {
		const known = usageWindow({ usedPercent: 4 });
		assert.equal(isRepeated(known, { ...known, observedAt: now + 999 }), true);
		assert.equal(isRepeated(known, { ...known, observedAt: now + 1000 }), false);
		assert.equal(isRepeated(known, { ...known, observedAt: now - 1 }), false);
		assert.equal(isRepeated(known, { ...known, usedPercent: 5 }), false);
	});
});
