import assert from 'node:assert/strict';
import {
	effortsOf,
	fittingEffort,
	mayBeVariant,
	tiersOf,
	variantOf,
	variantsOf,
	type NamedModel,
} from '../../src/core/models/modelNames.js';

const model = (slug: string, efforts: readonly string[], extra: object = {}): NamedModel => ({
	slug,
	supported_reasoning_levels: efforts.map(effort => ({ effort, description: '' })),
	...extra,
});
const fast = { service_tiers: [{ id: 'priority', name: 'Fast' }] };

describe('names of models', () => {
	const models = [
		model('gpt-5.5', ['low', 'medium', 'high'], fast),
		model('gpt-plain', []),
		model('gpt-5.5-pro', ['high']),
	];
	const find = (slug: string): NamedModel | undefined => models.find(each => each.slug === slug);

	const table: readonly (readonly [name: string, model: string | undefined, effort?: string | null, tier?: string])[] =
		[
			['gpt-5.5-high', 'gpt-5.5', 'high'],
			['gpt-5.5-fast', 'gpt-5.5', null, 'priority'],
			['gpt-5.5-pro-high', 'gpt-5.5-pro', 'high'],
			['gpt-5.5-minimal', 'gpt-5.5', 'minimal'],
			['gpt-5.5', undefined],
			['gpt-5.5-', undefined],
			['gpt-5.5-pro-fast', undefined],
			['gpt-plain-high', undefined],
			['gpt-unknown-high', undefined],
			['-high', undefined],
		];
	for (const [name, expected, effort = null, tier = null] of table) {
		it(`read ${name} as ${expected === undefined ? 'nothing but a name' : [expected, effort, tier].join(' ')}`, () => {
			const variant = variantOf(name, find);

			assert.deepEqual(
				variant && [variant.model, variant.effort, variant.tier],
				expected === undefined ? undefined : [expected, effort, tier],
			);
		});
	}

	it('need no catalogue unless they end like a variant', () => {
		assert.deepEqual(['gpt-5.5', 'gpt-6.1-sol', 'codex-auto-review', 'high'].filter(mayBeVariant), []);
		assert.deepEqual(['gpt-5.5-xhigh', 'gpt-5.5-fast'].filter(mayBeVariant), ['gpt-5.5-xhigh', 'gpt-5.5-fast']);
	});

	it('offer one variant for every effort and for the fast tier', () => {
		assert.deepEqual(
			models.flatMap(variantsOf).map(({ name }) => name),
			['gpt-5.5-low', 'gpt-5.5-medium', 'gpt-5.5-high', 'gpt-5.5-fast', 'gpt-5.5-pro-high'],
		);
	});

	it('put the nearest lower effort, or the lowest, in place of one that a model does not take', () => {
		const [entry] = models;
		assert.ok(entry);

		assert.deepEqual(
			['none', 'minimal', 'low', 'high', 'xhigh', 'ultra', 'enormous'].map(effort => fittingEffort(entry, effort)),
			['low', 'low', 'low', 'high', 'high', 'high', undefined],
		);
		assert.equal(fittingEffort(model('gpt-plain', []), 'anything'), 'anything', 'nothing is known of what it takes');
	});

	it('survive a catalogue of another shape', () => {
		const odd = {
			slug: 'odd',
			supported_reasoning_levels: 'high',
			service_tiers: [null, 3],
			additional_speed_tiers: ['fast'],
		};

		assert.deepEqual([effortsOf(odd), tiersOf(odd)], [[], ['priority']]);
	});
});
