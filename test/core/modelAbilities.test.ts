import assert from 'node:assert/strict';
import { contextWindowOf, takesImages } from '../../src/core/models/modelAbilities.js';

describe('what a model takes', () => {
	const windows: readonly (readonly [entry: Record<string, unknown>, inputTokens: number | undefined])[] = [
		[{ context_window: 272_000 }, 258_400],
		[{ context_window: 272_000, effective_context_window_percent: 90 }, 244_800],
		[{ context_window: 272_000, effective_context_window_percent: 100 }, 258_400],
		[{ context_window: 1 }, undefined],
		[{ context_window: 0 }, undefined],
		[{ context_window: '272000' }, undefined],
		[{ context_window: Infinity }, undefined],
		[{}, undefined],
	];
	for (const [entry, inputTokens] of windows) {
		it(`is ${String(inputTokens)} tokens of input for ${JSON.stringify(entry)}`, () => {
			assert.equal(contextWindowOf({ slug: 'x', ...entry })?.inputTokens, inputTokens);
		});
	}

	it('is images too, unless its catalogue entry leaves them out', () => {
		assert.equal(takesImages({ slug: 'x' }), true);
		assert.equal(takesImages({ slug: 'x', input_modalities: ['text', 'image'] }), true);
		assert.equal(takesImages({ slug: 'x', input_modalities: ['text'] }), false);
	});
});
