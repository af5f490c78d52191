import assert from 'node:assert/strict';
import { closeWithoutViolations, PoolUnderTest } from '../support/poolUnderTest.js';

describe('the models that faces are shown', () => {
	let pool: PoolUnderTest;

	beforeEach(async () => (pool = await PoolUnderTest.start()));
	afterEach(() => closeWithoutViolations(pool));

	const revision = async () => (await pool.control.state()).modelsRevision;

	it('say what pickers call them, what they take, and so do the names that stand for them', async () => {
		await pool.control.setAlias({ name: 'deep', model: 'gpt-5.5', effort: 'xhigh' });

		const models = await pool.control.listModels();

		const told = ['gpt-5.5', 'gpt-5.5-high', 'deep'].map(wanted => {
			const { displayName, contextWindow, takesImages } = models.find(({ name }) => name === wanted) ?? {};
			return [displayName, contextWindow?.inputTokens, takesImages];
		});
		assert.deepEqual(told, [
			['GPT-5.5', 258_400, true],
			['GPT-5.5 high', 258_400, true],
			['deep', 258_400, true],
		]);
	});

	it('have another revision after whatever changes them', async () => {
		const changes: readonly (() => Promise<unknown>)[] = [
			() => pool.control.listModels(),
			() => pool.control.setAlias({ name: 'deep', model: 'gpt-5.5' }),
			() => pool.control.changeExposure({ expose: ['gpt-5.5-high'] }),
			() => pool.control.removeAlias('deep'),
			async () => {
				const [key] = await pool.control.listKeys();
				await pool.control.changeKey(key?.id ?? '', { models: ['gpt-5.5'] });
			},
		];
		for (const change of changes) {
			const before = await revision();
			await change();
			assert.notEqual(await revision(), before);
		}
		const before = await revision();
		await pool.control.listModels();
		assert.equal(await revision(), before, 'the same list is no change');
	});
});
