import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseDuration, retryHint } from '../../src/core/duration.js';

const goUnits = [
	['w', 604_800_000],
	['d', 86_400_000],
	['h', 3_600_000],
	['m', 60_000],
	['s', 1_000],
	['ms', 1],
] as const;

/** `1h2m3s`, as Go prints durations and the provider with it. */
const spelled = fc
	.subarray([...goUnits], { minLength: 1 })
	.chain(units => fc.tuple(fc.constant(units), fc.array(fc.nat({ max: 999 }), { minLength: 6, maxLength: 6 })))
	.map(([units, amounts]) => ({
		parts: units.map(([unit], at) => `${amounts[at] ?? 0}${unit}`),
		ms: units.reduce((sum, [, ms], at) => sum + (amounts[at] ?? 0) * ms, 0),
	}));

describe('parseDuration', () => {
	const rows: readonly [string, number | undefined][] = [
		['500ms', 500],
		['1.2s', 1_200],
		['6m0s', 360_000],
		['0s', 0],
		['20m', 1_200_000],
		['1h2m3s', 3_723_000],
		['59.999s', 59_999],
		['20 minutes', 1_200_000],
		['1 hour 30 minutes', 5_400_000],
		['1 hour and 30 minutes', 5_400_000],
		['1 hour, 30 minutes', 5_400_000],
		['3 days', 259_200_000],
		['2 weeks', 1_209_600_000],
		['1 month', 2_592_000_000],
		['1 year', 31_536_000_000],
		['  5 SECS ', 5_000],
		['7s.', 7_000],
		['5m or so', 300_000],
		['5m 3 apples', 300_000],
		['', undefined],
		['soon', undefined],
		['in 5s', undefined],
		['5', undefined],
		['-5s', undefined],
		['3 apples', undefined],
		['1mx', undefined],
		['999 years', undefined],
		[`${'9'.repeat(400)}s`, undefined],
	];
	for (const [text, ms] of rows) it(`reads "${text.slice(0, 40)}"`, () => assert.equal(parseDuration(text), ms));

	it('reads back whatever it was spelled from, tight or with spaces', () => {
		fc.assert(
			fc.property(spelled, fc.constantFrom('', ' ', ', ', ' and '), ({ parts, ms }, between) => {
				assert.equal(parseDuration(parts.join(between)), ms);
			}),
		);
	});

	it('gives a finite figure or none for any text', () => {
		const texts = fc.oneof(
			fc.string(),
			fc.string({ unit: fc.constantFrom('1', '9', '.', ' ', 'm', 's', 'h', 'o', ',', 'and') }),
		);
		fc.assert(
			fc.property(texts, text => {
				for (const ms of [parseDuration(text), retryHint(`try again in ${text}`)]) {
					assert.ok(ms === undefined || (Number.isSafeInteger(ms) && ms >= 0));
				}
			}),
		);
	});
});

describe('retryHint', () => {
	const rows: readonly [string, number | undefined][] = [
		['Rate limit reached. Please try again in 1.898s. Visit the help center.', 1_898],
		['Please try again in 300ms', 300],
		['Please try again in 6m0s.', 360_000],
		['Try again in 1 hour 5 minutes.', 3_900_000],
		['Try again in about 5 minutes.', 300_000],
		['Your limit resets in 3 days', 259_200_000],
		['Your limit resets in full. Try again in 2 days.', 172_800_000],
		['You can retry after 20 seconds', 20_000],
		['Try again in 1 month.', 2_592_000_000],
		['Try again later.', undefined],
		['Try again in a moment.', undefined],
		['It took 5s. Then it failed.', undefined],
		['', undefined],
	];
	for (const [message, ms] of rows) it(`reads "${message}"`, () => assert.equal(retryHint(message), ms));
});

describe('long garbage', () => {
	const size = 100_000;
	const pieces = [
		'1',
		'9.',
		' ',
		'a',
		'1a',
		'1s',
		'1 ',
		' ,',
		'and ',
		'try again in ',
		'retry in 1 ',
		'retry after about ',
	];
	for (const piece of pieces) {
		it(`of ${JSON.stringify(piece)} takes no time`, () => {
			const text = piece.repeat(size / piece.length);
			const started = performance.now();
			for (const lead of ['', 'try again in ', 'try again in 1']) {
				parseDuration(lead + text);
				retryHint(lead + text);
				retryHint(text + lead);
			}
			// Quadratic time would be tens of seconds here; this leaves room for a busy machine.
			assert.ok(performance.now() - started < 1_500);
		});
	}
});
