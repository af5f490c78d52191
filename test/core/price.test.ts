import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { costNanoUsd, priceTable } from '../../src/core/models/price.js';
import type { StreamUsage } from '../../src/core/reply/streamUsage.js';
import { checkPrices, modelPriceSchema } from '../../src/shared/priceApi.js';
import { priceList } from '../../src/shared/priceList.js';

const usage = (inputTokens: number | null, cachedTokens: number | null, outputTokens: number | null): StreamUsage => ({
	inputTokens,
	cachedTokens,
	outputTokens,
	reasoningTokens: 0,
});
const million = 1_000_000;
const usd = (amount: number): number => Math.round(amount * 1e9);

describe('costNanoUsd', () => {
	const table = priceTable({});
	const cost = (model: string | null, tier: string | null, of: StreamUsage | undefined): number | null =>
		costNanoUsd(table, { model, tier, usage: of });

	for (const [what, model, tier, of, expected] of [
		['input at the full rate', 'gpt-5.5', null, usage(200_000, 0, 0), 1],
		['cached input at its own rate', 'gpt-5.5', null, usage(200_000, 200_000, 0), 0.1],
		['output, whatever of it was reasoning', 'gpt-5.5', null, { ...usage(0, 0, 100), reasoningTokens: 90 }, 0.003],
		['all of them together', 'gpt-5.5', null, usage(10_000, 8_000, 1_000), 0.044],
		['input as uncached when nothing says otherwise', 'gpt-5.5', null, usage(1_000, null, 0), 0.005],
		['no more cached tokens than there were', 'gpt-5.5', null, usage(1_000, 5_000, 0), 0.0005],
		['nothing for nothing', 'gpt-5.5', null, usage(0, 0, 0), 0],
		['a tenth of a thousandth of a cent', 'gpt-6-luna', 'flex', usage(1, 1, 0), 5e-9],
		['the priority tier by its factor', 'gpt-5.5', 'priority', usage(10_000, 8_000, 1_000), 0.11],
		['fast, which is another word for it', 'gpt-5.5', 'fast', usage(10_000, 8_000, 1_000), 0.11],
		['the flex tier', 'gpt-5.5', 'flex', usage(10_000, 8_000, 1_000), 0.022],
		['default, which is no tier', 'gpt-5.5', 'default', usage(10_000, 8_000, 1_000), 0.044],
		['a tier that has no price', 'gpt-5.5', 'ultrafast', usage(1, 0, 1), null],
		['a tier that the model has not', 'gpt-5.3-codex', 'flex', usage(1, 0, 1), null],
		['a long input at the threshold', 'gpt-6.1-sol', null, usage(272_000, 0, million), 10.544],
		['a long input above it, all of it', 'gpt-6.1-sol', null, usage(272_001, 0, million), 16.088004],
		['cached input of a long one', 'gpt-6.1-sol', null, usage(300_000, 300_000, 0), 0.06],
		['a long input of the priority tier', 'gpt-6.1-sol', 'priority', usage(300_000, 0, 100_000), 5.4],
		['a long input of the flex tier', 'gpt-5.5', 'flex', usage(300_000, 0, 100_000), 3.75],
		['a long input where priority has none', 'gpt-5.5', 'priority', usage(300_000, 0, 1), null],
		['a model without long inputs', 'gpt-5.2', null, usage(300_000, 0, 0), 0.525],
		['a dated snapshot as its model', 'gpt-5.2-2026-01-05', null, usage(1_000, 0, 0), 0.00175],
		['a dated snapshot of a named variant', 'gpt-5.6-sol-2026-07-09', null, usage(1_000, 0, 0), 0.004],
		['a model that nobody has put a price on', 'gpt-daybreak-blue-latest', null, usage(1, 0, 1), null],
		['a name that only begins like a model', 'gpt-5.5-unheard-of', null, usage(1, 0, 1), null],
		['a name from the depths of the language', 'constructor', null, usage(1, 0, 1), null],
		['no model', null, null, usage(1, 0, 1), null],
		['no tokens', 'gpt-5.5', null, undefined, null],
		['no count of the input', 'gpt-5.5', null, usage(null, null, 1), null],
		['no count of the output', 'gpt-5.5', null, usage(1, 0, null), null],
		['more tokens than a figure can hold', 'gpt-5.5', null, usage(Number.MAX_SAFE_INTEGER, 0, 0), null],
	] as const) {
		it(`prices ${what}`, () => assert.equal(cost(model, tier, of), expected === null ? null : usd(expected)));
	}

	it('is exact to half of its unit, whatever the tokens', () => {
		const tokens = fc.nat(2 * million);
		const models = fc.constantFrom(...Object.keys(priceList.models));
		fc.assert(
			fc.property(models, tokens, tokens, tokens, (model, input, cached, output) => {
				const price = priceList.models[model];
				assert.ok(price);
				const long = price.longContext && input > price.longContext.above ? price.longContext : { input: 1, output: 1 };
				const kept = Math.min(cached, input);
				const rates = (price.cachedInput ?? price.input) * kept + price.input * (input - kept);
				const expected = 1_000 * (rates * long.input + price.output * output * long.output);
				const found = cost(model, null, usage(input, cached, output));
				assert.ok(found !== null && Number.isInteger(found));
				// What is left is the error of the floating point numbers of this test.
				assert.ok(Math.abs(found - expected) <= 0.5 + expected * 1e-12, `${found} ${expected}`);
			}),
		);
	});
});

describe('the price list', () => {
	it('has a date, and prices that a user could have written', () => {
		assert.match(priceList.asOf, /^\d{4}-\d\d-\d\d$/);
		for (const [model, price] of Object.entries(priceList.models)) {
			assert.deepEqual(modelPriceSchema.safeParse(price).error, undefined, model);
		}
	});
});

describe("a user's own prices", () => {
	const own = { input: 1, output: 2 };

	it('stand in for those of the list, tiers included, and leave the others alone', () => {
		const table = priceTable({ 'gpt-5.5': own });

		const of = usage(million, million, million);
		assert.equal(costNanoUsd(table, { model: 'gpt-5.5', tier: null, usage: of }), usd(3));
		assert.equal(costNanoUsd(table, { model: 'gpt-5.5', tier: 'priority', usage: of }), null);
		assert.equal(costNanoUsd(table, { model: 'gpt-5.4-mini', tier: null, usage: of }), usd(4.575));
	});

	it('give models a price that have none', () => {
		const table = priceTable({ 'codex-auto-review': { ...own, priority: 1.25 } });

		const use = { model: 'codex-auto-review', tier: 'priority', usage: usage(million, 0, 0) };
		assert.equal(costNanoUsd(table, use), usd(1.25));
	});

	it('count for the snapshots of their model, unless one has its own', () => {
		const table = priceTable({ 'gpt-5.5': own, 'gpt-5.5-2026-04-23': { input: 9, output: 9 } });
		const cost = (model: string) => costNanoUsd(table, { model, tier: null, usage: usage(million, 0, 0) });

		assert.deepEqual([cost('gpt-5.5-2026-04-23'), cost('gpt-5.5-2026-05-01')], [usd(9), usd(1)]);
	});

	it('count one by one: a wrong one is named and left out', () => {
		const { prices, problems } = checkPrices({ good: own, bad: { input: '1', output: 2 }, worse: null });

		assert.deepEqual(prices, { good: own });
		assert.equal(problems.length, 2);
		assert.match(problems[0] ?? '', /^The price of "bad" is ignored: input: .*expected number/);
		assert.match(problems[1] ?? '', /^The price of "worse" is ignored: /);
	});

	for (const [what, entry, because] of [
		['a negative rate', { input: -1, output: 1 }, /input/],
		['a rate that is no number', { input: Number.NaN, output: 1 }, /input/],
		['a rate that would have to be rounded', { input: 0.00001, output: 1 }, /input: .*multiple of 0\.0001/],
		['no output', { input: 1 }, /output/],
		['a misspelt rate', { ...own, cachedinput: 1 }, /cachedinput/],
		['a tier that costs nothing', { ...own, flex: 0 }, /flex/],
		['long context without its factors', { ...own, longContext: { above: 1000 } }, /longContext: input/],
	] as const) {
		it(`do not count with ${what}`, () => {
			const { prices, problems } = checkPrices({ model: entry });

			assert.deepEqual(prices, {});
			assert.match(problems.join(), because);
		});
	}

	for (const raw of [[], null, 'gpt-5.5', 3]) {
		it(`are an object and not ${JSON.stringify(raw)}`, () => {
			const { prices, problems } = checkPrices(raw);

			assert.deepEqual(prices, {});
			assert.match(problems.join(), /^Prices are an object/);
		});
	}
});
