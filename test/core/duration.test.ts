import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseDuration, retryHint } from '../../src/core/duration.js';

describe('parseDuration', () => {
	const rows: readonly [string, number | undefined][] = [
		['500ms', 500],
		['1.2s', 1_200],
		['6m0s', 360_000],
		['20m', 1_200_000],
		['1h2m3s', 3_723_000],
		['20 minutes', 1_200_000],
		['1 hour 30 minutes', 5_400_000],
		['3 days', 259_200_000],
		['2 weeks', 1_209_600_000],
		['1 month', 2_592_000_000],
		['  5 SECS ', 5_000],
		['7s.', 7_000],
		['', undefined],
		['soon', undefined],
		['5', undefined],
		['3 apples', undefined],
		['1mx', undefined],
	];
	for (const [text, ms] of rows) it(`reads "${text}"`, () => assert.equal(parseDuration(text), ms));

	it('gives a finite figure or none for any text', () => {
		fc.assert(
			fc.property(fc.string(), text => {
				const ms = parseDuration(text);
				assert.ok(ms === undefined || (Number.isFinite(ms) && ms >= 0));
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
		['Your limit resets in 3 days', 259_200_000],
		['You can retry after 20 seconds', 20_000],
		['Try again later.', undefined],
		['Try again in a moment.', undefined],
		['', undefined],
	];
	for (const [message, ms] of rows) it(`reads "${message}"`, () => assert.equal(retryHint(message), ms));
});
