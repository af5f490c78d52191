import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aliasBody, replaceEffort } from '../../src/core/request/aliasBody.js';

const target = { model: 'gpt-5.5', effort: 'high', tier: 'priority', verbosity: 'low' } as const;
const nothing = { model: 'gpt-5.5', effort: null, tier: null, verbosity: null };

describe('the body of a request under an alias', () => {
	const table: readonly (readonly [title: string, before: string, after: string])[] = [
		[
			'gets what it does not say, beside its model',
			'{"model":"deep","input":[]}',
			'{"model":"gpt-5.5","reasoning":{"effort":"high"},"text":{"verbosity":"low"},"service_tier":"priority","input":[]}',
		],
		[
			'keeps what it says itself',
			'{"model":"deep","reasoning":{"effort":"low"},"service_tier":"default","text":{"verbosity":"high"}}',
			'{"model":"gpt-5.5","reasoning":{"effort":"low"},"service_tier":"default","text":{"verbosity":"high"}}',
		],
		[
			'keeps the rest of what it says about reasoning and text, and its layout',
			'{ "reasoning" : { "summary":"auto" }, "text":{}, "model" : "deep", "n":1.50 }',
			'{ "reasoning" : {"effort":"high", "summary":"auto" }, "text":{"verbosity":"low"}, "model" : "gpt-5.5","service_tier":"priority", "n":1.50 }',
		],
		[
			'takes null for nothing said',
			'{"model":"deep","reasoning":null,"service_tier":null,"text":{"verbosity":null}}',
			'{"model":"gpt-5.5","reasoning":{"effort":"high"},"service_tier":"priority","text":{"verbosity":"low"}}',
		],
		[
			'leaves a reasoning of another kind to the provider',
			'{"model":"deep","reasoning":7,"text":"x","service_tier":1}',
			'{"model":"gpt-5.5","reasoning":7,"text":"x","service_tier":1}',
		],
	];
	for (const [title, before, after] of table) {
		it(title, () => {
			assert.equal(aliasBody(Buffer.from(before), target).body.toString(), after);
		});
	}

	it('tells what was put in', () => {
		const { effort, tier } = aliasBody(Buffer.from('{"model":"deep","reasoning":{"effort":"low"}}'), target);

		assert.deepEqual([effort, tier], [null, 'priority']);
	});

	it('is otherwise the same value and the same bytes', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (fields, input) => {
				const text = JSON.stringify({ ...fields, model: 'deep', input });

				const { body } = aliasBody(Buffer.from(text), nothing);

				assert.equal(body.toString(), text.replace(/"model":"deep"(?!.*"model":"deep")/s, '"model":"gpt-5.5"'));
			}),
		);
	});

	it('can be given another effort than it names', () => {
		const body = Buffer.from('{"reasoning":{"effort":"minimal","summary":"auto"},"x":"ü"}');

		assert.equal(replaceEffort(body, 'low').toString(), '{"reasoning":{"effort":"low","summary":"auto"},"x":"ü"}');
	});
});
